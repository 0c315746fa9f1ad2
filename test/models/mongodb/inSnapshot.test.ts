import { expect, it } from '@jest/globals';
import { inSnapshot } from '../../../src/models/mongodb/inSnapshot.ts';

const client = { startSession: () => ({ endSession: async () => {} }) };
const models = { connection: { getClient: () => client } } as never;

it.each([
  ['a collection that was just created', 246, 20],
  ['a read that took too long', 239, 2],
  ['an outage', 91, 1],
])('after %s (code %i), a snapshot is read %i times at most', async (_, code, max) => {
  let reads = 0;
  const failing = inSnapshot(models, async () => {
    reads++;
    throw Object.assign(new Error('no'), { code });
  });
  await expect(failing).rejects.toMatchObject({ code });
  expect(reads).toBe(max);
});

it('a read is repeated until there is a snapshot', async () => {
  let reads = 0;
  const read = async () => {
    if (++reads < 4) throw Object.assign(new Error('no'), { code: 246 });
    return 'read';
  };
  expect(await inSnapshot(models, read)).toBe('read');
});
