import { LATENCY_BUCKETS as BUCKETS } from '../../../src/metrics/metrics.ts';
import { bodies, inBatches } from '../../support/feedbackBodies.ts';
import { readMetrics } from '../../support/metricsOf.ts';
import { run } from '../../support/processes.ts';
import { withSandbox } from '../support/bench.ts';
import { drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Bench, Experiment } from '../support/figure.ts';
import { post } from '../support/post.ts';

const COUNT = 20_000;
const SHARE = 0.6;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const PER_REQUEST = 20;

/** p99 from accepted to readable, in ms, at 60 % of the worker's drain rate. */
function p99({ stores, progress }: Bench): Promise<number> {
  return withSandbox(stores, async (sandbox) => {
    await fillQueue(sandbox, { orgs: 40, count: COUNT });
    const worker = startWorker(sandbox);
    const rate = await drain(sandbox, worker, { count: COUNT });
    progress(`drains ${Math.round(rate)} a second`);
    const api = run('src/main.js', ['api'], sandbox.env);
    const apiUrl = await api.printed(/API +(\S+)/);
    const metricsUrl = await worker.printed(/Metrics +(\S+)/);
    const fresh = [...bodies({ orgs: 40, count: 4_000 })].map(({ id: _, ...body }) => body);
    const posting = {
      apiUrl,
      path: '/v1/feedback/batch',
      bodies: [...inBatches(fresh, PER_REQUEST)].map((feedback) => JSON.stringify({ feedback })),
      rate: Math.round((SHARE * rate) / PER_REQUEST),
      connections: 16,
    };
    await post({ ...posting, seconds: WARM_UP_SECONDS });
    const before = await readMetrics(metricsUrl);
    await post({ ...posting, seconds: SECONDS });
    const after = await readMetrics(metricsUrl);
    await api.stop();
    await worker.stop();
    const until = (bound: string) => {
      const series = `feedback_end_to_end_latency_seconds_bucket{le="${bound}"}`;
      return after(series) - before(series);
    };
    return (
      1_000 *
      quantile(
        0.99,
        BUCKETS.map((bound) => until(String(bound))),
        until('+Inf'),
      )
    );
  });
}

/** Computes a quantile like Prometheus' `histogram_quantile`: linear within its bucket. */
function quantile(q: number, cumulative: number[], total: number): number {
  const rank = q * total;
  const i = cumulative.findIndex((count) => count >= rank);
  if (total === 0 || i < 0) throw new Error('too few observations for a quantile');
  const [below, start] = i === 0 ? [0, 0] : [cumulative[i - 1]!, BUCKETS[i - 1]!];
  return start + ((BUCKETS[i]! - start) * (rank - below)) / (cumulative[i]! - below);
}

/** Latency from accepted to readable under a load below the drain rate. */
export const latencyExperiment: Experiment = {
  rounds: 3,
  subjects: { 'accepted to readable': p99 },
  figures: [
    {
      name: 'latency',
      title: 'accepted → readable, p99, at 60 % of the drain rate',
      subject: 'accepted to readable',
      unit: 'ms',
      must: 1_000,
      aim: 250,
      better: 'lower',
    },
  ],
};
