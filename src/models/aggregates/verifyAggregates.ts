import { randomBytes } from 'node:crypto';
import { isDayIn, keysOf } from '../../aggregates/aggregateKey.ts';
import { ownDelta } from '../../aggregates/contribution.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { createFingerprints, type Fingerprints } from '../../aggregates/fingerprint.ts';
import { forEachCounter } from '../../aggregates/packDelta.ts';
import { localDayOf } from '../../aggregates/zoneDays.ts';
import type { Models } from '../database.ts';
import { COUNTED_FIELDS } from '../feedback/countedFields.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { type Fields, forEachDocument } from '../mongodb/forEachDocument.ts';
import { inSnapshot, type Snapshot } from '../mongodb/inSnapshot.ts';
import { withSnapshotHistory } from '../mongodb/withSnapshotHistory.ts';
import { type AggregateDocument, pathOfPart } from './aggregateSchema.ts';
import { partIdsOf } from './partDocuments.ts';
import { type Addition, createTotalsTable, TableFull, type TotalsTable } from './totalsTable.ts';

export interface Verification {
  feedback: number;
  /** aggregates with feedback, as recomputed */
  aggregates: number;
  /** paths of the aggregates that differ from their recomputation, sorted */
  differences: string[];
}

export interface VerifyOptions {
  /** called now and then with the share of the work that is done, 0 to 1 */
  onProgress?: (share: number) => void;
  /** max aggregates in memory, 68 to 140 bytes each; more are verified in several passes */
  maxAggregates?: number;
}

const MAX_AGGREGATES = 1_400_000;
/** Feedback between two reports of progress. */
const REPORT_EVERY = 2_000;

/** One pass: the aggregates whose hash is in its share of all hashes. */
interface Pass {
  number: number;
  of: number;
  fingerprints: Fingerprints;
}

/**
 * Recomputes every aggregate from the raw feedback and compares. It may run during ingest.
 *
 * 1. Read one snapshot: all parts, all feedback, and the totals that retention kept.
 * 2. Add to a table of fixed size, for each aggregate, fingerprints of what is stored and of what is recomputed. If there
 *    are more aggregates than it may hold, do so in several passes, each of a share of the aggregates and on a snapshot of its own.
 * 3. If some differ, read the snapshot again for their paths.
 */
export function verifyAggregates(models: Models, options: VerifyOptions = {}): Promise<Verification> {
  return withSnapshotHistory(models, async () => {
    const { maxAggregates = MAX_AGGREGATES } = options;
    const expected = 1.2 * (await models.aggregates.estimatedDocumentCount());
    for (let passes = Math.ceil(Math.max(1, expected) / maxAggregates); ; passes *= 2) {
      try {
        return await verifyInPasses(models, passes, { ...options, maxAggregates });
      } catch (error) {
        if (!(error instanceof TableFull)) throw error;
      }
    }
  });
}

async function verifyInPasses(
  models: Models,
  passes: number,
  { onProgress, maxAggregates }: VerifyOptions & { maxAggregates: number },
): Promise<Verification> {
  const sum: Verification = { feedback: 0, aggregates: 0, differences: [] };
  // One seed for all passes: the hashes divide the aggregates among them.
  const seed = randomBytes(8);
  const fingerprints = createFingerprints([seed.readInt32LE(0), seed.readInt32LE(4)]);
  for (let number = 0; number < passes; number++) {
    const report = (share: number) => onProgress?.((number + share) / passes);
    const result = await inSnapshot(models, (snapshot) =>
      verifyPass(models, snapshot, { number, of: passes, fingerprints }, { onProgress: report, maxAggregates }),
    );
    sum.feedback = result.feedback;
    sum.aggregates += result.aggregates;
    for (const path of result.differences) sum.differences.push(path);
  }
  sum.differences.sort();
  return sum;
}

