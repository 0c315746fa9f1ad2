import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createTombstones } from '../../../src/models/erasure/checkTombstones.ts';
import { readErasureSecrets } from '../../../src/models/erasure/erasureSecrets.ts';
import { setTombstones } from '../../../src/models/erasure/setTombstones.ts';
import { createDeadLetterWriter } from '../../../src/worker/ingest/deadLetter.ts';
import { testModels } from '../../support/models.ts';
import { testQueues } from '../../support/queues.ts';
import { isolatedStores } from '../../support/stores.ts';

const models = testModels();
const { deadLetters: letters } = testQueues(isolatedStores());
let setAside: ReturnType<typeof createDeadLetterWriter>;
beforeAll(async () => {
  setAside = createDeadLetterWriter(letters, createTombstones(models));
  const { tombstoneKey } = await readErasureSecrets(models);
  await setTombstones(models, tombstoneKey, [
    { what: 'user', id: 'u-1', orgId: 'acme', acceptedUntil: new Date(1_000) },
  ]);
});
beforeEach(() => letters.queue.drain());

const kept = async () => (await letters.list({ skip: 0, limit: 10 })).map(({ record }) => record);
const record = (fields: object) => ({ id: 'x', orgId: 'acme', userId: 'u-1', acceptedAt: 1_000, ...fields });

it('keeps no record that is erased, however broken it is', async () => {
  for (const [jobId, fields] of [
    ['1', { overallRating: 99 }],
    ['2', { acceptedAt: 'yesterday' }],
    ['3', { acceptedAt: 1e300 }],
    ['4', { id: { $ne: 1 }, improvements: ['a list'] }],
  ] as const) {
    const letter = { kind: 'record', record: record(fields), reason: 'a test', jobId } as const;
    expect(await setAside(letter)).toBe('erased');
  }
  expect(await kept()).toEqual([]);
});

it('keeps what is of others, or was accepted later, as it is', async () => {
  const others = [
    record({ userId: 'u-2' }),
    record({ orgId: 'other' }),
    record({ acceptedAt: 1_001 }),
    'no object at all',
    null,
  ];
  for (const [at, one] of others.entries()) {
    const letter = { kind: 'record', record: one, reason: 'a test', jobId: `j${at}` } as const;
    expect(await setAside(letter)).toBe('dead_letter');
  }
  expect(await kept()).toEqual(others);
});

it('takes erased records out of a job that nobody can read', async () => {
  const feedback = [record({}), record({ userId: 'u-2' }), record({ improvements: 'x' })];
  const job = { version: 99, feedback, nested: { deep: [record({ id: 'y' })] } };
  expect(await setAside({ kind: 'job', record: job, reason: 'a test', jobId: 'j' })).toBe('dead_letter');
  expect(await kept()).toEqual([{ version: 99, feedback: [feedback[1]], nested: { deep: [] } }]);
});
