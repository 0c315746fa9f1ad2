import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runMain } from '../support/runMain.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let running: TestService;
let env: Record<string, string>;
beforeAll(async () => {
  const stores = isolatedStores();
  running = await startTestService(stores);
  env = { REDIS_URL: stores.redisUrl, MONGODB_URI: stores.mongodbUri, QUEUE_PREFIX: stores.prefix };
});
afterAll(() => running.stop());

const run = (...args: string[]) => runMain(args, env);
const made = ({ stdout }: { stdout: string }) => stdout.trim().split('  ') as [id: string, key: string];
const read = async (key: string) => {
  await running.service.refreshKeys();
  return (await running.call('GET', '/v1/summary', { key })).status;
};

it('keys create makes keys that expire, and browser keys', async () => {
  const [id, key] = made(await run('keys', 'create', '--scope', 'read', '--expires', '90d', '--name', 'reports'));
  expect(await read(key)).toBe(200);
  const days = ((await running.models.accessKeys.findById(id))?.expiresAt?.getTime() ?? 0) - Date.now();
  expect(Math.round(days / 86_400_000)).toBe(90);

  const origins = ['--origin', 'https://app.example', '--origin', 'http://localhost:5173'];
  const [, open] = made(await run('keys', 'create', '--browser', ...origins, '--org', 'acme'));
  expect(open).toMatch(/^ft_public_/);
  await running.service.refreshKeys();
  const sent = await running.call('POST', '/v1/feedback', {
    key: open,
    headers: { origin: 'http://localhost:5173' },
    body: { overallRating: 5 },
  });
  expect(sent.status).toBe(202);
  const { stdout } = await run('keys', 'list');
  expect(stdout).toMatch(
    new RegExp(`^${id} {2}read {2}every org {2}\\S+ {2}valid until \\S+ {2}(not )?used.* {2}reports$`, 'm'),
  );
  expect(stdout).toMatch(/ {2}browser {2}acme {2}.* {2}https:\/\/app\.example {2}http:\/\/localhost:5173 {2}$/m);
  expect(stdout).not.toMatch(new RegExp(`${key}|${open}`));
}, 60_000);

it('keys rotate keeps the old key valid for the overlap, and keys revoke ends a key', async () => {
  const [id, key] = made(await run('keys', 'create', '--scope', 'read', '--org', 'acme'));
  const [next, follower] = made(await run('keys', 'rotate', id, '--overlap', '30m'));
  expect([await read(key), await read(follower)]).toEqual([200, 200]);
  const { stdout } = await run('keys', 'list');
  expect(stdout).toMatch(new RegExp(`^${next} {2}read {2}acme {2}.* {2}replaces ${id} {2}$`, 'm'));
  const again = await run('keys', 'rotate', id);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`replaced by ${next} already`)]);
  const [last, newest] = made(await run('keys', 'rotate', next, '--overlap', '0m'));
  expect([await read(follower), await read(newest)]).toEqual([401, 200]);
  expect((await run('keys', 'revoke', last)).stdout).toBe(`revoked ${last}\n`);
  expect(await read(newest)).toBe(401);
}, 60_000);

it.each([
  [['create', '--scope', 'write'], '--scope must be one of'],
  [['create', '--scope', 'read', '--browser', '--origin', 'https://a.example'], 'has the scope ingest'],
  [['create', '--browser'], '--browser and --origin go together'],
  [['create', '--browser', '--origin', 'https://*.example/'], 'here https://*.example'],
  [['create', '--scope', 'read', '--expires', 'soon'], '--expires must be'],
  [['rotate', 'x', '--overlap', 'long'], '--overlap must be'],
  [['rotate', 'nothing'], 'there is no key nothing'],
])(
  'refuses %j with the reason',
  async (args, why) => {
    const { code, stdout, stderr } = await run('keys', ...args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(why)]);
  },
  60_000,
);
