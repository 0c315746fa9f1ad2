import { choiceKey, OTHER_CHOICE } from '../../aggregates/choiceKey.ts';
import { RATINGS } from '../../aggregates/contribution.ts';
import { RANKED } from '../../aggregates/packDelta.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import type { Models } from '../database.ts';
import { type ChoiceFilter, escaped, wordPattern } from '../feedback/findFeedback.ts';
import { afterPosition, pageOf } from '../mongodb/keysetPage.ts';
import { type AggregateDocument, keysOfPart, partsUnder } from './aggregateSchema.ts';
import { addPartAt, addTotals, pathOf, type Totals } from './readTotals.ts';

export const RANKINGS = ['count', ...RATINGS, 'sentiment', 'lastAt', 'shortfall'] as const;
export type Ranking = (typeof RANKINGS)[number];

export interface RankQuery {
  level: 'org' | 'user' | 'session';
  by: Ranking;
  order: 'highest' | 'lowest';
  /** min feedback of a ranked subject */
  minCount: number;
  limit: number;
  orgId?: string | undefined;
  /** only sessions in which this user gave feedback */
  userId?: string | undefined;
  /** only subjects that gave such an answer */
  willingToPay?: ChoiceFilter | undefined;
  shortfall?: Shortfall | undefined;
  after?: RankPosition | undefined;
}

/** Stars that overall ratings lack to a reference, in total; of all feedback, or of feedback with a theme. */
export interface Shortfall {
  reference: number;
  theme?: string | undefined;
}

/** Position at which a page of a ranking ended. `value` is in milliseconds for `lastAt`. */
export interface RankPosition {
  value: number;
  id: string;
}

export interface RankedSubject extends Totals {
  id: string;
  /** figure that the subject is ranked by; milliseconds for `lastAt` */
  value: number;
}

const RANK_TIMEOUT_MS = 10_000;

/**
 * One page of subjects by a figure, ties by id. MongoDB computes the order from the parts of all candidates; the full
 * totals are read for the subjects of the page only. A subject without the figure, such as no rating, is not ranked.
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
        $group: { _id: idIn(query.level), n: { $sum: '$n' }, ...accumulators(query), ...willing(query.willingToPay) },
      },
      { $match: { n: { $gte: query.minCount }, ...(query.willingToPay !== undefined && { willing: true }) } },
      { $set: { value: valueFor(query) } },
      { $match: { value: { $ne: null } } },
      ...(query.after ? [{ $match: afterRank(query, query.after, direction) }] : []),
      { $sort: { value: direction, _id: 1 } },
      { $limit: query.limit + 1 },
    ],
    { maxTimeMS: RANK_TIMEOUT_MS, allowDiskUse: true },
  );
  const page = pageOf(ranked, query.limit, ({ _id: id, value }) => ({ value: Number(value), id }));
  const ids = page.items.map(({ _id }) => _id);
  const totals = await readPage(models, query, ids);
  return {
    items: page.items.map(({ _id: id, value }) => ({
      id,
      value: Number(value),
      ...(totals.get(id) ?? addTotals([])),
    })),
    next: page.next,
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
  return partsOfIds(query, sessions);
}

/** Matches the parts of these ids; nothing for no ids. */
function partsOfIds({ level, orgId }: RankQuery, ids: string[]): Record<string, unknown> {
  if (ids.length === 0) return { _id: { $in: [] } };
  return { $or: ids.flatMap((id) => partsUnder(pathOf(level === 'org' ? { level, id } : { level, id, orgId }))) };
}

/** Expression for the id of a part's subject at a level. A session paired with a user has its id in `also`. */
function idIn(level: RankQuery['level']): unknown {
  if (level !== 'session') return '$id';
  const pathWord = { $arrayElemAt: [{ $split: ['$also', ' '] }, 1] };
  return { $cond: [{ $eq: ['$kind', 'session'] }, '$id', replaceAll(pathWord, '%25', '%')] };
}

async function readPage(models: Models, query: RankQuery, ids: string[]): Promise<Map<string, Totals>> {
  const parts = await models.aggregates.find(partsOfIds(query, ids)).lean<AggregateDocument[]>();
  const totals = new Map<string, Totals>();
  for (const part of parts) {
    const id = keysOfPart(part).find((key) => key.kind === query.level)?.id ?? part.id;
    addPartAt(totals, id, part);
  }
  return totals;
}

/** Sums over the parts of a subject: `k` feedback, and the total `t` of their values. */
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
  const index = 2 * RANKED.indexOf(by);
  return { k: { $sum: { $arrayElemAt: ['$f', index] } }, t: { $sum: { $arrayElemAt: ['$f', index + 1] } } };
}

/** Accumulators over the counters `<path>.<stars>` in the packed text. */
function starAccumulators(path: string): Record<string, unknown> {
  const counts = [1, 2, 3, 4, 5].map((stars) => ({ stars, count: counterOf(`${path}.${stars}`) }));
  return {
    k: { $sum: { $add: counts.map(({ count }) => count) } },
    t: { $sum: { $add: counts.map(({ stars, count }) => ({ $multiply: [stars, count] })) } },
  };
}

/** `unpackDelta` of one counter, as an aggregation expression. */
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

function willing(filter: ChoiceFilter | undefined): Record<string, unknown> {
  if (filter === undefined) return {};
  const regex = '\nc\\.willingToPay\\.([^\n]*) (-?[0-9]+)';
  const answers = { $regexFindAll: { input: '$d', regex } };
  const key = { $arrayElemAt: ['$$answer.captures', 0] };
  const isGiven = { $gt: [{ $toInt: { $arrayElemAt: ['$$answer.captures', 1] } }, 0] };
  const isNamed = { $ne: [key, OTHER_CHOICE] };
  const isMeant =
    'exactly' in filter
      ? { $in: [key, { $literal: spellingsOf(filter.exactly).map(choiceKey) }] }
      : { $regexMatch: { input: choiceOfKey(key), regex: wordPattern(filter.word), options: 'i' } };
  const anyAnswer = { $map: { input: answers, as: 'answer', in: { $and: [isGiven, isNamed, isMeant] } } };
  return { willing: { $max: { $anyElementTrue: anyAnswer } } };
}

/** Inverse of `choiceKey`, as an aggregation expression. */
function choiceOfKey(key: unknown): unknown {
  return replaceAll(replaceAll(replaceAll(key, '%2e', '.'), '%0a', '\n'), '%25', '%');
}

function replaceAll(input: unknown, find: string, replacement: string): unknown {
  return { $replaceAll: { input, find, replacement: { $literal: replacement } } };
}

function afterRank({ by }: RankQuery, { value, id }: RankPosition, direction: 1 | -1) {
  const position = { value: by === 'lastAt' ? new Date(value) : value, id };
  return afterPosition('value', position, { value: direction, id: 1 });
}
