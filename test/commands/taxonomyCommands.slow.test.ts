import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  running = await startTestService({ redisUrl, mongodbUri, prefix }, { BACKGROUND_PERCENT: '100' });
  env = { REDIS_URL: redisUrl, MONGODB_URI: mongodbUri, QUEUE_PREFIX: prefix };
  folder = await mkdtemp(join(tmpdir(), 'feedback-taxonomy-'));
  const feedback = Array.from({ length: 30 }, (_, n) => ({
    id: `f-${n}`,
    orgId: 'acme',
    improvements: `The llama number ${n} is slow.`,
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(30);
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runMain(args, env);

it('the command line shows, checks, tries out and applies a taxonomy, and analyses stored feedback by it', async () => {
  const file = join(folder, 'themes.json');
  const shown = JSON.parse((await run('taxonomy', 'show')).stdout);
  expect(shown.version).toBe(0);
  await writeFile(file, JSON.stringify({ ...shown, themes: [...shown.themes, { id: 'animals' }] }));
  const wrong = await run('taxonomy', 'check', file);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('theme "animals": "label"')]);

  const animals = { id: 'animals', label: 'Animals', description: 'Animals.', terms: 'llama' };
  await writeFile(file, JSON.stringify({ ...shown, themes: [...shown.themes, animals] }));
  expect((await run('taxonomy', 'check', file)).code).toBe(0);
  const tried = await run('taxonomy', 'dry-run', file, '--org', 'acme');
  expect(tried.stdout).toContain('30 texts read, 30 of them in scope, 30 would change');
  expect(tried.stdout).toMatch(/animals: 0 → 30 \(\+30 −0\)\n {4}\+ f-\d+ {2}The llama number \d+ is slow/);

  expect((await run('taxonomy', 'apply', file)).stdout).toBe('version 1 is active\n');
  const again = await run('taxonomy', 'apply', file);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('version 0 was edited')]);
  expect((await run('taxonomy', 'versions')).stdout).toMatch(/^1 {2}\S+ {2}\d+ {2}command line\n$/);

  const done = await run('reanalyse', '--wait');
  expect([done.code, done.stdout]).toEqual([0, '30 feedback analysed again, 30 of them changed\n']);

  const add = (...args: string[]) => run('taxonomy', 'add', ...args);
  expect((await add('wool', '--id', 'wool', '--under', 'animals')).stdout).toBe('version 2 is active\n');
  expect((await add('fleece, wool', '--id', 'wool')).stdout).toBe('version 3 is active\n');
  const { themes } = JSON.parse((await run('taxonomy', 'show')).stdout);
  expect(themes.at(-1).themes).toEqual([
    { id: 'wool', label: 'Wool', description: 'Feedback about “wool”.', terms: 'wool, fleece' },
  ]);
  const nowhere = await add('leaf', '--id', 'leaf', '--under', 'plants');
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('no theme "plants"')]);
  const { body } = await running.call('GET', '/v1/feedback?theme=animals');
  expect(body.items).toHaveLength(30);
}, 180_000);
