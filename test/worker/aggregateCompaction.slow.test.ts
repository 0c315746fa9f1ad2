import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { partOf } from '../../src/models/aggregates/partDocuments.ts';
import { readDays, readTotals } from '../../src/models/aggregates/readTotals.ts';
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
    firstMs: { look: 1, full: 0 },
  });
  await until(async () => (await models.aggregates.countDocuments()) <= 1, 'the parts are merged');
  await compaction.close();
  expect(await readTotals(models, { level: 'user', id: 'u' })).toEqual({
    delta: new Map([['n', 20]]),
    firstAt: new Date(0),
    lastAt: new Date(19),
  });
}, 20_000);

it('compaction catches up with what an import left behind, once it grows no more', async () => {
  await models.aggregates.deleteMany();
  const aMinuteAgo = Date.now() - 60_000;
  const parts = Array.from({ length: 1_500 }, (_, n) => {
    const day = `2026-01-${10 + (n % 15)}`;
    const key = { kind: 'org-day', path: `org-day acme ${day}`, orgId: 'acme', id: 'acme', day } as const;
    const aggregate = { key, delta: new Map([['n', 1]]), firstAt: new Date(day), lastAt: new Date(day) };
    return partOf({ aggregate }, `gone.${(aMinuteAgo + n).toString(36)}`);
  });
  await models.aggregates.collection.insertMany(parts as never[]);
  const log = pino({ level: 'silent' });
  const compaction = startAggregateCompaction({
    ...{ models, isBusy: () => false, log },
    firstMs: { look: 1, full: 3_600_000 },
  });
  await until(async () => (await models.aggregates.countDocuments()) <= 15, 'the parts are merged', 40_000);
  await compaction.close();
  const days = await readDays(models, { level: 'org', id: 'acme' }, {});
  expect([...days.values()].map(({ delta }) => delta.get('n'))).toEqual(Array.from({ length: 15 }, () => 100));
}, 60_000);
