import { buildRankings } from '../../../src/models/rankings/buildRankings.ts';
import { createIndexUpdater } from '../../../src/models/search/updateIndex.ts';
import type { Sandbox } from './bench.ts';

/**
 * Builds what the service derives from stored feedback in the background, so that a stock inserted directly is read as in
 * service. Every store that is built from stored feedback has its call here.
 */
export async function afterStock({ models }: Sandbox): Promise<void> {
  await buildRankings(models);
  const updateSearch = createIndexUpdater(models);
  while ((await updateSearch()).isWorking);
  // MongoDB goes on writing a bulk load for seconds, which doesn't happen in service.
  await models.connection.getClient().db('admin').command({ fsync: 1 });
}
