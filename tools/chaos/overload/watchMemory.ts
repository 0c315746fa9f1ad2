import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics } from '../../support/metricsOf.ts';
import type { Role, System } from '../system.ts';

/** Resident memory in MiB: mean over the first and the last quarter of the time, and the maximum. */
export interface Span {
  first: number;
  last: number;
  most: number;
}

/** Time between two samples; each costs a process some milliseconds. */
const SAMPLE_MS = 5_000;

/** Samples the memory of all processes of each kind for `ms`. */
export async function watchMemory(
  { apis, workers }: System,
  ms: number,
  signal: AbortSignal,
): Promise<Record<Role['kind'], Span>> {
  const samples = { api: [] as number[], worker: [] as number[] };
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await sleep(SAMPLE_MS, undefined, { signal });
    for (const { kind, metricsUrl } of [...apis, ...workers])
      samples[kind].push((await readMetrics(metricsUrl))('process_resident_memory_bytes') / 2 ** 20);
  }
  return { api: spanOf(samples.api), worker: spanOf(samples.worker) };
}

function spanOf(samples: number[]): Span {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  return {
    first: mean(samples.slice(0, quarter)),
    last: mean(samples.slice(-quarter)),
    most: Math.max(...samples),
  };
}
