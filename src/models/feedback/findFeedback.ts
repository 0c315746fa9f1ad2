import { CHOICES, type ChoiceName, RATINGS, type RatingName } from '../../aggregates/contribution.ts';
import type { SentimentLabel } from '../../analysis/analysis.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';

export interface FeedbackFilter extends Partial<Record<ChoiceName, ChoiceFilter | undefined>> {
  orgId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** inclusive */
  from?: Date | undefined;
  /** exclusive */
  before?: Date | undefined;
  theme?: string | undefined;
  sentiment?: SentimentLabel | 'unscored' | undefined;
  ratings?: Partial<Record<RatingName, { min: number; max: number }>>;
  experiment?: string | undefined;
  variant?: string | undefined;
  tag?: string | undefined;
}

/** A choice to the letter, or any choice that contains a word, in whatever case. */
export type ChoiceFilter = { exactly: string } | { word: string };

export interface Position {
  createdAt: Date;
  /** stored id */
  id: string;
}

export interface FeedbackPage {
  items: FeedbackDocument[];
  next: Position | null;
}

/** How long a search may keep the database busy before it is refused. */
const SEARCH_TIMEOUT_MS = 10_000;

/** One page of feedback by time, ties by id. `after` is where the page before ended. */
export async function findFeedback(
  models: Models,
  filter: FeedbackFilter,
  page: { order: 'newest' | 'oldest'; limit: number; after?: Position | undefined },
): Promise<FeedbackPage> {
  const direction = page.order === 'newest' ? -1 : 1;
  const conditions = [match(filter)];
  if (page.after) conditions.push(beyond(page.after, direction));
  const found = await models.feedback
    .find({ $and: conditions })
    .sort({ createdAt: direction, _id: direction })
    .limit(page.limit + 1)
    .maxTimeMS(SEARCH_TIMEOUT_MS)
    .lean<FeedbackDocument[]>();
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items,
    next: found.length > page.limit && last ? { createdAt: last.createdAt, id: last._id } : null,
  };
}

/**
 * The feedback of one id, or null. Ids sent under an org's own key are that org's; `orgId` says whose is meant, and
 * without it the id that belongs to nobody in particular comes first.
 */
export async function findOneFeedback(
  models: Models,
  id: string,
  orgId?: string,
): Promise<FeedbackDocument | null> {
  const [first] = await models.feedback
    .find({ _id: { $gte: id, $lt: `${id}!` }, ...(orgId !== undefined && { orgId }) })
    .sort({ _id: 1 })
    .limit(1)
    .lean<FeedbackDocument[]>();
  return first ?? null;
}

function beyond(position: Position, direction: 1 | -1): Record<string, unknown> {
  const past = direction === 1 ? '$gt' : '$lt';
  return {
    $or: [
      { createdAt: { [past]: position.createdAt } },
      { createdAt: position.createdAt, _id: { [past]: position.id } },
    ],
    // Said again, so that the index starts where the page before ended.
    createdAt: { [`${past}e`]: position.createdAt },
  };
}

function match(filter: FeedbackFilter): Record<string, unknown> {
  const conditions: Record<string, unknown> = {};
  for (const field of ['orgId', 'userId', 'sessionId', 'experiment', 'variant'] as const)
    if (filter[field] !== undefined) conditions[field] = filter[field];
  if (filter.from || filter.before)
    conditions.createdAt = {
      ...(filter.from && { $gte: filter.from }),
      ...(filter.before && { $lt: filter.before }),
    };
  if (filter.theme !== undefined) conditions['analysis.mentions.theme'] = filter.theme;
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
        'exactly' in choice ? choice.exactly : { $regex: wordPattern(choice.word), $options: 'i' };
  }
  if (filter.tag !== undefined) conditions.tags = filter.tag;
  return conditions;
}

/**
 * A regular expression (PCRE) for a word or words as part of a choice: 'yes' is in 'Yes, at $10' and not in
 * 'Yesterday'. Matches in linear time whatever the words.
 */
export function wordPattern(words: string): string {
  return `(?<![\\p{L}\\p{N}])${escaped(words)}(?![\\p{L}\\p{N}])`;
}

/** A text as a regular expression (PCRE) that matches it and nothing else. */
export function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&');
}
