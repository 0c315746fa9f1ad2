import { OTHER_CHOICE } from '../../aggregates/choiceKey.ts';
import { RATINGS } from '../../aggregates/contribution.ts';
import { RANKED } from '../../aggregates/packDelta.ts';
import type { Models } from '../database.ts';
import { escaped, wordPattern } from '../feedback/findFeedback.ts';
import { type AggregateDocument, keysOfPart, namedBetween } from './aggregateSchema.ts';
import { addPartAt, addTotals, namesOf, type Totals } from './readTotals.ts';

export const RANKINGS = ['count', ...RATINGS, 'sentiment', 'lastAt', 'shortfall'] as const;
export type Ranking = (typeof RANKINGS)[number];

export interface RankQuery {
  level: 'org' | 'user' | 'session';
  by: Ranking;
  order: 'highest' | 'lowest';
  /** feedback that a subject must have to be ranked */
  minCount: number;
  limit: number;
  orgId?: string | undefined;
  /** only sessions that this user gave feedback in */
  userId?: string | undefined;
  /** only subjects with a `willingToPay` that contains this word */
  willingToPay?: string | undefined;
  shortfall?: Shortfall | undefined;
  after?: RankPosition | undefined;
}

/** What `shortfall` is: stars that overall ratings, or those of feedback with a theme, have below a reference, in all. */
export interface Shortfall {
  reference: number;
  theme?: string | undefined;
}

/** Where a page of a ranking ended. `value` is milliseconds for `lastAt`. */
export interface RankPosition {
  value: number;
  id: string;
}

export interface RankedSubject extends Totals {
  id: string;
  /** what it is ranked by; milliseconds for `lastAt` */
  value: number;
}

const RANK_TIMEOUT_MS = 10_000;

/**
 * One page of subjects by a figure, ties by id. The order is worked out from the parts of all candidates, in the
 * database; full figures are read for the page alone. A subject without the figure (no such rating, say) is not ranked.
 */
export async function rankSubjects(
  models: Models,
  query: RankQuery,
): Promise<{ items: RankedSubject[]; next: RankPosition | null }> {
  const direction = query.order === 'highest' ? -1 : 1;
  const candidates = await candidatesOf(models, query);
  const ranked = await models.aggregates.aggregate<{ _id: string; value: number | Date }>(
    [
      { $match: candidates },
      {
        $group: {
          _id: idIn(query.level),
          n: { $sum: '$n' },
          ...accumulators(query),
          ...willing(query.willingToPay),
        },
      },
      { $match: { n: { $gte: query.minCount }, ...(query.willingToPay !== undefined && { willing: true }) } },
      { $set: { value: valueFor(query) } },
      { $match: { value: { $ne: null } } },
      ...(query.after ? [{ $match: beyond(query, query.after, direction) }] : []),
      { $sort: { value: direction, _id: 1 } },
      { $limit: query.limit + 1 },
    ],
    { maxTimeMS: RANK_TIMEOUT_MS, allowDiskUse: true },
  );
  const page = ranked.slice(0, query.limit);
  const totals = await readPage(
    models,
    query,
    page.map((one) => one._id),
  );
  const last = page.at(-1);
  return {
    items: page.map(({ _id, value }) => ({
      id: _id,
      value: Number(value),
      ...(totals.get(_id) ?? addTotals([])),
    })),
    next: ranked.length > query.limit && last ? { value: Number(last.value), id: last._id } : null,
  };
}

async function candidatesOf(models: Models, query: RankQuery): Promise<Record<string, unknown>> {
  const inOrg = query.orgId !== undefined && { orgId: query.orgId };
  if (query.userId === undefined && query.level === 'session')
    return {
      $or: [
        { kind: 'session', ...inOrg },
        { kind: 'user', also: { $exists: true }, ...inOrg },
      ],
    };
  if (query.userId === undefined) return { kind: query.level, ...inOrg };
  const sessions: string[] = await models.feedback
    .distinct('sessionId', { userId: query.userId, ...inOrg })
    .maxTimeMS(RANK_TIMEOUT_MS);
  return rangesOf(query, sessions);
}

/** Matches the parts of these ids, and nothing where there are none. */
function rangesOf(
  { level, orgId }: Pick<RankQuery, 'level' | 'orgId'>,
  ids: string[],
): Record<string, unknown> {
  if (ids.length === 0) return { _id: { $in: [] } };
  const ranges = ids.map((id) => namesOf(level === 'org' ? { level, id } : { level, id, orgId }));
  return { $or: ranges.flatMap(([from, below]) => namedBetween(from, below)) };
}

