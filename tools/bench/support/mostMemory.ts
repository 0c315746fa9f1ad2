import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics } from '../../support/metricsOf.ts';
import type { Running } from '../../support/processes.ts';

const MIB = 2 ** 20;

/** Max resident memory of a process while `work` runs, in MiB. */
export async function mostMemory(running: Running, work: Promise<unknown>): Promise<number> {
  const url = await running.printed(/Metrics +(\S+)/);
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  let most = 0;
  while (!done) {
    most = Math.max(most, (await readMetrics(url))('process_resident_memory_bytes'));
    await sleep(250);
  }
  await end;
  return most / MIB;
}
