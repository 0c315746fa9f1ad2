import { setImmediate } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import {
  type AggregateDocument,
  aggregateSchema,
  OBSOLETE_INDEXES,
  retainedAggregateSchema,
} from './aggregates/aggregateSchema.ts';
import { type AuditEntryDocument, auditEntrySchema } from './audit/auditSchema.ts';
import {
  type PendingTextsDocument,
  type PhraseSketchDocument,
  pendingTextsSchema,
  phraseSketchSchema,
} from './discovery/phraseSketchSchema.ts';
import { type ErasureDocument, erasureSchema } from './erasure/erasureSchema.ts';
import { type FenceDocument, fenceSchema, type TombstoneDocument, tombstoneSchema } from './erasure/tombstoneSchema.ts';
import { type ChoiceListDocument, choiceListSchema } from './feedback/choiceListSchema.ts';
import { type FeedbackDocument, feedbackDocumentSchema } from './feedback/feedbackDocument.ts';
import {
  type ImportDocument,
  importSchema,
  type RefusalDocument,
  refusalSchema,
  type SavedMappingDocument,
  savedMappingSchema,
} from './imports/importSchema.ts';
import { type AccessKeyDocument, accessKeySchema } from './keys/keySchema.ts';
import { drainClosedSockets } from './mongodb/closedSockets.ts';
import { type InternalStateDocument, internalStateSchema } from './mongodb/internalState.ts';
import { type InvitationDocument, invitationSchema } from './people/invitationSchema.ts';
import { type PersonDocument, personSchema } from './people/personSchema.ts';
import {
  type RankingBlock,
  type RankingChange,
  type RankingDirectory,
  rankingBlockSchema,
  rankingChangeSchema,
  rankingDirectorySchema,
} from './rankings/rankingSchemas.ts';
import {
  type SearchBlockDocument,
  type SearchNoteDocument,
  type SearchPartDocument,
  searchBlockSchema,
  searchNoteSchema,
  searchPartSchema,
} from './search/searchSchemas.ts';
import { type OrgSettingDocument, orgSettingSchema } from './settings/settingsSchema.ts';
import { type OneTimeLinkDocument, oneTimeLinkSchema } from './signIn/oneTimeLinkSchema.ts';
import { type SessionDocument, sessionSchema } from './signIn/sessionSchema.ts';
import { type TaxonomyDocument, taxonomySchema } from './taxonomy/taxonomySchema.ts';
import { type OrgZoneDocument, orgZoneSchema } from './zones/orgZoneSchema.ts';

/** The collections, as Mongoose models on one connection. */
export function defineModels(connection: Connection) {
  return {
    connection,
    feedback: connection.model<FeedbackDocument>('Feedback', feedbackDocumentSchema),
    aggregates: connection.model<AggregateDocument>('Aggregate', aggregateSchema),
    /** contributions of removed feedback that totals still count; see `retainTotals.ts` */
    retainedAggregates: connection.model<AggregateDocument>(
      'RetainedAggregate',
      retainedAggregateSchema,
      'retired_aggregates',
    ),
    rankingChanges: connection.model<RankingChange>('RankingChange', rankingChangeSchema),
    rankingBlocks: connection.model<RankingBlock>('RankingBlock', rankingBlockSchema),
    rankingDirectories: connection.model<RankingDirectory>('RankingDirectory', rankingDirectorySchema),
    accessKeys: connection.model<AccessKeyDocument>('AccessKey', accessKeySchema),
    auditLog: connection.model<AuditEntryDocument>('AuditEntry', auditEntrySchema),
    choiceLists: connection.model<ChoiceListDocument>('ChoiceList', choiceListSchema),
    orgSettings: connection.model<OrgSettingDocument>('OrgSetting', orgSettingSchema),
    orgZones: connection.model<OrgZoneDocument>('OrgZone', orgZoneSchema),
    phraseSketches: connection.model<PhraseSketchDocument>('PhraseSketch', phraseSketchSchema),
    pendingTexts: connection.model<PendingTextsDocument>('PendingTexts', pendingTextsSchema),
    searchBlocks: connection.model<SearchBlockDocument>('SearchBlock', searchBlockSchema),
    searchParts: connection.model<SearchPartDocument>('SearchPart', searchPartSchema),
    searchNotes: connection.model<SearchNoteDocument>('SearchNote', searchNoteSchema),
    taxonomies: connection.model<TaxonomyDocument>('Taxonomy', taxonomySchema),
    people: connection.model<PersonDocument>('Person', personSchema),
    sessions: connection.model<SessionDocument>('Session', sessionSchema),
    oneTimeLinks: connection.model<OneTimeLinkDocument>('OneTimeLink', oneTimeLinkSchema),
    invitations: connection.model<InvitationDocument>('Invitation', invitationSchema),
    internalState: connection.model<InternalStateDocument>('InternalState', internalStateSchema),
    erasures: connection.model<ErasureDocument>('Erasure', erasureSchema),
    tombstones: connection.model<TombstoneDocument>('Tombstone', tombstoneSchema),
    fences: connection.model<FenceDocument>('Fence', fenceSchema),
    imports: connection.model<ImportDocument>('Import', importSchema),
    importRefusals: connection.model<RefusalDocument>('ImportRefusal', refusalSchema),
    importMappings: connection.model<SavedMappingDocument>('ImportMapping', savedMappingSchema),
  };
}