/** The id of a part's subject at a level; of a session that has it together with a user, the word in its second name. */
function idIn(level: RankQuery['level']): unknown {
  if (level !== 'session') return '$id';
  const word = { $arrayElemAt: [{ $split: ['$also', ' '] }, 1] };
  return { $cond: [{ $eq: ['$kind', 'session'] }, '$id', replaceAll(word, '%25', '%')] };
}

async function readPage(models: Models, query: RankQuery, ids: string[]): Promise<Map<string, Totals>> {
  const parts = await models.aggregates.find(rangesOf(query, ids)).lean<AggregateDocument[]>();
  const totals = new Map<string, Totals>();
  for (const part of parts) {
    const id = keysOfPart(part).find((key) => key.kind === query.level)?.id ?? part.id;
    addPartAt(totals, id, part);
  }
  return totals;
}

/** What is summed over the parts of a subject: `k` cases with total `t`. */
function accumulators({ by, shortfall }: RankQuery): Record<string, unknown> {
  if (by === 'count') return {};
  if (by === 'lastAt') return { lastAt: { $max: '$lastAt' } };
  if (by === 'shortfall')
    return shortfall?.theme === undefined
      ? packedAccumulators('overallRating')
      : starAccumulators(`t.${shortfall.theme}.r`);
  return packedAccumulators(by);
}

function packedAccumulators(by: (typeof RANKED)[number]): Record<string, unknown> {
  const at = 2 * RANKED.indexOf(by);
  return { k: { $sum: { $arrayElemAt: ['$f', at] } }, t: { $sum: { $arrayElemAt: ['$f', at + 1] } } };
}

/** Of what is counted by stars below a path, in the text of all that is counted. */
function starAccumulators(path: string): Record<string, unknown> {
  const counts = [1, 2, 3, 4, 5].map((stars) => ({ stars, count: counterOf(`${path}.${stars}`) }));
  return {
    k: { $sum: { $add: counts.map(({ count }) => count) } },
    t: { $sum: { $add: counts.map(({ stars, count }) => ({ $multiply: [stars, count] })) } },
  };
}

/** `unpackDelta` of one counter, in the database's words. */
function counterOf(path: string): unknown {
  const regex = `\n${escaped(path)} (-?[0-9]+)`;
  const found = { $regexFind: { input: '$d', regex } };
  return { $toInt: { $ifNull: [{ $first: { $getField: { field: 'captures', input: found } } }, '0'] } };
}

function valueFor({ by, shortfall }: RankQuery): unknown {
  if (by === 'count') return '$n';
  if (by === 'lastAt') return '$lastAt';
  if (by === 'shortfall') {
    const missing = { $subtract: [{ $multiply: ['$k', shortfall?.reference ?? 0] }, '$t'] };
    return { $cond: [{ $gt: ['$k', 0] }, missing, null] };
  }
  return { $cond: [{ $gt: ['$k', 0] }, { $divide: ['$t', '$k'] }, null] };
}

function willing(word: string | undefined): Record<string, unknown> {
  if (word === undefined) return {};
  const regex = '\nc\\.willingToPay\\.([^\n]*) (-?[0-9]+)';
  const answers = { $regexFindAll: { input: '$d', regex } };
  const key = { $arrayElemAt: ['$$answer.captures', 0] };
  const isGiven = { $gt: [{ $toInt: { $arrayElemAt: ['$$answer.captures', 1] } }, 0] };
  const isNamed = { $ne: [key, OTHER_CHOICE] };
  const hasWord = { $regexMatch: { input: choiceOfKey(key), regex: wordPattern(word), options: 'i' } };
  const anyAnswer = { $map: { input: answers, as: 'answer', in: { $and: [isGiven, isNamed, hasWord] } } };
  return { willing: { $max: { $anyElementTrue: anyAnswer } } };
}

/** `choiceOf`, in the database's words. */
function choiceOfKey(key: unknown): unknown {
  return replaceAll(replaceAll(replaceAll(key, '%2e', '.'), '%0a', '\n'), '%25', '%');
}

function replaceAll(input: unknown, find: string, replacement: string): unknown {
  return { $replaceAll: { input, find, replacement: { $literal: replacement } } };
}

function beyond(query: RankQuery, after: RankPosition, direction: 1 | -1): Record<string, unknown> {
  const value = query.by === 'lastAt' ? new Date(after.value) : after.value;
  return {
    $or: [{ value: { [direction === 1 ? '$gt' : '$lt']: value } }, { value, _id: { $gt: after.id } }],
  };
}
