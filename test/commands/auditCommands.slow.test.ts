import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runMain } from '../support/runMain.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { testQueues } from '../support/stores/queues.ts';
import { isolatedStores } from '../support/stores/stores.ts';

const stores = isolatedStores();
const env = { REDIS_URL: stores.redisUrl, MONGODB_URI: stores.mongodbUri, QUEUE_PREFIX: stores.prefix };
let running: TestService;
beforeAll(async () => {
  running = await startTestService(stores);
});
afterAll(() => running.stop());
const { deadLetters } = testQueues(stores);

const run = (...args: string[]) => runMain(args, env);

it('the audit log records what the command line does to dead letters, taxonomies and re-analyses', async () => {
  const record = { id: 'canary', overallRating: 5, createdAt: 1, acceptedAt: 1, improvements: 'canary' };
  for (const jobId of ['one', 'two']) await deadLetters.put({ kind: 'record', record, reason: 'a test', jobId });
  const [first, second] = await deadLetters.list({ skip: 0, limit: 2 });
  await run('dead-letter', 'replay', first!.id);
  await run('dead-letter', 'discard', second!.id);
  expect((await run('dead-letter', 'discard', 'letter-none')).code).toBe(1);
  await run('taxonomy', 'add', 'wool', '--id', 'wool', '--org', 'acme');
  await run('reanalyse');
  const { items } = (await running.call('GET', '/v1/audit', { key: KEYS.admin })).body;
  expect(
    items.map(({ action, target, orgId, actor }: Record<string, unknown>) => [action, target, orgId, actor]),
  ).toEqual(
    [
      ['reanalysis.request', '', null],
      ['taxonomy.save', 'acme', 'acme'],
      ['dead-letter.discard', second!.id, null],
      ['dead-letter.replay', first!.id, null],
    ].map((line) => [...line, { kind: 'command line', id: '', from: null }]),
  );
  expect(JSON.stringify(items)).not.toContain('canary');
}, 60_000);

it('audit export prints the audit log as JSON lines, oldest first', async () => {
  await running.call('POST', '/v1/keys', { key: KEYS.admin, body: { scope: 'read', orgId: 'globex' } });
  await run('reanalyse', '--org', 'globex');
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const { code, stdout } = await run('audit', 'export');
  const all = lines(stdout);
  expect(code).toBe(0);
  const { body } = await running.call('GET', '/v1/audit?limit=200', { key: KEYS.admin });
  expect(all).toEqual(body.items.reverse());
  expect(all.at(-1)).toMatchObject({
    actor: { kind: 'command line', id: '', from: null },
    action: 'reanalysis.request',
    orgId: 'globex',
  });
  const today = new Date().toISOString().slice(0, 10);
  const ofOrg = await run('audit', 'export', '--org', 'globex', '--from', today, '--to', today);
  expect(lines(ofOrg.stdout)).toEqual(all.filter(({ orgId }) => orgId === 'globex'));
  expect((await run('audit', 'export', '--to', '2020-01-01')).stdout).toBe('');
  expect((await run('audit', 'export', '--from', 'once')).code).toBe(1);
}, 60_000);