export type Models = ReturnType<typeof defineModels>;

/** Max milliseconds that an operation looks for a server before it fails. */
const SERVER_SELECTION_TIMEOUT_MS = 2_000;
/** A server that hangs is detected within the sum of the two. Operations that wait for it then fail. */
const HEARTBEAT_MS = { frequency: 2_000, timeout: 3_000 };
/** Heartbeat timeout for reads that take minutes: they cannot continue after their server was declared dead. */
export const PATIENT_HEARTBEAT_MS = 60_000;
/** Max milliseconds of silence on a connection. Every operation here is shorter. */
const SOCKET_TIMEOUT_MS = 30_000;

export interface DatabaseOptions {
  uri: string;
  appName: string;
  poolSize: number;
  /** max milliseconds without a heartbeat of the server */
  heartbeatTimeoutMs?: number | undefined;
}

/**
 * Opens a connection to MongoDB in the background, and tries again until it succeeds. Never waits or throws if the
 * server is away. Reads have majority read concern, so nothing that was read can be rolled back.
 */
export function openDatabase(options: DatabaseOptions): Models {
  const connection = mongoose.createConnection();
  closers.set(connection, drainClosedSockets());
  connection.set('bufferCommands', false);
  connection.set('autoIndex', false);
  connection.set('autoCreate', false);
  const models = defineModels(connection);
  void connectForever(connection, options);
  return models;
}

async function connectForever(connection: Connection, options: DatabaseOptions): Promise<void> {
  while (connection.readyState !== mongoose.ConnectionStates.connected) {
    try {
      await connection.openUri(options.uri, {
        appName: options.appName,
        maxPoolSize: options.poolSize,
        serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
        heartbeatFrequencyMS: HEARTBEAT_MS.frequency,
        connectTimeoutMS: options.heartbeatTimeoutMs ?? HEARTBEAT_MS.timeout,
        socketTimeoutMS: SOCKET_TIMEOUT_MS,
        readConcern: { level: 'majority' },
        w: 'majority',
        journal: true,
        retryWrites: true,
        // Texts were validated before they were stored. Validating them again takes a quarter of the time of a summary.
        enableUtf8Validation: false,
      });
      return;
    } catch {
      if (!closers.has(connection)) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Functions to call when a connection is closed. */
const closers = new WeakMap<Connection, () => void>();

export async function closeDatabase({ connection }: Models): Promise<void> {
  closers.get(connection)?.();
  closers.delete(connection);
  await connection.close();
}

/** Creates the collections and indexes that do not exist yet, and drops those that nothing needs. Throws if MongoDB is away. */
export async function createIndexes(models: Models): Promise<void> {
  const { connection: _, ...all } = models;
  for (const model of Object.values(all)) {
    await model.createCollection();
    await model.createIndexes();
  }
  const { collection } = models.aggregates;
  for (const { name } of await collection.indexes())
    if (name !== undefined && OBSOLETE_INDEXES.includes(name)) await collection.dropIndex(name);
}

/** Max milliseconds of a ping, and turns of the event loop after it in which an answer that has arrived is read. */
const PING_TIMEOUT_MS = 1_000;
const LAST_TURNS = 5;

/**
 * Whether MongoDB answers within a second. If this process itself had no CPU time for that long, an answer that has
 * arrived meanwhile counts: it is read before the ping is given up.
 */
export async function pingDatabase(models: Models): Promise<boolean> {
  const overdue = new AbortController();
  const timer = setTimeout(async () => {
    // A late timer runs before the sockets are read.
    for (let turn = 0; turn < LAST_TURNS; turn++) await setImmediate();
    overdue.abort();
  }, PING_TIMEOUT_MS);
  try {
    await models.connection.db?.command({ ping: 1 }, { signal: overdue.signal });
    return models.connection.db !== undefined;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
