import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { closeDatabase, type Models, openDatabase } from '../../../src/models/database.ts';
import { csvOf, MAPPING } from '../../support/imports.ts';
import { runMain } from '../../support/runMain.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let models: Models;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  const { redisUrl, mongodbUri, prefix } = isolatedStores();
  models = openDatabase({ uri: mongodbUri, appName: 'tests', poolSize: 2 });
  await models.connection.asPromise();
  env = { REDIS_URL: redisUrl, MONGODB_URI: mongodbUri, QUEUE_PREFIX: prefix };
  folder = await mkdtemp(join(tmpdir(), 'feedback-import-test-'));
});
afterAll(async () => {
  await models.connection.dropDatabase();
  await closeDatabase(models);
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runMain(args, env);

it('the command line tries, imports, lists and undoes a file, without a running service', async () => {
  const [file, map] = [join(folder, 'export.csv'), join(folder, 'map.json')];
  await writeFile(
    file,
    csvOf(1_500, 'a', (n) => (n === 4 ? '11' : String(1 + (n % 5)))),
  );
  await writeFile(map, JSON.stringify(MAPPING));

  const tried = await run('import', file, '--map', map, '--dry-run');
  expect(tried).toMatchObject({ code: 0, stderr: '' });
  expect(tried.stdout).toMatch(/^File {6}CSV, utf-8, commas; 1,000 rows read, of more\n/);
  expect(tried.stdout).toMatch(/Stored {4}999 rows[\s\S]*Refused {3}1 rows:\n {2}1 × Score: .*\(first in line 6\)/);
  expect(await models.feedback.countDocuments()).toBe(0);

  const proposed = await run('import', file);
  expect([proposed.code, proposed.stdout]).toEqual([1, expect.stringContaining('name it with --map')]);
  const unasked = await run('import', file, '--map', map);
  expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining('--yes')]);

  const imported = await run('import', file, '--map', map, '--yes');
  expect([imported.code, imported.stderr]).toEqual([0, '']);
  expect(imported.stdout).toContain('done: 1,500 rows: 1,499 stored, 0 known already, 1 refused');
  expect(imported.stdout).toMatch(/ {2}line 6 {2}Score: /);
  const id = /"import undo (\S+)" takes it back/.exec(imported.stdout)?.[1] ?? '';
  expect(await models.feedback.countDocuments({ importId: id })).toBe(1_499);

  const again = await run('import', file, '--map', map, '--yes');
  expect([again.code, again.stdout]).toEqual([1, expect.stringContaining(`import ${id} is done`)]);
  expect((await run('import', 'list')).stdout).toMatch(
    new RegExp(`^${id} {2}done .*1499 stored, 1 refused.*export.csv`, 'm'),
  );

  const undone = await run('import', 'undo', id);
  expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining('undone: 1499 feedback taken back')]);
  expect(await models.feedback.countDocuments()).toBe(0);
  expect((await run('import', 'undo', 'nothing')).code).toBe(1);
}, 180_000);

it('faults of a call are named', async () => {
  const file = join(folder, 'other.csv');
  await writeFile(file, csvOf(2, 'b'));
  expect((await run('import', file, '--map', 'nothing')).stderr).toContain('nothing is neither a mapping');
  const wrong = join(folder, 'wrong.json');
  await writeFile(wrong, '{"columns":{"Score":{"field":"stars"}}}');
  expect((await run('import', file, '--map', wrong)).stderr).toContain('/columns/Score');
  expect((await run('import', join(folder, 'missing.csv'), '--dry-run')).stderr).toContain('missing.csv');
  expect((await run('import', file, '--org', 'a b')).stderr).toContain('is not an id');
  expect((await run('import')).stderr).toContain('Usage');
  expect((await run('import', 'mappings')).code).toBe(0);
}, 60_000);
