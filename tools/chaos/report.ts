import type { ChaosRun } from './runChaos.ts';

const SHOWN = 5;
/** Min throughput after the last fault, as a fraction of that before the first. */
const RECOVERED = 0.98;
const count = (n: number) => n.toLocaleString('en');

/** A run in words: the faults, the recovery from each, and the comparison. */
export function reportOf({ ledger, reckoning, recoveryMs, throughput }: ChaosRun, seed: string): string {
  const faults = [...recoveryMs].sort(([a], [b]) => (a < b ? -1 : 1));
  const widest = Math.max(0, ...faults.map(([name]) => name.length));
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1]!;
  const ms = (time: number) => (Number.isFinite(time) ? String(time) : 'never');
  const answers = [...ledger.answers].sort(([a], [b]) => a - b);
  const differences = (title: string, all: string[]) => [
    `${title.padEnd(24)}${count(all.length)}`,
    ...all.slice(0, SHOWN).map((one) => `  ${one}`),
  ];
  const kept = throughput.after / throughput.before;
  return [
    `${'faults'.padEnd(widest + 2)}number  recovery ms: median, longest`,
    ...faults.map(
      ([name, all]) =>
        `  ${name.padEnd(widest)}${String(all.length).padStart(6)}  ${ms(median(all)).padStart(20)}, ${ms(Math.max(...all))}`,
    ),
    '',
    `requests by answer      ${answers.map(([status, n]) => `${status === 0 ? 'none' : status}: ${count(n)}`).join(', ')}`,
    `sent again on purpose   ${count(ledger.repeats)}; given up and sent again ${count(ledger.aborts)}`,
    `throughput              ${throughput.before.toFixed(0)}/s before, ${throughput.after.toFixed(0)}/s after (${kept.toFixed(3)}×${kept < RECOVERED ? `, below ${RECOVERED}` : ''})`,
    '',
    `feedback sent           ${count(ledger.sent.size)}`,
    `accepted                ${count(reckoning.accepted)}`,
    `stored                  ${count(reckoning.stored)}`,
    ...differences('lost', reckoning.lost),
    ...differences('stored, never sent', reckoning.invented),
    ...differences('stored, erased', reckoning.returned),
    ...differences('stored, undone', reckoning.notTakenBack),
    ...differences('import differences', reckoning.importDifferences),
    ...differences('stored otherwise', reckoning.altered),
    `counted twice           ${count(reckoning.countedTwice)}`,
    ...differences('aggregate differences', reckoning.aggregateDifferences),
    ...differences('ranking differences', reckoning.rankingDifferences),
    ...differences('dead-letter differences', reckoning.deadLetterDifferences),
    ...differences('gauges that differ', reckoning.gaugeDifferences),
    ...differences('processes that crashed', reckoning.crashes),
    `jobs never finished     ${count(reckoning.stuckJobs)}`,
    `seed                    ${seed}`,
  ].join('\n');
}
