import mongoose, { type Connection } from 'mongoose';
import { type AggregateDocument, aggregateSchema } from './aggregates/aggregateSchema.ts';
import { type AuditEntryDocument, auditEntrySchema } from './audit/auditSchema.ts';
import {
  type PendingTextsDocument,
  type PhraseSketchDocument,
  pendingTextsSchema,
  phraseSketchSchema,
} from './discovery/phraseSketchSchema.ts';
import { type ErasureDocument, erasureSchema } from './erasure/erasureSchema.ts';
import {
  type FenceDocument,
  fenceSchema,
  type TombstoneDocument,
  tombstoneSchema,
} from './erasure/tombstoneSchema.ts';
import { type ChoiceListDocument, choiceListSchema } from './feedback/choiceListSchema.ts';
import { type FeedbackDocument, feedbackDocumentSchema } from './feedback/feedbackDocument.ts';
import { type AccessKeyDocument, accessKeySchema } from './keys/keySchema.ts';
import { drainClosedSockets } from './mongodb/closedSockets.ts';
import { type InternalStateDocument, internalStateSchema } from './mongodb/internalState.ts';
import { type InvitationDocument, invitationSchema } from './people/invitationSchema.ts';
import { type PersonDocument, personSchema } from './people/personSchema.ts';
import { type OrgSettingDocument, orgSettingSchema } from './settings/settingsSchema.ts';
import { type OneTimeLinkDocument, oneTimeLinkSchema } from './signIn/oneTimeLinkSchema.ts';
import { type SessionDocument, sessionSchema } from './signIn/sessionSchema.ts';
import { type TaxonomyDocument, taxonomySchema } from './taxonomy/taxonomySchema.ts';

/** The collections, each as a Mongoose model on one connection. */
export function defineModels(connection: Connection) {
  return {
    connection,
    feedback: connection.model<FeedbackDocument>('Feedback', feedbackDocumentSchema),
    aggregates: connection.model<AggregateDocument>('Aggregate', aggregateSchema),
    /** what the totals count of feedback that has gone: see `retainTotals.ts` */
    retainedAggregates: connection.model<AggregateDocument>(
      'RetainedAggregate',
      aggregateSchema.clone(),
      'retired_aggregates',
    ),
    accessKeys: connection.model<AccessKeyDocument>('AccessKey', accessKeySchema),
    auditLog: connection.model<AuditEntryDocument>('AuditEntry', auditEntrySchema),
    choiceLists: connection.model<ChoiceListDocument>('ChoiceList', choiceListSchema),
    orgSettings: connection.model<OrgSettingDocument>('OrgSetting', orgSettingSchema),
    phraseSketches: connection.model<PhraseSketchDocument>('PhraseSketch', phraseSketchSchema),
    pendingTexts: connection.model<PendingTextsDocument>('PendingTexts', pendingTextsSchema),
    taxonomies: connection.model<TaxonomyDocument>('Taxonomy', taxonomySchema),
    people: connection.model<PersonDocument>('Person', personSchema),
    sessions: connection.model<SessionDocument>('Session', sessionSchema),
    oneTimeLinks: connection.model<OneTimeLinkDocument>('OneTimeLink', oneTimeLinkSchema),
    invitations: connection.model<InvitationDocument>('Invitation', invitationSchema),
    internalState: connection.model<InternalStateDocument>('InternalState', internalStateSchema),
    erasures: connection.model<ErasureDocument>('Erasure', erasureSchema),
    tombstones: connection.model<TombstoneDocument>('Tombstone', tombstoneSchema),
    fences: connection.model<FenceDocument>('Fence', fenceSchema),
  };
}

export type Models = ReturnType<typeof defineModels>;

/** How long one operation looks for a server before it fails and the caller decides what to do. */
const SERVER_SELECTION_TIMEOUT_MS = 2_000;
/** A server that hangs is known to within the sum of the two, and what waits for it fails then. */
const HEARTBEAT_MS = { frequency: 2_000, timeout: 3_000 };
/** For reads of minutes, which cannot go on once a server that was silent for some seconds was taken for dead. */
export const PATIENT_HEARTBEAT_MS = 60_000;
/** Longer than any operation here takes; what is silent for longer is a dead connection. */
const SOCKET_TIMEOUT_MS = 30_000;

export interface DatabaseOptions {
  uri: string;
  appName: string;
  poolSize: number;
  /** how long a server may not be heard of */
  heartbeatTimeoutMs?: number | undefined;
}

/**
 * A connection to MongoDB that comes up by itself, now or later: this never waits and never throws for a server that
 * is away. Reads see what a majority of the replica set has, so nothing read is ever taken back.
 */
export function openDatabase(options: DatabaseOptions): Models {
  const connection = mongoose.createConnection();
  open.set(connection, drainClosedSockets());
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
        // MongoDB holds what was checked and encoded here; to look through every text again takes a quarter of a summary.
        enableUtf8Validation: false,
      });
      return;
    } catch {
      if (!open.has(connection)) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** What ends with each connection. */
const open = new WeakMap<Connection, () => void>();

export async function closeDatabase({ connection }: Models): Promise<void> {
  open.get(connection)?.();
  open.delete(connection);
  await connection.close();
}

/** Makes the collections and their indexes; harmless where they are there. Throws while MongoDB is away. */
export async function createIndexes(models: Models): Promise<void> {
  const { connection: _, ...all } = models;
  for (const model of Object.values(all)) {
    await model.createCollection();
    await model.createIndexes();
  }
}

/** Whether MongoDB answers within a second. */
export async function pingDatabase(models: Models): Promise<boolean> {
  try {
    await models.connection.db?.command({ ping: 1 }, { signal: AbortSignal.timeout(1_000) });
    return models.connection.db !== undefined;
  } catch {
    return false;
  }
}