async function verifyPass(
  models: Models,
  snapshot: Snapshot,
  pass: Pass,
  { onProgress, maxAggregates }: Required<VerifyOptions>,
): Promise<Verification> {
  const { fingerprints } = pass;
  const [parts, total] = await Promise.all([
    models.aggregates.estimatedDocumentCount(),
    models.feedback.estimatedDocumentCount(),
  ]);
  const table = createTotalsTable(maxAggregates, (1.2 * parts) / pass.of);
  const inPass = (path: string, add: (high: number, low: number) => void) => {
    const [high, low] = fingerprints.hash(path);
    if (high % pass.of === pass.number) add(high, low);
  };
  await forEachDocument<AggregateDocument>(models.aggregates, {}, PART_FIELDS, snapshot, (part) => {
    const addition = additionOf(part, fingerprints);
    for (const id of partIdsOf(part)) inPass(pathOfPart(id), (high, low) => table.addStored(high, low, addition));
  });
  await forEachDocument<AggregateDocument>(models.retainedAggregates, {}, PART_FIELDS, snapshot, (part) => {
    const addition = additionOf(part, fingerprints);
    inPass(pathOfPart(part._id), (high, low) => table.addRecomputed(high, low, addition));
  });
  const inActiveZone = await activeZones(models, snapshot);
  let feedback = 0;
  await forEachDocument<FeedbackDocument>(
    models.feedback,
    {},
    { ...DIMENSIONS, ...COUNTED_FIELDS },
    snapshot,
    (document) => {
      const [own, ofAll] = contributionsOf(document, fingerprints);
      for (const { kind, path } of keysOf(inActiveZone(document)))
        inPass(path, (high, low) => table.addRecomputed(high, low, kind === 'all' || kind === 'all-day' ? ofAll : own));
      if (++feedback % REPORT_EVERY === 0) onProgress(Math.min(1, feedback / total));
    },
  );
  const differences =
    table.differing() === 0 ? [] : await pathsOfDiffering(models, snapshot, table, fingerprints, inActiveZone);
  return { feedback, aggregates: table.recomputed(), differences };
}

function additionOf(part: AggregateDocument, fingerprints: Fingerprints): Addition {
  return {
    fingerprint: fingerprints.of((visit) => forEachCounter(part, visit)),
    count: part.n,
    firstMs: part.firstAt?.getTime() ?? Number.POSITIVE_INFINITY,
    lastMs: part.lastAt?.getTime() ?? Number.NEGATIVE_INFINITY,
  };
}

/** Additions of a feedback to the aggregates of its org, user, session and variant, and to those of everyone. */
function contributionsOf(document: FeedbackDocument, fingerprints: Fingerprints): [own: Addition, ofAll: Addition] {
  const atMs = document.createdAt.getTime();
  const additionOf = (delta: Delta): Addition => ({
    fingerprint: fingerprints.of((visit) => delta.forEach(visit)),
    count: 1,
    firstMs: atMs,
    lastMs: atMs,
  });
  const own = additionOf(ownDelta(document));
  const { other } = document;
  return [own, other ? additionOf(ownDelta({ ...document, other: { org: other.all } })) : own];
}

type InActiveZone = (document: FeedbackDocument) => FeedbackDocument;

/** The feedback as it must be counted: in a local day of the zone that readers use, too. */
async function activeZones(models: Models, snapshot: Snapshot): Promise<InActiveZone> {
  const zones = new Map<string, string | null>();
  for (const { _id, active } of await models.orgZones.find({}, null, snapshot).lean()) zones.set(_id, active);
  return (document) => {
    const { orgId, createdAt, localDays = [] } = document;
    const zone = orgId === undefined ? undefined : zones.get(orgId);
    if (!zone || localDays.some(isDayIn(zone))) return document;
    return { ...document, localDays: [...localDays, localDayOf(createdAt, zone)] };
  };
}

/** The paths of the aggregates that differ, of those that are stored and of those that should be. */
async function pathsOfDiffering(
  models: Models,
  snapshot: Snapshot,
  table: TotalsTable,
  fingerprints: Fingerprints,
  inActiveZone: InActiveZone,
): Promise<string[]> {
  const differences: string[] = [];
  const name = (path: string) => {
    if (table.takeDiffering(...fingerprints.hash(path))) differences.push(path);
  };
  await forEachDocument<AggregateDocument>(models.aggregates, {}, ID_FIELDS, snapshot, (part) => {
    for (const id of partIdsOf(part)) name(pathOfPart(id));
  });
  await forEachDocument<AggregateDocument>(models.retainedAggregates, {}, ID_FIELDS, snapshot, ({ _id }) =>
    name(pathOfPart(_id)),
  );
  await forEachDocument<FeedbackDocument>(models.feedback, {}, DIMENSIONS, snapshot, (document) => {
    for (const { path } of keysOf(inActiveZone(document))) name(path);
  });
  return differences;
}

const ID_FIELDS: Fields = { also: 1 };
const PART_FIELDS: Fields = { also: 1, firstAt: 1, lastAt: 1, n: 1, d: 1 };
const DIMENSIONS: Fields = {
  orgId: 1,
  userId: 1,
  sessionId: 1,
  experiment: 1,
  variant: 1,
  createdAt: 1,
  localDays: 1,
};
