import type { Kind, Mention, Sentiment } from '../analysis/analysis.ts';
import { type AggregateKey, keysOf, type Placed } from './aggregateKey.ts';
import { choiceKey, OTHER_CHOICE } from './choiceKey.ts';
import { addDelta, bump, type Delta } from './delta.ts';

export const RATINGS = ['overallRating', 'uxRating', 'growMethodRating'] as const;
export const CHOICES = ['easeOfUse', 'helpfulness', 'willingToPay'] as const;
export type RatingName = (typeof RATINGS)[number];
export type ChoiceName = (typeof CHOICES)[number];

/** An analysed feedback, as far as counting it goes. */
export interface Countable
  extends Placed,
    Partial<Record<RatingName, number | undefined>>,
    Partial<Record<ChoiceName, string | undefined>> {
  analysis: {
    /** null, or left out, where nothing can be said of the text */
    kind?: Kind | null | undefined;
    sentiment: Pick<Sentiment, 'label' | 'score'> | null;
    mentions: { theme: Mention['theme']; sentiment: Pick<Sentiment, 'label' | 'score'> }[];
  };
  /**
   * Questions whose choice is counted as 'other', since their list of choices was full when the feedback was stored:
   * in the org's own aggregates, and in those about everyone. Stored with the feedback, so that its contribution is a
   * function of the feedback alone.
   */
  other?: { org?: ChoiceName[] | undefined; all?: ChoiceName[] | undefined } | undefined;
}

/** What one aggregate gains, and the span of time it gains it from. */
export interface Gain {
  key: AggregateKey;
  delta: Delta;
  firstAt: Date;
  lastAt: Date;
}

/** What one feedback adds to each aggregate that it counts in. */
export function contribution(feedback: Countable): Gain[] {
  const own = ownDelta(feedback);
  const everyones = feedback.other ? deltaFor(feedback, feedback.other.all) : own;
  const at = feedback.createdAt;
  return keysOf(feedback).map((key) => ({
    key,
    delta: key.kind === 'all' || key.kind === 'all-day' ? everyones : own,
    firstAt: at,
    lastAt: at,
  }));
}

/** What several feedback add together, by path of the aggregate. Nothing is shared with the arguments. */
export function sumContributions(feedback: Iterable<Countable>): Map<string, Gain> {
  const gains = new Map<string, Gain>();
  for (const one of feedback) addContribution(gains, one);
  return gains;
}

/** Adds (`times` 1) or takes back (`times` −1) what one feedback contributes, in place. */
export function addContribution(gains: Map<string, Gain>, feedback: Countable, times: 1 | -1 = 1): void {
  for (const { key, delta, firstAt, lastAt } of contribution(feedback)) {
    const gain = gains.get(key.path);
    if (!gain) {
      gains.set(key.path, { key, delta: addDelta(new Map(), delta, times), firstAt, lastAt });
      continue;
    }
    addDelta(gain.delta, delta, times);
    if (firstAt < gain.firstAt) gain.firstAt = firstAt;
    if (lastAt > gain.lastAt) gain.lastAt = lastAt;
  }
}

/** What one feedback adds to the aggregates of its org, user, session and variant. */
export function ownDelta(feedback: Countable): Delta {
  return deltaFor(feedback, feedback.other?.org);
}

function deltaFor(feedback: Countable, countedAsOther: ChoiceName[] = []): Delta {
  const delta: Delta = new Map();
  bump(delta, 'n');
  for (const rating of RATINGS) {
    const value = feedback[rating];
    if (value !== undefined) bump(delta, `r.${rating}.${value}`);
  }
  for (const question of CHOICES) {
    const choice = feedback[question];
    if (choice === undefined) continue;
    bump(delta, `c.${question}.${countedAsOther.includes(question) ? OTHER_CHOICE : choiceKey(choice)}`);
  }
  const { kind, sentiment, mentions } = feedback.analysis;
  if (kind) bump(delta, `k.${kind}`);
  bump(delta, `s.${sentiment?.label ?? 'unscored'}`);
  if (sentiment) bump(delta, 's.sum', Math.round(sentiment.score * 1000));
  const themes = new Set<string>();
  for (const mention of mentions) {
    themes.add(mention.theme);
    bump(delta, `t.${mention.theme}.n`);
    bump(delta, `t.${mention.theme}.s.${mention.sentiment.label}`);
  }
  for (const theme of themes) {
    bump(delta, `t.${theme}.f`);
    if (feedback.overallRating !== undefined) bump(delta, `t.${theme}.r.${feedback.overallRating}`);
  }
  return delta;
}
