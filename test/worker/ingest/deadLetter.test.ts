import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createTombstones } from '../../../src/models/erasure/checkTombstones.ts';
import { setTombstones } from '../../../src/models/erasure/setTombstones.ts';
import { createToDeadLetter } from '../../../src/worker/ingest/deadLetter.ts';
import { testModels } from '../../support/stores/models.ts';
import { testQueues } from '../../support/stores/queues.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const models = testModels();
const { deadLetters } = testQueues(isolatedStores());
let toDeadLetter: ReturnType<typeof createToDeadLetter>;
beforeAll(async () => {
  toDeadLetter = createToDeadLetter(deadLetters, createTombstones(models));
  await setTombstones(models, [{ what: 'user', id: 'u-1', orgId: 'acme', acceptedUntil: new Date(1_000) }]);
});
beforeEach(() => deadLetters.queue.drain());

const kept = async () => (await deadLetters.list({ skip: 0, limit: 10 })).map(({ record }) => record);
const record = (fields: object) => ({ id: 'x', orgId: 'acme', userId: 'u-1', acceptedAt: 1_000, ...fields });

it('a dead letter keeps no record that is erased, however malformed it is', async () => {
  for (const [jobId, fields] of [
    ['1', { overallRating: 99 }],
    ['2', { acceptedAt: 'yesterday' }],
    ['3', { acceptedAt: 1e300 }],
    ['4', { id: { $ne: 1 }, improvements: ['a list'] }],
  ] as const) {
    const deadLetter = { kind: 'record', record: record(fields), reason: 'a test', jobId } as const;
    expect(await toDeadLetter(deadLetter)).toBe('erased');
  }
  expect(await kept()).toEqual([]);
});

it('a dead letter keeps records of others, and those accepted after the erasure, as they are', async () => {
  const others = [
    record({ userId: 'u-2' }),
    record({ orgId: 'other' }),
    record({ acceptedAt: 1_001 }),
    'no object at all',
    null,
  ];
  for (const [index, other] of others.entries()) {
    const deadLetter = { kind: 'record', record: other, reason: 'a test', jobId: `j${index}` } as const;
    expect(await toDeadLetter(deadLetter)).toBe('dead_letter');
  }
  expect(await kept()).toEqual(others);
});

it('a dead letter holds no erased records of a job of an unknown version', async () => {
  const feedback = [record({}), record({ userId: 'u-2' }), record({ improvements: 'x' })];
  const job = { version: 99, feedback, nested: { deep: [record({ id: 'y' })] } };
  expect(await toDeadLetter({ kind: 'job', record: job, reason: 'a test', jobId: 'j' })).toBe('dead_letter');
  expect(await kept()).toEqual([{ version: 99, feedback: [feedback[1]], nested: { deep: [] } }]);
});
