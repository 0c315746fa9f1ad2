import mongoose from 'mongoose';
import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import {
  changesIn,
  RANKED_LEVELS,
  type RankedKey,
  type RankedLevel,
  type SubjectChange,
} from '../../aggregates/rankings/subjectChange.ts';
import type { Models } from '../database.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { RankingChange } from './rankingSchemas.ts';

/** A key as it is stored: the number of its level, its id, its org. */
type StoredKey = [level: number, id: string, orgId: string | null];
type StoredChange = [
  subjects: StoredKey[],
  sums: number[],
  lastAt: number,
  themes: SubjectChange['themes'],
  answers: SubjectChange['answers'],
];

/**
 * Notes what a transaction adds to the aggregates of orgs, users and sessions, so that a pass adds it to the rankings, once.
 * A JSON text costs a fraction of a document with a field for each number.
 *
 * `lost`: subjects that may have lost their latest feedback, whose time must be found again
 */
export async function noteRankingChanges(
  models: Pick<Models, 'rankingChanges'>,
  deltas: Iterable<AggregateDelta>,
  transaction: Transaction,
  lost: readonly AggregateKey[] = [],
): Promise<void> {
  const changes = changesIn(deltas);
  const lostKeys = lost.flatMap(({ kind: level, id, orgId }) =>
    isRankedLevel(level) ? [storedKey({ level, id, orgId })] : [],
  );
  if (changes.length === 0 && lostKeys.length === 0) return;
  const stored = changes.map(
    ({ subjects, sums, lastAt, themes, answers }): StoredChange => [
      subjects.map(storedKey),
      sums,
      lastAt,
      themes,
      answers,
    ],
  );
  const orgIds = new Set<string>();
  for (const { subjects } of changes) for (const { orgId } of subjects) if (orgId !== null) orgIds.add(orgId);
  for (const [, , orgId] of lostKeys) if (orgId !== null) orgIds.add(orgId);
  const note: RankingChange = {
    _id: new mongoose.Types.ObjectId(),
    at: new Date(),
    rows: changes.length + lostKeys.length,
    orgIds: [...orgIds],
    changes: JSON.stringify(stored),
    ...(lostKeys.length > 0 && { lost: JSON.stringify(lostKeys) }),
  };
  await insertAll(models.rankingChanges, [note], transaction);
}

const isRankedLevel = (kind: string): kind is RankedLevel => (RANKED_LEVELS as readonly string[]).includes(kind);
const storedKey = ({ level, id, orgId }: RankedKey): StoredKey => [RANKED_LEVELS.indexOf(level), id, orgId];
const keyOf = ([level, id, orgId]: StoredKey): RankedKey => ({ level: RANKED_LEVELS[level]!, id, orgId });

/** The changes of a note, and the subjects whose latest time must be found again. */
export function changesOf({ changes, lost }: Pick<RankingChange, 'changes' | 'lost'>): {
  changes: SubjectChange[];
  lost: RankedKey[];
} {
  return {
    changes: (JSON.parse(changes) as StoredChange[]).map(([subjects, sums, lastAt, themes, answers]) => ({
      ...{ subjects: subjects.map(keyOf), sums, lastAt, themes, answers },
    })),
    lost: lost === undefined ? [] : (JSON.parse(lost) as StoredKey[]).map(keyOf),
  };
}
