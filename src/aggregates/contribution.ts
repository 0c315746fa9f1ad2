import { KINDS, type Kind, type Mention, SENTIMENT_LABELS, type Sentiment } from '../analysis/analysis.ts';
import { memoize } from '../analysis/memoize.ts';
import {
  type AggregateKey,
  type Dimensions,
  globalKeys,
  keysOf,
  orgKeys,
  subjectKeys,
  zoneDayKey,
  zoneDayKeys,
} from './aggregateKey.ts';
import { byName } from './byName.ts';
import { choiceKey, OTHER_CHOICE } from './choiceKey.ts';
import { dayOf } from './days.ts';
import { addDelta, type Delta, increment } from './delta.ts';

export const RATINGS = ['overallRating', 'uxRating', 'growMethodRating'] as const;
export const CHOICES = ['easeOfUse', 'helpfulness', 'willingToPay'] as const;
export type RatingName = (typeof RATINGS)[number];
export type ChoiceName = (typeof CHOICES)[number];

/** An analysed feedback: the fields that are counted. */
export interface Countable
  extends Dimensions,
    Partial<Record<RatingName, number | undefined>>,
    Partial<Record<ChoiceName, string | undefined>> {
  analysis: {
    /** null or missing if the text could not be analysed */
    kind?: Kind | null | undefined;
    sentiment: Pick<Sentiment, 'label' | 'score'> | null;
    mentions: { theme: Mention['theme']; sentiment: Pick<Sentiment, 'label' | 'score'> }[];
  };
  /**
   * Questions whose choice is counted as 'other', because their list of choices was full: in the aggregates of the org
   * (`org`), and in those of all orgs (`all`). Stored with the feedback, so a contribution depends on the feedback alone.
   */
  other?: { org?: ChoiceName[] | undefined; all?: ChoiceName[] | undefined } | undefined;
}

/** A change of one aggregate: a sum of contributions, and their span of time. The span is null if nothing is added. */
export interface AggregateDelta {
  key: AggregateKey;
  delta: Delta;
  firstAt: Date | null;
  lastAt: Date | null;
  /** `delta` is shared with another aggregate; copy it before a change */
  isAliased?: boolean;
}

type Span = Pick<AggregateDelta, 'firstAt' | 'lastAt'>;

/** The contribution of one feedback to each aggregate that counts it. */
export function contribution(feedback: Countable): AggregateDelta[] {
  const own = ownDelta(feedback);
  const global = feedback.other ? deltaFor(feedback, feedback.other.all) : own;
  const span = { firstAt: feedback.createdAt, lastAt: feedback.createdAt };
  return keysOf(feedback).map((key) => ({ key, delta: isGlobal(key) ? global : own, ...span }));
}

const isGlobal = ({ kind }: AggregateKey) => kind === 'all' || kind === 'all-day';

/** The sum of the feedback of one org, or of no org, on one UTC day. */
interface OrgDay extends Span {
  orgId: string | undefined;
  day: string;
  delta: Delta;
  /** global delta minus `delta`: not empty if only one of the two lists counts a choice as 'other' */
  globalExtra: Delta;
  localDays?: readonly string[] | undefined;
}

/**
 * The sum of the contributions of several feedback, by path of the aggregate.
 *
 * 1. Add the feedback of each org and day; users, sessions and variants get each contribution directly. Feedback of an
 *    org with a time zone is first added by its local days.
 * 2. Add the org-days to their orgs and to the days of all orgs.
 * 3. Add the days of all orgs to the aggregate `all`.
 *
 * So the aggregates of orgs and of all orgs get a few additions for each batch, not several for each feedback.
 *
 * Two aggregates share one Delta object, and one follows the other in the result, if each gets a single addition and it
 * is the same: a user and its session with one feedback, an org and its only day, `all` and its only day.
 */
export function sumContributions(feedback: Iterable<Countable>): Map<string, AggregateDelta> {
  const deltas = new Map<string, AggregateDelta>();
  const orgDays = new Map<string, OrgDay>();
  const zonedDays = new Map<string, OrgDay>();
  for (const countable of feedback) {
    const { orgId, createdAt, localDays } = countable;
    const delta = ownDelta(countable);
    const day = dayOf(createdAt);
    const orgDay = localDays
      ? orgDayIn(zonedDays, `${day} ${orgId} ${localDays}`, orgId, day, localDays)
      : orgDayIn(orgDays, orgId === undefined ? day : `${day} ${orgId}`, orgId, day);
    addDelta(orgDay.delta, delta);
    extendSpan(orgDay, createdAt, createdAt);
    if (countable.other) addDelta(addDelta(orgDay.globalExtra, deltaFor(countable, countable.other.all)), delta, -1);
    for (const key of subjectKeys(countable)) addTo(deltas, key, delta, createdAt, createdAt);
  }
  for (const zonedDay of zonedDays.values()) {
    const { orgId, day, delta, globalExtra, firstAt, lastAt } = zonedDay;
    for (const key of zoneDayKeys(zonedDay)) addTo(deltas, key, delta, firstAt, lastAt);
    const orgDay = orgDayIn(orgDays, orgId === undefined ? day : `${day} ${orgId}`, orgId, day);
    addDelta(orgDay.delta, delta);
    addDelta(orgDay.globalExtra, globalExtra);
    extendSpan(orgDay, firstAt, lastAt);
  }
  const days = new Map<string, OrgDay>();
  for (const { orgId, day, delta, globalExtra, firstAt, lastAt } of orgDays.values()) {
    const globalDay = orgDayIn(days, day, undefined, day);
    addDelta(addDelta(globalDay.delta, delta), globalExtra);
    extendSpan(globalDay, firstAt, lastAt);
    if (orgId !== undefined) for (const key of orgKeys(orgId, day)) addTo(deltas, key, delta, firstAt, lastAt);
  }
  for (const { day, delta, firstAt, lastAt } of days.values())
    for (const key of globalKeys(day)) addTo(deltas, key, delta, firstAt, lastAt);
  return deltas;
}

