import { dispersionOf } from '../statistics/dispersion.ts';
import { qValues } from '../statistics/falseDiscoveryRate.ts';
import { logLikelihood } from '../statistics/logLikelihood.ts';
import { rateRatio } from '../statistics/rateRatio.ts';
import type { PhraseTotal, PhraseTotals } from './phraseTotals.ts';

/** G² that chance exceeds once in ten thousand: as many phrases may be looked at for one answer. */
export const SURPRISING_G2 = 15.13;
/** A phrase of fewer feedback is not spoken of. */
const MIN_COUNT = 5;
/** Phrases that are tested, the most frequent ones. */
const MAX_TESTED = 500;
const FALSE_DISCOVERY_RATE = 0.05;
const MIN_RATIO = 1.25;
/** As for themes: with fewer days nobody knows how feedback comes in bursts here. */
const MIN_DF = 5;

/** How a phrase comes up now, against before. */
export interface PhraseTrend {
  now: number;
  before: number;
  /** now ÷ before, of rates among feedback with a text; null where there was none before */
  ratio: number | null;
  interval: [low: number, high: number | null];
  q: number;
  direction: 'emerging' | 'declining' | 'steady';
}

/** Why a phrase is worth a look, each as G²; null where the question does not arise. */
export interface Surprise {
  /** its words belong together: first and last word, against each without the other */
  together: number | null;
  /** it is said here more than elsewhere */
  here: number | null;
}

export interface SurprisingPhrase extends PhraseTotal {
  surprise: Surprise;
  /** null where there are too few days to tell */
  trend: PhraseTrend | null;
}

/**
 * Phrases of a period that enough feedback has and that are surprising in one way at least: their words come together more
 * than by chance, or they are said more here than elsewhere, or more now than before at a false discovery rate of 5 %.
 * Counts that are not sure are taken from the side that makes a phrase less surprising. Emerging ones come first, then the
 * more frequent.
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
  const found = tested.map((phrase, at): SurprisingPhrase => {
    const change = changes[at];
    const surprise = { together: collocation(phrase, now), here: keyness(phrase, now, everyone) };
    return { ...phrase, surprise, trend: change ? trendOf(change, qs[at]!) : null };
  });
  const isEmerging = ({ trend }: SurprisingPhrase) => trend?.direction === 'emerging';
  return found
    .filter(
      (phrase) =>
        isEmerging(phrase) ||
        (phrase.surprise.together ?? 0) >= SURPRISING_G2 ||
        (phrase.surprise.here ?? 0) >= SURPRISING_G2,
    )
    .sort((a, b) => Number(isEmerging(b)) - Number(isEmerging(a)) || byCount(a, b));
}

function byCount(a: PhraseTotal, b: PhraseTotal): number {
  return b.count - a.count || b.stems.length - a.stems.length || (a.stems < b.stems ? -1 : 1);
}

function compareRates(phrase: PhraseTotal, now: PhraseTotals, before: PhraseTotals) {
  if (now.texts === 0 || before.texts === 0) return undefined;
  const former = before.phrases.get(phrase.stems);
  const [least, most] = [former?.count ?? 0, former?.atMost ?? before.maxMissed];
  const isMore = phrase.count * before.texts > most * now.texts;
  // What is unsure is taken to have changed less.
  const [a, b] = isMore ? [phrase.count, most] : [Math.min(phrase.atMost, now.texts), least];
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

function collocation(
  { stems, count }: PhraseTotal,
  { phrases, maxMissed, texts }: PhraseTotals,
): number | null {
  const words = stems.split(' ');
  if (words.length === 1) return null;
  const having = (word: string) => Math.max(count, phrases.get(word)?.atMost ?? maxMissed);
  const [first, last] = [having(words[0]!), having(words.at(-1)!)];
  return logLikelihood(count, first, last - count, Math.max(texts - first, last - count));
}

function keyness(
  { stems, count }: PhraseTotal,
  here: PhraseTotals,
  everyone: PhraseTotals | undefined,
): number | null {
  if (!everyone) return null;
  const all = everyone.phrases.get(stems)?.atMost ?? everyone.maxMissed;
  const elsewhere = everyone.texts - here.texts;
  return elsewhere <= 0
    ? null
    : logLikelihood(count, here.texts, Math.min(Math.max(0, all - count), elsewhere), elsewhere);
}
