import type { OverloadRun, Step } from './runOverload.ts';

const LIMITS = {
  goodput: 0.9,
  delay: 2,
  growth: 1.1,
  memoryMib: 250,
  recoveryMs: 10_000,
  worthFollowing: 0.5,
};

/** A run as text, and whether every bound held. */
export function reportOverload(run: OverloadRun): { text: string; isGood: boolean } {
  const { peaks, steps, goodput, offered, flood, ordinary, probes, memory, recoveryMs } = run;
  const peak = (peaks.before + peaks.after) / 2;
  const curve = curveOf(steps);
  const summit = Math.max(...curve.values());
  const ratio = (a: number, b: number) => `${(a / b).toFixed(2)}×`;
  const whole = (n: number) => Math.round(n).toLocaleString('en');
  const answers = (of: Map<number, number>) =>
    [...of]
      .sort(([a], [b]) => a - b)
      .map(([status, n]) => `${status === 0 ? 'none' : status}: ${whole(n)}`)
      .join(', ');
  const refusedOrdinary = ordinary.offered - ordinary.accepted;
  const [calm, flooded] = [probes.calm, probes.flooded].map(({ latenciesMs, answersMs }) => ({
    p50: quantile(latenciesMs, 0.5),
    p99: quantile(latenciesMs, 0.99),
    answered: `${whole(quantile(answersMs, 0.5))} and ${whole(quantile(answersMs, 0.99))} ms to 202`,
  })) as [Spread, Spread];
  const rows: [title: string, figure: string, isKept?: boolean][] = [
    ['stored a second, of batches', `${whole(peaks.before)} before, ${whole(peaks.after)} after`],
    ['stored, of less', [...curve].map(([times, stored]) => `${whole(stored)} of ${times}×`).join(', ')],
    ['offered a second', `${whole(offered)} (${ratio(offered, peak)})`],
    [
      'stored a second',
      `${whole(goodput)} (${ratio(goodput, summit)} of the most of these, ${ratio(goodput, peak)} of batches)`,
      goodput >= LIMITS.goodput * summit,
    ],
    ['answers to the flood', answers(flood.answers)],
    ['answers to other orgs', answers(ordinary.answers), refusedOrdinary === 0 && probes.flooded.refused === 0],
    [
      'came again when told to',
      `${whole(flood.cameAgain)}, accepted then ${whole(flood.acceptedThen)}`,
      flood.acceptedThen >= LIMITS.worthFollowing * flood.cameAgain,
    ],
    [
      'told that there is no place',
      `${whole(flood.askedAgain)} asked again, accepted then ${whole(flood.acceptedByChance)}`,
    ],
    ['another org, calm', `p50 ${whole(calm.p50)} ms, p99 ${whole(calm.p99)} ms to readable, ${calm.answered}`],
    [
      'another org, flooded',
      `p50 ${whole(flooded.p50)} ms (${ratio(flooded.p50, calm.p50)}), p99 ${whole(flooded.p99)} ms (${ratio(flooded.p99, calm.p99)}), ${flooded.answered}`,
      flooded.p50 <= LIMITS.delay * calm.p50 && flooded.p99 <= LIMITS.delay * calm.p99,
    ],
    ...(['api', 'worker'] as const).map((kind): [string, string, boolean] => {
      const { first, last, most } = memory[kind];
      return [
        `memory of the ${kind}`,
        `${whole(first)} MiB in the first quarter, ${whole(last)} in the last, ${whole(most)} at most`,
        last <= LIMITS.growth * first && most <= LIMITS.memoryMib,
      ];
    }),
    [
      'after the load',
      `the flooding org accepted after ${(recoveryMs.accepted / 1_000).toFixed(1)} s, nothing waiting after ${(recoveryMs.empty / 1_000).toFixed(1)} s`,
      recoveryMs.empty <= LIMITS.recoveryMs,
    ],
    ['accepted', whole(run.accepted)],
    ['lost', whole(run.lost), run.lost === 0],
    ['aggregate differences', whole(run.aggregateDifferences.length), run.aggregateDifferences.length === 0],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return {
    text: rows
      .map(
        ([title, figure, isKept]) =>
          `${isKept === undefined ? '     ' : isKept ? 'ok   ' : 'MISS '}${title.padEnd(width + 2)}${figure}`,
      )
      .join('\n'),
    isGood: rows.every(([, , isKept]) => isKept !== false),
  };
}

/** Quantiles of a probe: ms until readable, and the answer times in words. */
interface Spread {
  p50: number;
  p99: number;
  answered: string;
}

/** Mean rate of each step, by the load offered as a multiple of the peak. */
function curveOf(steps: Step[]): Map<number, number> {
  const all = [...new Set(steps.map(({ times }) => times))];
  return new Map(
    all.map((times) => {
      const some = steps.filter((step) => step.times === times);
      return [times, some.reduce((sum, { stored }) => sum + stored, 0) / some.length];
    }),
  );
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
