import { withSandbox } from '../support/bench.ts';
import { drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Bench, Experiment } from '../support/figure.ts';

const COUNT = 15_000;

function drainWith({ stores }: Bench, processes: number): Promise<number> {
  return withSandbox(stores, async (sandbox) => {
    await fillQueue(sandbox, { orgs: 40, count: COUNT });
    const workers = Array.from({ length: processes }, () => startWorker(sandbox));
    const rate = await drain(sandbox, workers[0]!, { count: COUNT });
    await Promise.all(workers.map((worker) => worker.stop()));
    return rate;
  });
}

/** Gain of a second worker process. On two cores, MongoDB and the first worker already use both. */
export const workersExperiment: Experiment = {
  rounds: 3,
  subjects: {
    'two workers': (bench) => drainWith(bench, 2),
    'one worker': (bench) => drainWith(bench, 1),
  },
  figures: [
    {
      name: 'second-worker',
      title: 'drain by two worker processes, against one (shown only: it depends on the cores)',
      subject: 'two workers',
      baseline: 'one worker',
      unit: 'feedback/s',
      better: 'higher',
    },
  ],
};
