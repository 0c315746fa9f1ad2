import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { OtherStores, waitForKey } from '../../../tools/demo/waitForKey.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
let other: TestService;
beforeAll(async () => {
  [running, other] = await Promise.all([startTestService(isolatedStores()), startTestService(isolatedStores())]);
});
afterAll(async () => {
  await running.stop();
  await other.stop();
});
const settings = { DATA_DIR: './elsewhere', REDIS_URL: undefined, MONGODB_URI: undefined };

it('waits until the service knows a key that was stored a moment ago', async () => {
  const { key } = await createAccessKey(running.models, { scope: 'read' });
  await waitForKey({ baseUrl: running.service.apiUrl!, key, config: settings });
  expect((await running.call('GET', '/v1/summary', { key })).status).toBe(200);
});

it.each([
  [settings, 'which used DATA_DIR=./elsewhere. Set DATA_DIR to the data folder of that service'],
  [{ ...settings, REDIS_URL: 'redis://r' }, 'which used DATA_DIR=./elsewhere and REDIS_URL. Set DATA_DIR'],
  [{ ...settings, MONGODB_URI: 'mongodb://m' }, 'which used those of MONGODB_URI. Set DATA_DIR'],
])('says which setting to change if the service uses other stores: %j', async (config, message) => {
  const { key } = await createAccessKey(other.models, { scope: 'read' });
  const waiting = waitForKey({ baseUrl: running.service.apiUrl!, key, config, patienceMs: 300 });
  await expect(waiting).rejects.toThrow(OtherStores);
  await expect(waiting).rejects.toThrow(message);
  await expect(waiting).rejects.toThrow(`The service at ${running.service.apiUrl} uses other stores`);
});
