import { expect, it } from '@jest/globals';
import { createLastUsed } from '../../../src/api/keys/lastUsed.ts';

const START_MS = Date.UTC(2026, 0, 1);
const after = (ms: number) => new Date(START_MS + ms);

it('writes a key once a minute, however often it is used', async () => {
  const writes: [string, Date][][] = [];
  const lastUsed = createLastUsed(async (uses) => void writes.push([...uses]));
  lastUsed.record('k');
  lastUsed.record('k');
  await lastUsed.flush(after(0));
  lastUsed.record('k');
  await lastUsed.flush(after(59_999));
  expect(writes).toEqual([[['k', after(0)]]]);
  await lastUsed.flush(after(60_000));
  expect(writes.slice(1)).toEqual([[['k', after(60_000)]]]);
  await lastUsed.flush(after(200_000));
  expect(writes).toHaveLength(2);
});

it('writes failed uses again, one batch at a time', async () => {
  let refuse: (reason: Error) => void = () => {};
  let writes = 0;
  const lastUsed = createLastUsed(() => {
    writes++;
    return new Promise((_, reject) => {
      refuse = reject;
    });
  });
  lastUsed.record('k');
  const first = lastUsed.flush(after(0));
  await lastUsed.flush(after(1));
  expect(writes).toBe(1);
  refuse(new Error('away'));
  await first;
  void lastUsed.flush(after(2));
  expect(writes).toBe(2);
});
