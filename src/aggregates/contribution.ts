import { KINDS, type Kind, type Mention, SENTIMENT_LABELS, type Sentiment } from '../analysis/analysis.ts';
import {
  type AggregateKey,
  type Dimensions,
  dayOf,
  globalKeys,
  keysOf,
  orgKeys,
  subjectKeys,
} from './aggregateKey.ts';
import { choiceKey, OTHER_CHOICE } from './choiceKey.ts';
import { addDelta, type Delta, increment } from './delta.ts';

export const RATINGS = ['overallRating', 'uxRating', 'growMethodRating'] as const;
export const CHOICES = ['easeOfUse', 'helpfulness', 'willingToPay'] as const;
export type RatingName = (typeof RATINGS)[number];
export type ChoiceName = (typeof CHOICES)[number];

/** An analysed feedback, as far as counting it goes. */
export interface Countable
  extends Dimensions,
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
export interface AggregateDelta {
  key: AggregateKey;
  delta: Delta;
  firstAt: Date | null;
  lastAt: Date | null;
  /** Another gain has the same delta, which is copied before it is changed. */
  isAliased?: boolean;
}

type Span = Pick<AggregateDelta, 'firstAt' | 'lastAt'>;

/** What one feedback adds to each aggregate that it counts in. */
export function contribution(feedback: Countable): AggregateDelta[] {
  const own = ownDelta(feedback);
  const everyones = feedback.other ? deltaFor(feedback, feedback.other.all) : own;
  const span = { firstAt: feedback.createdAt, lastAt: feedback.createdAt };
  return keysOf(feedback).map((key) => ({ key, delta: isEveryones(key) ? everyones : own, ...span }));
}

const isEveryones = ({ kind }: AggregateKey) => kind === 'all' || kind === 'all-day';

/** Feedback of one org, or of none, on one UTC day. */
interface OrgDay extends Span {
  orgId: string | undefined;
  day: string;
  delta: Delta;
  /** What everyone's aggregates gain besides: choices that are listed in the org and not among everyone's, or the reverse. */
  everyoneExtra: Delta;
}

/**
 * What several feedback add together, by path of the aggregate: the sum of their contributions. What they have in common
 * is added up by org and day first, and from there to the org, the day and everyone, a few times a batch instead of once
 * a feedback.
 *
 * Two aggregates that gain the same feedback have the same delta, and one comes right after the other: those of a user and
 * its session, of an org and its day, of everyone and the day, as far as nothing else adds to one of both.
 */
export function sumContributions(feedback: Iterable<Countable>): Map<string, AggregateDelta> {
  const gains = new Map<string, AggregateDelta>();
  const cells = new Map<string, OrgDay>();
  for (const one of feedback) {
    const { orgId, createdAt: at } = one;
    const delta = ownDelta(one);
    const day = dayOf(at);
    const cell = orgDayIn(cells, orgId === undefined ? day : `${day} ${orgId}`, orgId, day);
    addDelta(cell.delta, delta);
    extendSpan(cell, at, at);
    if (one.other) addDelta(addDelta(cell.everyoneExtra, deltaFor(one, one.other.all)), delta, -1);
    for (const key of subjectKeys(one)) addTo(gains, key, delta, at, at);
  }
  const days = new Map<string, OrgDay>();
  for (const { orgId, day, delta, everyoneExtra, firstAt, lastAt } of cells.values()) {
    const everyones = orgDayIn(days, day, undefined, day);
    addDelta(addDelta(everyones.delta, delta), everyoneExtra);
    extendSpan(everyones, firstAt, lastAt);
    if (orgId !== undefined) for (const key of orgKeys(orgId, day)) addTo(gains, key, delta, firstAt, lastAt);
  }
  for (const { day, delta, firstAt, lastAt } of days.values())
    for (const key of globalKeys(day)) addTo(gains, key, delta, firstAt, lastAt);
  return gains;
}

function orgDayIn(cells: Map<string, OrgDay>, place: string, orgId: string | undefined, day: string): OrgDay {
  const known = cells.get(place);
  if (known) return known;
  const cell: OrgDay = {
    orgId,
    day,
    delta: new Map(),
    everyoneExtra: new Map(),
    firstAt: null,
    lastAt: null,
  };
  cells.set(place, cell);
  return cell;
}

/** Adds (`times` 1) or takes back (`times` −1) what one feedback contributes, in place. */
export function addContribution(
  gains: Map<string, AggregateDelta>,
  feedback: Countable,
  times: 1 | -1 = 1,
): void {
  for (const { key, delta, firstAt, lastAt } of contribution(feedback))
    if (times > 0) addTo(gains, key, delta, firstAt, lastAt);
    else addTo(gains, key, addDelta(new Map(), delta, -1), null, null);
}

/** Adds a delta to the gain of an aggregate. The first one is not copied: most users and sessions have one in a batch. */
function addTo(
  gains: Map<string, AggregateDelta>,
  key: AggregateKey,
  delta: Delta,
  firstAt: Date | null,
  lastAt: Date | null,
): void {
  const gain = gains.get(key.path);
  if (!gain) {
    gains.set(key.path, { key, delta, firstAt, lastAt, isAliased: true });
    return;
  }
  if (gain.isAliased) {
    gain.delta = new Map(gain.delta);
    gain.isAliased = false;
  }
  addDelta(gain.delta, delta);
  extendSpan(gain, firstAt, lastAt);
}

/** Widens a span of time to hold another one, in place. */
export function extendSpan(
  span: Span,
  firstAt: Date | null | undefined,
  lastAt: Date | null | undefined,
): void {
  if (firstAt && (!span.firstAt || firstAt < span.firstAt)) span.firstAt = firstAt;
  if (lastAt && (!span.lastAt || lastAt > span.lastAt)) span.lastAt = lastAt;
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
  if (sentiment) increment(delta, 's.sum', Math.round(sentiment.score * 1000));
  for (const mention of mentions) {
    const paths = themePaths(mention.theme);
    increment(delta, paths.mentions);
    increment(delta, paths.sentiment[mention.sentiment.label]);
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
