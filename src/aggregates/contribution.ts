import { KINDS, type Kind, type Mention, SENTIMENT_LABELS, type Sentiment } from '../analysis/analysis.ts';
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

/** What one aggregate gains, and the span of time that it gains feedback from: none where it only loses some. */
export interface Gain {
  key: AggregateKey;
  delta: Delta;
  firstAt: Date | null;
  lastAt: Date | null;
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

/**
 * Deltas of one feedback, which several gains have in common until a second feedback adds to one of them: most users
 * and sessions have one feedback in a batch.
 */
const common = new WeakSet<Delta>();

/** Adds (`times` 1) or takes back (`times` −1) what one feedback contributes, in place. */
export function addContribution(gains: Map<string, Gain>, feedback: Countable, times: 1 | -1 = 1): void {
  const at = feedback.createdAt;
  for (const { key, delta } of contribution(feedback)) {
    let gain = gains.get(key.path);
    if (!gain) {
      gain = { key, delta: times > 0 ? delta : addDelta(new Map(), delta, -1), firstAt: null, lastAt: null };
      if (times > 0) common.add(delta);
      gains.set(key.path, gain);
    } else {
      if (common.has(gain.delta)) gain.delta = new Map(gain.delta);
      addDelta(gain.delta, delta, times);
    }
    if (times < 0) continue;
    if (gain.firstAt === null || at < gain.firstAt) gain.firstAt = at;
    if (gain.lastAt === null || at > gain.lastAt) gain.lastAt = at;
  }
}

/** What one feedback adds to the aggregates of its org, user, session and variant. */
export function ownDelta(feedback: Countable): Delta {
  return deltaFor(feedback, feedback.other?.org);
}

function deltaFor(feedback: Countable, countedAsOther: ChoiceName[] = []): Delta {
  const delta: Delta = new Map([['n', 1]]);
  for (const rating of RATINGS) {
    const value = feedback[rating];
    if (value !== undefined) delta.set(RATING_PATHS[rating][value]!, 1);
  }
  for (const question of CHOICES) {
    const choice = feedback[question];
    if (choice === undefined) continue;
    delta.set(`c.${question}.${countedAsOther.includes(question) ? OTHER_CHOICE : choiceKey(choice)}`, 1);
  }
  const { kind, sentiment, mentions } = feedback.analysis;
  if (kind) delta.set(KIND_PATHS[kind], 1);
  delta.set(sentiment ? LABEL_PATHS[sentiment.label] : 's.unscored', 1);
  if (sentiment) bump(delta, 's.sum', Math.round(sentiment.score * 1000));
  for (const mention of mentions) {
    const paths = themePaths(mention.theme);
    bump(delta, paths.mentions);
    bump(delta, paths.sentiment[mention.sentiment.label]);
    delta.set(paths.feedback, 1);
    if (feedback.overallRating !== undefined) delta.set(paths.rating[feedback.overallRating]!, 1);
  }
  return delta;
}

// Paths are made once: making them for each feedback, and finding them in maps anew, was a third of the cost of counting.

const byStars = (path: string) => [0, 1, 2, 3, 4, 5].map((stars) => `${path}.${stars}`);
const byLabel = (path: string) =>
  Object.fromEntries(SENTIMENT_LABELS.map((label) => [label, `${path}.${label}`])) as Record<
    Sentiment['label'],
    string
  >;
const RATING_PATHS = Object.fromEntries(RATINGS.map((rating) => [rating, byStars(`r.${rating}`)])) as Record<
  RatingName,
  string[]
>;
const LABEL_PATHS = byLabel('s');
const KIND_PATHS = Object.fromEntries(KINDS.map((kind) => [kind, `k.${kind}`])) as Record<Kind, string>;

function makeThemePaths(theme: string) {
  const path = `t.${theme}`;
  return {
    mentions: `${path}.n`,
    feedback: `${path}.f`,
    sentiment: byLabel(`${path}.s`),
    rating: byStars(`${path}.r`),
  };
}

/** Taxonomies are bounded, but there can be one for each org. */
const REMEMBERED_THEMES = 10_000;
const themes = new Map<string, ReturnType<typeof makeThemePaths>>();

function themePaths(theme: string): ReturnType<typeof makeThemePaths> {
  const known = themes.get(theme);
  if (known) return known;
  if (themes.size >= REMEMBERED_THEMES) themes.clear();
  const made = makeThemePaths(theme);
  themes.set(theme, made);
  return made;
}
