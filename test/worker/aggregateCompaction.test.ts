import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { partOf } from '../../src/models/aggregates/partDocuments.ts';
import { readTotals } from '../../src/models/aggregates/readTotals.ts';
import { startAggregateCompaction } from '../../src/worker/aggregateCompaction.ts';
import { testModels } from '../support/stores/models.ts';
import { until } from '../support/until.ts';

const models = testModels();

it('compaction merges the old parts of an aggregate that no writer adds to', async () => {
  const key = { kind: 'user', path: 'user u acme', orgId: 'acme', id: 'u' } as const;
  const anHourAgo = Date.now() - 3_600_000;
  const parts = Array.from({ length: 20 }, (_, n) =>
    partOf(
      { aggregate: { key, delta: new Map([['n', 1]]), firstAt: new Date(n), lastAt: new Date(n) } },
      `gone.${(anHourAgo + n).toString(36)}`,
    ),
  );
  await models.aggregates.collection.insertMany(parts as never[]);
  const compaction = startAggregateCompaction({
    models,
    isBusy: () => false,
    log: pino({ level: 'silent' }),
    firstMs: 1,
  });
  await until(async () => (await models.aggregates.countDocuments()) <= 1, 'the parts are merged');
  await compaction.close();
  expect(await readTotals(models, { level: 'user', id: 'u' })).toEqual({
    delta: new Map([['n', 20]]),
    firstAt: new Date(0),
    lastAt: new Date(19),
  });
}, 20_000);
