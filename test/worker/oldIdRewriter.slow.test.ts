import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { closeDatabase, createIndexes, openDatabase } from '../../src/models/database.ts';
import { toDocument } from '../../src/models/feedback/feedbackDocument.ts';
import { areOldIdsRewritten } from '../../src/models/feedback/oldIds.ts';
import { createBatchWriter } from '../../src/models/feedback/storeBatch.ts';
import { OLD_IDS } from '../../src/models/mongodb/internalState.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { mismatches, storedAndRecomputed } from '../support/storedAndRecomputed.ts';
import { testQueues } from '../support/stores/queues.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const OLD = 3_000;
const stores = isolatedStores();
const models = openDatabase({ uri: stores.mongodbUri, appName: 'tests', poolSize: 5 });
const services: TestService[] = [];
const body = (n: number) => ({ id: `old-${n}`, orgId: `org-${n % 3}`, overallRating: 1 + (n % 5) });

beforeAll(async () => {
  await models.connection.asPromise();
  await createIndexes(models);
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
  await models.internalState.create({ _id: OLD_IDS, value: { isDone: true } });
  const writer = createBatchWriter(models);
  for (let from = 0; from < OLD; from += 500)
    await writer.store(
      Array.from({ length: 500 }, (_, index) => {
        const { id, ...fields } = body(from + index);
        const at = Date.UTC(2026, 0, 1 + ((from + index) % 40));
        const document = toDocument({ id, ...fields, createdAt: at, acceptedAt: at }, analyze(undefined));
        return { ...document, _id: id };
      }),
    );
  await models.internalState.deleteMany();
});
afterAll(async () => {
  for (const { stop } of services) await stop();
  await closeDatabase(models);
});
const { ingest } = testQueues(stores);

it('workers rewrite the ids of an earlier version beside the ingest, and what is sent again counts once', async () => {
  for (let n = 0; n < 2; n++) services.push(await startTestService(stores));
  const [service] = services;
  for (let from = 0; from < OLD; from += 600) {
    const again = Array.from({ length: 600 }, (_, index) => body(from + index));
    const fresh = again.map((one) => ({ ...one, orgId: 'newcomer' }));
    for (const feedback of [again, fresh]) {
      const { status } = await service!.call('POST', '/v1/feedback/batch', { body: { feedback } });
      expect(status).toBe(202);
    }
  }
  await until(async () => (await ingest.countJobs()) === 0, 'all jobs are done');
  await until(() => areOldIdsRewritten(models), 'all ids are rewritten');
  expect(await models.feedback.countDocuments()).toBe(2 * OLD);
  expect(await models.feedback.countDocuments({ _id: { $not: / / } })).toBe(0);
  expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
  const known = await service!.call('POST', '/v1/feedback/batch', {
    body: { feedback: [body(7), { ...body(7), id: 'n' }] },
  });
  expect(known.body).toMatchObject({ accepted: 2, duplicates: 1 });
}, 60_000);
