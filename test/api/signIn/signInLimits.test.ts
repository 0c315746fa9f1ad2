import { once } from 'node:events';
import { afterAll, expect, it } from '@jest/globals';
import { createSignInLimits } from '../../../src/api/signIn/signInLimits.ts';
import { connectPromptly } from '../../../src/queues/connect.ts';
import { freePort } from '../../support/freePort.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const open: ReturnType<typeof connectPromptly>[] = [];
afterAll(() => {
  for (const connection of open) connection.disconnect();
});

function limitsAt(url: string, prefix: string) {
  const redis = connectPromptly(url, () => {});
  open.push(redis);
  return { redis, limits: createSignInLimits({ redis, prefix }) };
}
const attempt = { email: 'ada@example.com', address: '198.51.100.1', isKnownAddress: false };

it('all processes count attempts together', async () => {
  const { redisUrl, prefix } = isolatedStores();
  const both = [limitsAt(redisUrl, prefix), limitsAt(redisUrl, prefix)];
  await Promise.all(both.map(({ redis }) => once(redis, 'ready')));
  for (let n = 0; n < 5; n++) await both[n % 2]!.limits.take(attempt);
  for (const { limits } of both) await expect(limits.take(attempt)).rejects.toMatchObject({ status: 429 });
});

it('each process counts attempts by itself while Redis is away', async () => {
  const { limits } = limitsAt(`redis://127.0.0.1:${await freePort()}`, 'x');
  for (let n = 0; n < 5; n++) await limits.take(attempt);
  await expect(limits.take(attempt)).rejects.toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
  });
  await limits.forgive(attempt);
  await limits.take(attempt);
});
