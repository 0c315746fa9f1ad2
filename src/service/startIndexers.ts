import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { startRankingsWorker } from '../worker/rankingsWorker.ts';
import { startSearchIndexer } from '../worker/searchIndexer.ts';
import type { RunningWorker } from '../worker/startBackgroundWorker.ts';

/** Starts the workers that keep indexes of stored feedback up to date: the rankings and the search index. */
export function startIndexers(options: { models: Models; log: Logger }): RunningWorker {
  const workers = [startRankingsWorker(options), startSearchIndexer(options)];
  return {
    async close() {
      await Promise.all(workers.map(({ close }) => close()));
    },
  };
}
