import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { withSnapshotHistory } from '../mongodb/withSnapshotHistory.ts';
import { type AggregateDocument, keysOfPart, pathOfPart } from './aggregateSchema.ts';
import { addPartAt, addTotals, type Totals, totalsOf } from './readTotals.ts';

/** The totals of one aggregate, in a form that compares. */
export interface VerifiedTotals {
  path: string;
  delta: [counter: string, value: number][];
  firstAt: Date | null;
  lastAt: Date | null;
}

export interface Verification {
  feedback: number;
  /** Every aggregate that counts anything, by path: as it is stored, and as it follows from the feedback. To be equal. */
  stored: VerifiedTotals[];
  recomputed: VerifiedTotals[];
}

/**
 * Adds every aggregate up again from the raw feedback, of one instant, so it can run while feedback comes in. Holds the
 * aggregates in memory, but not the feedback.
 */
export function verifyAggregates(models: Models): Promise<Verification> {
  return withSnapshotHistory(models, () => verify(models));
}

async function verify(models: Models): Promise<Verification> {
  const session = await models.connection.startSession({ snapshot: true });
  // Named again: what the connection reads by would take the place of what the session does.
  const atOneInstant = { session, readConcern: { level: 'snapshot' as const } };
  try {
    const stored = new Map<string, Totals>();
    for await (const document of models.aggregates
      .find({}, null, atOneInstant)
      .lean<AggregateDocument[]>()
      .cursor()) {
      for (const key of keysOfPart(document)) addPartAt(stored, key.path, document);
    }
    const recomputed = new Map<string, AggregateDelta>();
    let feedback = 0;
    for await (const one of models.feedback
      .find({}, null, atOneInstant)
      .lean<FeedbackDocument[]>()
      .cursor()) {
      feedback++;
      addContribution(recomputed, one);
    }
    const right = new Map<string, Totals>(recomputed);
    // Of feedback that has gone while totals go on counting it.
    for await (const document of models.retainedAggregates
      .find({}, null, atOneInstant)
      .lean<AggregateDocument[]>()
      .cursor()) {
      const path = pathOfPart(document._id);
      right.set(path, addTotals([right.get(path) ?? addTotals([]), totalsOf(document)]));
    }
    return { feedback, stored: comparable(stored), recomputed: comparable(right) };
  } finally {
    await session.endSession();
  }
}

/** The paths on which the two sides differ. */
export function mismatches({ stored, recomputed }: Pick<Verification, 'stored' | 'recomputed'>): string[] {
  const right = new Map(recomputed.map((totals) => [totals.path, JSON.stringify(totals)]));
  const wrong = stored.filter((totals) => right.get(totals.path) !== JSON.stringify(totals));
  const known = new Set(stored.map(({ path }) => path));
  const absent = recomputed.filter(({ path }) => !known.has(path));
  return [...wrong, ...absent].map(({ path }) => path);
}

function comparable(all: Map<string, Totals>): VerifiedTotals[] {
  return [...all]
    .filter(([, { delta }]) => delta.size > 0)
    .map(([path, { delta, firstAt, lastAt }]) => ({ path, delta: [...delta].sort(byName), firstAt, lastAt }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);
