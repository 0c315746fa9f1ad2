import { normalTail, studentQuantile } from '../statistics/distributions.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { logLikelihood } from '../statistics/logLikelihood.ts';

/** Min feedback with both themes, or expected by chance, to report a pair. */
const MIN_COUNT = 5;
/** Min ratio of the count to the one expected by chance, or its inverse, that is reported. */
const MIN_LIFT = 1.25;
/** The 97.5th percentile of the normal distribution. */
const Z = studentQuantile(0.025, 1e9);

/** Two themes of the same feedback. */
export interface ThemePair {
  themes: [string, string];
  /** number of feedback with both */
  count: number;
  /** number of feedback with the first, and with the second */
  counts: [number, number];
  /** `count` ÷ the count expected if the themes were independent */
  lift: number;
  /** 95 % confidence interval of `lift` */
  interval: [low: number, high: number];
  /** p of independence, adjusted for the number of all pairs (`qValues`), 0 to 1 */
  q: number;
  /** 'unclear' unless `q` ≤ 0.05 and `lift` is at least 1.25, or at most 0.8 */
  verdict: 'together' | 'apart' | 'unclear';
}

/**
 * The pairs of themes that come up in the same feedback more or less often than by chance. The test is G² of the 2 × 2 table; the
 * interval is that of the logarithm of the lift, by the delta method.
 *
 * @param texts the themes of each feedback that has a text, without repeats
 * @param isPart whether a theme is part of another one, which it then always comes up with
 */
export function themePairs(
  texts: readonly (readonly string[])[],
  isPart: (theme: string, of: string) => boolean,
): ThemePair[] {
  const all = texts.length;
  const counts = new Map<string, number>();
  const together = new Map<string, Map<string, number>>();
  for (const themes of texts) {
    const sorted = [...themes].sort();
    sorted.forEach((theme, at) => {
      counts.set(theme, (counts.get(theme) ?? 0) + 1);
      const others = together.get(theme) ?? new Map<string, number>();
      together.set(theme, others);
      for (const other of sorted.slice(at + 1)) others.set(other, (others.get(other) ?? 0) + 1);
    });
  }
  const names = [...counts.keys()].sort();
  const tested: Omit<ThemePair, 'q' | 'verdict'>[] = [];
  const ps: number[] = [];
  let rare = 0;
  names.forEach((first, at) => {
    for (const second of names.slice(at + 1)) {
      if (isPart(first, second) || isPart(second, first)) continue;
      const count = together.get(first)?.get(second) ?? 0;
      const [ofFirst, ofSecond] = [counts.get(first)!, counts.get(second)!];
      const expected = (ofFirst * ofSecond) / all;
      if (Math.max(ofFirst, ofSecond) === all) continue;
      if (Math.max(count, expected) < MIN_COUNT) {
        rare++;
        continue;
      }
      const lift = count / expected;
      ps.push(2 * normalTail(Math.sqrt(Math.abs(logLikelihood(count, ofFirst, ofSecond - count, all - ofFirst)))));
      tested.push({
        themes: [first, second],
        count,
        counts: [ofFirst, ofSecond],
        lift,
        interval: intervalOf(count, ofFirst, ofSecond, all),
      });
    }
  });
  // A rare pair is reported if its count is high, so each one that is not was looked at, too.
  const qs = qValues([...ps, ...new Array<number>(rare).fill(1)]);
  return tested
    .map((pair, index) => ({ ...pair, q: qs[index]!, verdict: verdictOf(pair.lift, qs[index]!) }))
    .sort((a, b) => a.q - b.q || b.count - a.count);
}

/** The interval of a lift. Half a feedback stands for none. */
function intervalOf(count: number, ofFirst: number, ofSecond: number, all: number): [number, number] {
  const seen = Math.max(count, 0.5);
  const lift = (seen * all) / (ofFirst * ofSecond);
  const variance = 1 / seen - 1 / ofFirst - 1 / ofSecond + (2 * lift - 1) / all;
  const factor = Math.exp(Z * Math.sqrt(Math.max(0, variance)));
  return [count === 0 ? 0 : lift / factor, lift * factor];
}

function verdictOf(lift: number, q: number): ThemePair['verdict'] {
  if (q > FALSE_DISCOVERY_RATE || (lift < MIN_LIFT && lift > 1 / MIN_LIFT)) return 'unclear';
  return lift > 1 ? 'together' : 'apart';
}
