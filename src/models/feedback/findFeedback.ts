import { setImmediate } from 'node:timers/promises';
import { CHOICES, type ChoiceName, RATINGS, type RatingName } from '../../aggregates/contribution.ts';
import type { Instants } from '../../aggregates/zoneDays.ts';
import type { Kind, Mention, SentimentLabel } from '../../analysis/analysis.ts';
import { highlightsOf, type SearchQuery } from '../../analysis/search/searchQuery.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import type { Models } from '../database.ts';
import { OverdueRead } from '../mongodb/errors.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import { createdAtInstants } from '../mongodb/timeRange.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';
import { END, type Position, type PositionRange, START } from './position.ts';

export interface FeedbackFilter extends Partial<Record<ChoiceName, ChoiceFilter | undefined>> {
  orgId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  created?: Instants;
  theme?: string | undefined;
  /** with a theme: sentiment of a clause about it */
  themeSentiment?: SentimentLabel | undefined;
  kind?: Kind | undefined;
  /** question whose answer is counted as 'other', since its list of distinct answers was full */
  otherAnswer?: ChoiceName | undefined;
  /** words and phrases in the text */
  words?: SearchQuery | undefined;
  sentiment?: SentimentLabel | 'unscored' | undefined;
  ratings?: Partial<Record<RatingName, { min: number; max: number }>>;
  experiment?: string | undefined;
  variant?: string | undefined;
  tag?: string | undefined;
}

/** Matches one exact choice, or every choice that contains a word, ignoring case. */
export type ChoiceFilter = { exactly: string } | { word: string };

export interface FeedbackPage {
  items: FeedbackDocument[];
  next: Position | null;
}

export interface PageOptions {
  order: 'newest' | 'oldest';
  limit: number;
  /** the position at which the previous page ended */
  after?: Position | undefined;
}

export interface Counts {
  /** number of feedback */
  count: number;
  /** number of their clauses about the theme of the filter; 0 without a theme */
  clauses: number;
}

/** How a scan reads. Throws an error that `isOverdue` after `maxMs`. */
interface ScanOptions {
  snapshot: Transaction;
  maxMs: number;
}

/** Documents read at once by a scan for words. */
const SCAN_BATCH = 500;
/** Characters of texts that are searched in one turn of the event loop. */
const CHARACTERS_PER_TURN = 50_000;
/** Characters that count for any text. */
const MIN_CHARACTERS = 50;

/** Reads feedback itself, without the search index: the first that match, by time, ties by id. */
export async function scanFeedback(
  models: Models,
  filter: FeedbackFilter,
  { order, limit, after }: PageOptions,
  range: Partial<PositionRange>,
  { snapshot, maxMs }: ScanOptions,
): Promise<FeedbackDocument[]> {
  const direction = order === 'newest' ? -1 : 1;
  const conditions = [match(filter), ...within(range)];
  if (after) {
    const { createdAt, id } = after;
    const directions = { value: direction, id: direction } as const;
    conditions.push({
      ...afterPosition('createdAt', { value: createdAt, id }, directions),
      // Implied by the other condition, but only this one makes the index scan start at the position.
      createdAt: { [direction === 1 ? '$gte' : '$lte']: createdAt },
    });
  }
  const { words } = filter;
  const found = models.feedback.collection.find<FeedbackDocument>({ $and: conditions } as never, {
    sort: { createdAt: direction, _id: direction },
    maxTimeMS: maxMs,
    ...readIn(snapshot),
    ...(words ? { batchSize: SCAN_BATCH } : { limit }),
  });
  if (!words) return found.toArray();
  const holds = textScan(words, maxMs);
  const items: FeedbackDocument[] = [];
  for await (const document of found) {
    if (await holds(document.improvements)) items.push(document);
    if (items.length === limit) break;
  }
  return items;
}

/** Tells whether a text holds words, if there are some, for many texts in a row. Throws an error that `isOverdue` after `maxMs`. */
function textScan(words: SearchQuery | undefined, maxMs: number): (text: string | undefined) => Promise<boolean> {
  const untilMs = performance.now() + maxMs;
  let characters = 0;
  return async (text = '') => {
    if (performance.now() > untilMs) throw new OverdueRead('a scan of feedback took too long');
    characters += MIN_CHARACTERS + text.length;
    if (characters >= CHARACTERS_PER_TURN) {
      characters = 0;
      await setImmediate();
    }
    return !words || highlightsOf(text, words) !== undefined;
  };
}

/** Counts feedback itself, without the search index. Throws an error that `isOverdue` after `maxMs`. */
export async function countMatches(
  models: Models,
  filter: FeedbackFilter,
  range: PositionRange,
  { snapshot, maxMs }: ScanOptions,
): Promise<Counts> {
  const { words, theme } = filter;
  const conditions = [match(filter), ...within(range)];
  const filtered: Record<string, unknown> = { $and: conditions };
  const options = { maxTimeMS: maxMs, ...readIn(snapshot) };
  if (!words) {
    const [counts] = await models.feedback.collection
      .aggregate<Counts>(
        [
          { $match: filtered },
          {
            $group: { _id: null, count: { $sum: 1 }, clauses: { $sum: theme === undefined ? 0 : clausesIn(filter) } },
          },
        ],
        options,
      )
      .toArray();
    return counts ?? { count: 0, clauses: 0 };
  }
  const counts = { count: 0, clauses: 0 };
  const projection = { improvements: 1, ...(theme !== undefined && { 'analysis.mentions': 1 }) };
  for await (const { analysis } of allMatches(models, filter, range, { snapshot, maxMs, projection })) {
    counts.count++;
    for (const mention of analysis?.mentions ?? []) if (isCounted(mention, filter)) counts.clauses++;
  }
  return counts;
}

