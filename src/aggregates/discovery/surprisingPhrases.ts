import { dispersionOf, MIN_DF } from '../statistics/dispersion.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { logLikelihood } from '../statistics/logLikelihood.ts';
import { MIN_RATIO, rateRatio } from '../statistics/rateRatio.ts';
import type { PhraseTotal, PhraseTotals } from './phraseTotals.ts';

/** Min G² of a surprising phrase: p = 0.0001 (χ² with one degree of freedom), because one request looks at many phrases. */
const SURPRISING_G2 = 15.13;
/** Min feedback with a phrase. */
const MIN_COUNT = 5;
/** Max phrases that are tested: the most frequent ones. */
const MAX_TESTED = 500;

/** The frequency of a phrase now and before, in feedback. */
export interface PhraseTrend {
  now: number;
  before: number;
  /** rate now ÷ rate before, of feedback with a text; null if there was none before */
  ratio: number | null;
  /** 95 % confidence interval of the ratio; null at the upper end means unbounded */
  interval: [low: number, high: number | null];
  /** p adjusted for the number of phrases (`qValues`), 0 to 1 */
  q: number;
  direction: 'emerging' | 'declining' | 'steady';
}

/** The measures of surprise of a phrase, each a signed G² (`logLikelihood`). Null if it does not apply. */
export interface Surprise {
  /** collocation: first and last word together, against each without the other */
  together: number | null;
  /** keyness: more frequent here than elsewhere */
  here: number | null;
}

export interface SurprisingPhrase extends PhraseTotal {
  surprise: Surprise;
  /** null if there are too few days */
  trend: PhraseTrend | null;
}

/**
 * The surprising phrases of a period: a collocation, a key phrase (more frequent here than elsewhere) or emerging (more frequent
 * now than before, at a false discovery rate of 5 %). Uncertain counts are taken at the bound that makes a phrase less
 * surprising. Emerging phrases come first, then the more frequent ones.
 */
export function surprisingPhrases(
  now: PhraseTotals,
  before: PhraseTotals,
  everyone: PhraseTotals | undefined,
  isKnown: (stems: string) => boolean,
): SurprisingPhrase[] {
  const tested = [...now.phrases.values()]
    .filter(({ count, stems }) => count >= MIN_COUNT && !isKnown(stems))
    .sort(byCount)
    .slice(0, MAX_TESTED);
  const changes = tested.map((phrase) => compareRates(phrase, now, before));
  const qs = qValues(changes.map((change) => change?.p ?? 1));
  const measured = tested.map((phrase, index): SurprisingPhrase => {
    const change = changes[index];
    const surprise = { together: collocation(phrase, now), here: keyness(phrase, now, everyone) };
    return { ...phrase, surprise, trend: change ? trendOf(change, qs[index]!) : null };
  });
  const isEmerging = ({ trend }: SurprisingPhrase) => trend?.direction === 'emerging';
  return measured
    .filter((phrase) => isEmerging(phrase) || Object.values(phrase.surprise).some((g2) => (g2 ?? 0) >= SURPRISING_G2))
    .sort((a, b) => Number(isEmerging(b)) - Number(isEmerging(a)) || byCount(a, b));
}

function byCount(a: PhraseTotal, b: PhraseTotal): number {
  return b.count - a.count || b.stems.length - a.stems.length || (a.stems < b.stems ? -1 : 1);
}

function compareRates(phrase: PhraseTotal, now: PhraseTotals, before: PhraseTotals) {
  if (now.texts === 0 || before.texts === 0) return undefined;
  const former = before.phrases.get(phrase.stems);
  const [minBefore, maxBefore] = [former?.count ?? 0, former?.atMost ?? before.maxMissed];
  const isMore = phrase.count * before.texts > maxBefore * now.texts;
  // Uncertain counts: take those with the smaller change.
  const [a, b] = isMore ? [phrase.count, maxBefore] : [Math.min(phrase.atMost, now.texts), minBefore];
  if (!isMore && a * before.texts > b * now.texts) return undefined;
  const daysOf = (counts: readonly number[] | undefined, texts: readonly number[]) =>
    texts.map((feedback, day) => ({ count: counts?.[day] ?? 0, feedback }));
  const dispersion = dispersionOf([daysOf(phrase.days, now.days), daysOf(former?.days, before.days)]);
  if (dispersion.df < MIN_DF) return undefined;
  const rates = [
    { count: a, of: now.texts },
    { count: Math.min(b, before.texts), of: before.texts },
  ] as const;
  return { now: a, before: b, ...rateRatio(...rates, dispersion) };
}

function trendOf(change: NonNullable<ReturnType<typeof compareRates>>, q: number): PhraseTrend {
  const { now, before, ratio, interval } = change;
  const isMore = ratio === null || ratio > 1;
  const isClear = ratio === null || ratio >= MIN_RATIO || ratio <= 1 / MIN_RATIO;
  const direction = q > FALSE_DISCOVERY_RATE || !isClear ? 'steady' : isMore ? 'emerging' : 'declining';
  return { now, before, ratio, interval, q, direction };
}

function collocation({ stems, count }: PhraseTotal, { phrases, maxMissed, texts }: PhraseTotals): number | null {
  const words = stems.split(' ');
  if (words.length === 1) return null;
  const maxCountOf = (word: string) => Math.max(count, phrases.get(word)?.atMost ?? maxMissed);
  const [first, last] = [maxCountOf(words[0]!), maxCountOf(words.at(-1)!)];
  return logLikelihood(count, first, last - count, Math.max(texts - first, last - count));
}

function keyness({ stems, count }: PhraseTotal, here: PhraseTotals, everyone: PhraseTotals | undefined): number | null {
  if (!everyone) return null;
  const all = everyone.phrases.get(stems)?.atMost ?? everyone.maxMissed;
  const elsewhere = everyone.texts - here.texts;
  return elsewhere <= 0
    ? null
    : logLikelihood(count, here.texts, Math.min(Math.max(0, all - count), elsewhere), elsewhere);
}
