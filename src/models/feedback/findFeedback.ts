import { CHOICES, type ChoiceName, RATINGS, type RatingName } from '../../aggregates/contribution.ts';
import type { Instants } from '../../aggregates/zoneDays.ts';
import type { SentimentLabel } from '../../analysis/analysis.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import type { Models } from '../database.ts';
import { afterPosition, pageOf } from '../mongodb/keysetPage.ts';
import { createdAtInstants } from '../mongodb/timeRange.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';

export interface FeedbackFilter extends Partial<Record<ChoiceName, ChoiceFilter | undefined>> {
  orgId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  created?: Instants;
  theme?: string | undefined;
  sentiment?: SentimentLabel | 'unscored' | undefined;
  ratings?: Partial<Record<RatingName, { min: number; max: number }>>;
  experiment?: string | undefined;
  variant?: string | undefined;
  tag?: string | undefined;
}

/** Matches one exact choice, or every choice that contains a word, ignoring case. */
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

/** Max milliseconds that MongoDB may spend on one search. */
const SEARCH_TIMEOUT_MS = 10_000;

/** One page of feedback by time, ties by id. `after` is the position at which the previous page ended. */
export async function findFeedback(
  models: Models,
  filter: FeedbackFilter,
  page: { order: 'newest' | 'oldest'; limit: number; after?: Position | undefined },
): Promise<FeedbackPage> {
  const direction = page.order === 'newest' ? -1 : 1;
  const conditions = [match(filter)];
  if (page.after) {
    const { createdAt, id } = page.after;
    const directions = { value: direction, id: direction } as const;
    conditions.push({
      ...afterPosition('createdAt', { value: createdAt, id }, directions),
      // Implied by the other condition, but only this one makes the index scan start at the position.
      createdAt: { [direction === 1 ? '$gte' : '$lte']: createdAt },
    });
  }
  const found = await models.feedback
    .find({ $and: conditions })
    .sort({ createdAt: direction, _id: direction })
    .limit(page.limit + 1)
    .maxTimeMS(SEARCH_TIMEOUT_MS)
    .lean<FeedbackDocument[]>();
  return pageOf(found, page.limit, ({ createdAt, _id: id }) => ({ createdAt, id }));
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
        'exactly' in choice ? anySpelling(choice.exactly) : { $regex: wordPattern(choice.word), $options: 'i' };
  }
  if (filter.tag !== undefined) conditions.tags = anySpelling(filter.tag);
  return conditions;
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