/** Returns the org-day under a key of the map. Adds an empty one if there is none. */
function orgDayIn(
  orgDays: Map<string, OrgDay>,
  mapKey: string,
  orgId: string | undefined,
  day: string,
  localDays?: readonly string[],
): OrgDay {
  const known = orgDays.get(mapKey);
  if (known) return known;
  const sums = { delta: new Map(), globalExtra: new Map(), firstAt: null, lastAt: null };
  const orgDay: OrgDay = { orgId, day, localDays, ...sums };
  orgDays.set(mapKey, orgDay);
  return orgDay;
}

/** Adds the contribution of one feedback (`factor` 1) or subtracts it (`factor` −1), in place. */
export function addContribution(deltas: Map<string, AggregateDelta>, feedback: Countable, factor: 1 | -1 = 1): void {
  for (const { key, delta, firstAt, lastAt } of contribution(feedback))
    if (factor > 0) addTo(deltas, key, delta, firstAt, lastAt);
    else addTo(deltas, key, addDelta(new Map(), delta, -1), null, null);
}

/** Adds the contribution of one feedback to a local day of its org, or subtracts it, in place. */
export function addToZoneDay(
  deltas: Map<string, AggregateDelta>,
  feedback: Countable & { orgId: string },
  text: string,
  factor: 1 | -1 = 1,
): void {
  const delta = ownDelta(feedback);
  const key = zoneDayKey(feedback.orgId, text);
  if (factor > 0) addTo(deltas, key, delta, feedback.createdAt, feedback.createdAt);
  else addTo(deltas, key, addDelta(new Map(), delta, -1), null, null);
}

/**
 * Adds a delta to an aggregate, in place. The first delta of an aggregate is copied only before a second one is added
 * (copy on write), because most users and sessions have one feedback in a batch.
 */
function addTo(
  deltas: Map<string, AggregateDelta>,
  key: AggregateKey,
  delta: Delta,
  firstAt: Date | null,
  lastAt: Date | null,
): void {
  const sum = deltas.get(key.path);
  if (!sum) {
    deltas.set(key.path, { key, delta, firstAt, lastAt, isAliased: true });
    return;
  }
  if (sum.isAliased) {
    sum.delta = new Map(sum.delta);
    sum.isAliased = false;
  }
  addDelta(sum.delta, delta);
  extendSpan(sum, firstAt, lastAt);
}

/** Extends a span of time to cover another one, in place. */
export function extendSpan(span: Span, firstAt: Date | null | undefined, lastAt: Date | null | undefined): void {
  if (firstAt && (!span.firstAt || firstAt < span.firstAt)) span.firstAt = firstAt;
  if (lastAt && (!span.lastAt || lastAt > span.lastAt)) span.lastAt = lastAt;
}

/** The contribution of one feedback to the aggregates of its org, user, session and variant. */
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
    if (choice !== undefined)
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

// Paths are built once. Building them for each feedback was a third of the cost of counting.

const byStars = (path: string) => [0, 1, 2, 3, 4, 5].map((stars) => `${path}.${stars}`);
const byLabel = (path: string) => byName(SENTIMENT_LABELS, (label) => `${path}.${label}`);
const RATING_PATHS = byName(RATINGS, (rating) => byStars(`r.${rating}`));
const LABEL_PATHS = byLabel('s');
const KIND_PATHS = byName(KINDS, (kind) => `k.${kind}`);
/** Max themes with cached paths. A taxonomy is bounded, but each org can have one. */
const MAX_CACHED_THEMES = 10_000;
const themePaths = memoize(MAX_CACHED_THEMES, (theme: string) => ({
  mentions: `t.${theme}.n`,
  feedback: `t.${theme}.f`,
  sentiment: byLabel(`t.${theme}.s`),
  rating: byStars(`t.${theme}.r`),
}));
