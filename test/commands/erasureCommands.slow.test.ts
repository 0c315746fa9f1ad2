import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runMain } from '../support/runMain.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let running: TestService;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  const { redisUrl, mongodbUri, prefix } = isolatedStores();
  running = await startTestService({ redisUrl, mongodbUri, prefix });
  env = { REDIS_URL: redisUrl, MONGODB_URI: mongodbUri, QUEUE_PREFIX: prefix };
  folder = await mkdtemp(join(tmpdir(), 'feedback-erase-'));
  const feedback = Array.from({ length: 20 }, (_, n) => ({
    id: `f-${n}`,
    orgId: n < 10 ? 'acme' : 'globex',
    userId: n % 2 === 0 ? 'u-17' : 'u-18',
    overallRating: 3,
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(20);
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runMain(args, env);

it('the command line previews and carries out an erasure, and prints and verifies its receipt', async () => {
  const exported = JSON.parse((await run('export', 'user', 'u-17', '--org', 'acme')).stdout);
  expect([exported.feedback.length, exported.figures[0].count]).toEqual([5, 5]);

  const preview = await run('erase', 'user', 'u-17', '--org', 'acme', '--dry-run');
  expect(preview.stdout).toMatch(/^would erase 5 feedback from \S+ to \S+, in acme\n$/);
  expect(await running.models.feedback.countDocuments()).toBe(20);

  const erased = await run('erase', 'user', 'u-17', '--org', 'acme', '--wait');
  const { receipt } = JSON.parse(erased.stdout);
  expect([erased.code, receipt.what, receipt.removed.feedback]).toEqual([0, 'user', 5]);
  expect(await running.models.feedback.countDocuments({ userId: 'u-17', orgId: 'acme' })).toBe(0);
  expect(await running.models.feedback.countDocuments()).toBe(15);
  expect((await run('erase', 'receipt', receipt.id)).stdout).toBe(erased.stdout);
  expect((await run('erase', 'list')).stdout).toMatch(/ {2}user {2}\S+ {2}done {2}5 feedback\n$/);

  const [file, pem] = [join(folder, 'receipt.json'), join(folder, 'key.pem')];
  await writeFile(file, erased.stdout);
  await writeFile(pem, (await run('erase', 'public-key')).stdout);
  expect((await run('erase', 'verify', file)).stdout).toBe('genuine: user, 5 feedback removed\n');
  expect((await run('erase', 'verify', file, '--public-key', pem)).code).toBe(0);
  await writeFile(file, (await readFile(file, 'utf8')).replace('"feedback": 5', '"feedback": 4'));
  const forged = await run('erase', 'verify', file);
  expect([forged.code, forged.stderr]).toEqual([1, expect.stringContaining('changed since')]);
  await writeFile(file, 'x');
  expect((await run('erase', 'verify', file)).code).toBe(1);

  expect((await run('erase', 'receipt', 'none')).code).toBe(1);
  expect((await run('erase', 'user', 'a b')).stderr).toContain('"a b" is not an id');
  const { orgId, actor } = (await running.models.auditLog.findOne({ action: 'erasure.request' }).lean())!;
  expect([orgId, actor.kind]).toEqual(['acme', 'command line']);
}, 180_000);
