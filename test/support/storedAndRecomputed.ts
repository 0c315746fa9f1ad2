import { isDayIn } from '../../src/aggregates/aggregateKey.ts';
import { type AggregateDelta, addContribution } from '../../src/aggregates/contribution.ts';
import { localDayOf } from '../../src/aggregates/zoneDays.ts';
import { type AggregateDocument, keysOfPart, pathOfPart } from '../../src/models/aggregates/aggregateSchema.ts';
import { addPartAt, addTotals, type Totals, totalsOf } from '../../src/models/aggregates/readTotals.ts';
import type { Models } from '../../src/models/database.ts';
import type { FeedbackDocument } from '../../src/models/feedback/feedbackDocument.ts';
import { inSnapshot, type Snapshot } from '../../src/models/mongodb/inSnapshot.ts';

/** The totals of one aggregate, in a form that can be compared. */
export interface VerifiedTotals {
  path: string;
  delta: [counter: string, value: number][];
  firstAt: Date | null;
  lastAt: Date | null;
}

export interface Recomputation {
  feedback: number;
  /** every non-empty aggregate, by path: as stored, and as recomputed from the feedback; both must be equal */
  stored: VerifiedTotals[];
  recomputed: VerifiedTotals[];
}

/** Recomputes every aggregate from the raw feedback of one snapshot, all in memory: the plain way, for small stocks. */
export function storedAndRecomputed(models: Models): Promise<Recomputation> {
  return inSnapshot(models, (snapshot) => recompute(models, snapshot));
}

async function recompute(models: Models, snapshot: Snapshot): Promise<Recomputation> {
  const stored = new Map<string, Totals>();
  for await (const document of models.aggregates.find({}, null, snapshot).lean<AggregateDocument[]>().cursor())
    for (const key of keysOfPart(document)) addPartAt(stored, key.path, document);
  const zones = new Map<string, string | null>();
  for await (const { _id, active } of models.orgZones.find({}, null, snapshot).lean().cursor()) zones.set(_id, active);
  const recomputed = new Map<string, AggregateDelta>();
  let feedback = 0;
  for await (const document of models.feedback.find({}, null, snapshot).lean<FeedbackDocument[]>().cursor()) {
    feedback++;
    addContribution(recomputed, inActiveZone(document, zones));
  }
  const expected = new Map<string, Totals>(recomputed);
  // Removed feedback that totals still count, by retention.
  for await (const document of models.retainedAggregates
    .find({}, null, snapshot)
    .lean<AggregateDocument[]>()
    .cursor()) {
    const path = pathOfPart(document._id);
    expected.set(path, addTotals([expected.get(path) ?? addTotals([]), totalsOf(document)]));
  }
  return { feedback, stored: comparable(stored), recomputed: comparable(expected) };
}

/** The feedback as it must be counted: in a local day of the zone that readers use, too. */
function inActiveZone(document: FeedbackDocument, zones: ReadonlyMap<string, string | null>): FeedbackDocument {
  const { orgId, createdAt, localDays = [] } = document;
  const zone = orgId === undefined ? undefined : zones.get(orgId);
  if (!zone || localDays.some(isDayIn(zone))) return document;
  return { ...document, localDays: [...localDays, localDayOf(createdAt, zone)] };
}

/** The paths of the aggregates that differ. */
export function mismatches({ stored, recomputed }: Pick<Recomputation, 'stored' | 'recomputed'>): string[] {
  const expected = new Map(recomputed.map((totals) => [totals.path, JSON.stringify(totals)]));
  const wrong = stored.filter((totals) => expected.get(totals.path) !== JSON.stringify(totals));
  const storedPaths = new Set(stored.map(({ path }) => path));
  const missing = recomputed.filter(({ path }) => !storedPaths.has(path));
  return [...wrong, ...missing].map(({ path }) => path);
}

function comparable(all: Map<string, Totals>): VerifiedTotals[] {
  return [...all]
    .filter(([, { delta }]) => delta.size > 0)
    .map(([path, { delta, firstAt, lastAt }]) => ({ path, delta: [...delta].sort(byName), firstAt, lastAt }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);
