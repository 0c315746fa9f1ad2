import { createMetricsServer } from '../metrics/metricsServer.ts';
import { readQueueState } from '../queues/queueState.ts';
import { closeServer, listen, urlOf } from './listen.ts';
import type { Shared } from './openShared.ts';

/** Starts serving the metrics; what only the stores know is read at each scrape. Throws Error where the port is taken. */
export async function startMetrics(shared: Shared): Promise<string> {
  const { config, metrics, models, redis, dependencies, sampleBacklog, onStop } = shared;
  const { ingest, deadLetters, reanalyses, erasures, retention } = shared;

  async function sample(): Promise<void> {
    const { mongodb } = await dependencies();
    await sampleBacklog();
    if (mongodb) metrics.uncountedBatches.set(await models.uncountedTexts.estimatedDocumentCount());
    for (const queue of [
      ingest.queue,
      ingest.overflow,
      deadLetters.queue,
      reanalyses.queue,
      erasures.queue,
      retention.queue,
    ]) {
      const { jobs, oldestJobAgeSeconds } = await readQueueState(queue, redis, Date.now());
      for (const [state, count] of Object.entries(jobs))
        metrics.queueJobs.set({ queue: queue.name, state }, count);
      metrics.oldestJobAge.set({ queue: queue.name }, oldestJobAgeSeconds);
    }
  }

  const server = createMetricsServer(metrics, sample);
  await listen(server, config.HOST, config.METRICS_PORT, 'METRICS_PORT');
  onStop(() => closeServer(server));
  return urlOf(server);
}