/**
 * All feedback that matches, in no order, without the search index. `projection`: the fields to read, `improvements` among
 * them. Throws an error that `isOverdue` after `maxMs`.
 */
export async function* allMatches(
  models: Models,
  filter: FeedbackFilter,
  range: PositionRange,
  { snapshot, maxMs, projection }: ScanOptions & { projection: Record<string, unknown> },
): AsyncGenerator<FeedbackDocument> {
  const holds = textScan(filter.words, maxMs);
  const found = models.feedback.collection.find<FeedbackDocument>(
    { $and: [match(filter), ...within(range)] } as never,
    {
      ...{ maxTimeMS: maxMs, projection, batchSize: SCAN_BATCH },
      ...readIn(snapshot),
    },
  );
  for await (const document of found) if (await holds(document.improvements)) yield document;
}

const isCounted = ({ theme, sentiment }: Mention, filter: FeedbackFilter) =>
  theme === filter.theme && (filter.themeSentiment ?? sentiment.label) === sentiment.label;

/** An expression: the number of clauses that `isCounted`. */
function clausesIn({ theme, themeSentiment }: FeedbackFilter) {
  const isAbout = { $eq: ['$$mention.theme', { $literal: theme }] };
  const isSo = themeSentiment === undefined ? [] : [{ $eq: ['$$mention.sentiment.label', themeSentiment] }];
  const filter = { input: '$analysis.mentions', as: 'mention', cond: { $and: [isAbout, ...isSo] } };
  return { $size: { $filter: filter } };
}

/** Conditions on the place of feedback. The second one of each bounds the scan of the index. */
function within({ from, to }: Partial<PositionRange>): Record<string, unknown>[] {
  const { createdAt: first, id: firstId } = from ?? {};
  const { createdAt: last, id: lastId } = to ?? {};
  return [
    ...(first && first > START.createdAt
      ? [
          { $or: [{ createdAt: { $gt: first } }, { createdAt: first, _id: { $gte: firstId } }] },
          { createdAt: { $gte: first } },
        ]
      : []),
    ...(last && last < END.createdAt
      ? [
          { $or: [{ createdAt: { $lt: last } }, { createdAt: last, _id: { $lt: lastId } }] },
          { createdAt: { $lte: last } },
        ]
      : []),
  ];
}

/**
 * The feedback with a public id, which several orgs may have: that of no org first, then by org, `limit` at most. `orgId`
 * selects an org.
 */
export function findFeedbackById(
  models: Models,
  id: string,
  { orgId, limit }: { orgId: string | undefined; limit: number },
): Promise<FeedbackDocument[]> {
  return models.feedback
    .find({ _id: { $gte: id, $lt: `${id}!` }, ...(orgId !== undefined && { orgId }) })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<FeedbackDocument[]>();
}

function match(filter: FeedbackFilter): Record<string, unknown> {
  const conditions: Record<string, unknown> = {};
  for (const field of ['orgId', 'userId', 'sessionId'] as const)
    if (filter[field] !== undefined) conditions[field] = filter[field];
  for (const field of ['experiment', 'variant'] as const)
    if (filter[field] !== undefined) conditions[field] = anySpelling(filter[field]);
  if (filter.created) Object.assign(conditions, createdAtInstants(filter.created));
  const { theme, themeSentiment, otherAnswer, kind } = filter;
  if (theme !== undefined && themeSentiment !== undefined)
    conditions['analysis.mentions'] = { $elemMatch: { theme, 'sentiment.label': themeSentiment } };
  else if (theme !== undefined) conditions['analysis.mentions.theme'] = theme;
  if (kind !== undefined) conditions['analysis.kind'] = kind;
  if (otherAnswer !== undefined) conditions[`other.${otherListOf(filter)}`] = otherAnswer;
  if (filter.words) conditions.improvements = { $exists: true };
  if (filter.sentiment === 'unscored') conditions['analysis.sentiment'] = null;
  else if (filter.sentiment !== undefined) conditions['analysis.sentiment.label'] = filter.sentiment;
  for (const rating of RATINGS) {
    const range = filter.ratings?.[rating];
    if (range) conditions[rating] = { $gte: range.min, $lte: range.max };
  }
  for (const question of CHOICES) {
    const choice = filter[question];
    if (choice)
      conditions[question] =
        'exactly' in choice ? anySpelling(choice.exactly) : { $regex: wordPattern(choice.word), $options: 'i' };
  }
  if (filter.tag !== undefined) conditions.tags = anySpelling(filter.tag);
  return conditions;
}

/** The list of distinct answers that decides what is 'other': of each org, or of everyone if the filter names nobody. */
export function otherListOf({ orgId, userId, sessionId, experiment }: FeedbackFilter): 'org' | 'all' {
  return [orgId, userId, sessionId, experiment].every((name) => name === undefined) ? 'all' : 'org';
}

/** Condition on a label. */
function anySpelling(label: string): unknown {
  const spellings = spellingsOf(label);
  return spellings.length === 1 ? spellings[0] : { $in: spellings };
}

/**
 * A regular expression (PCRE) that finds whole words in a choice: 'yes' is in 'Yes, at $10' but not in 'Yesterday'.
 * It matches in linear time for any words.
 */
export function wordPattern(words: string): string {
  const spellings = spellingsOf(words).map(escaped);
  return `(?<![\\p{L}\\p{N}])(?:${spellings.join('|')})(?![\\p{L}\\p{N}])`;
}

/** A regular expression (PCRE) that matches exactly this text. */
export function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&');
}
