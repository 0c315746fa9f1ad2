import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createGreeting } from '../../src/commands/createGreeting.ts';
import { closeDatabase, type Models, openDatabase } from '../../src/models/database.ts';
import { listAccessKeys } from '../../src/models/keys/keys.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let models: Models;

beforeAll(async () => {
  models = openDatabase({ uri: isolatedStores().mongodbUri, appName: 'tests', poolSize: 2 });
  await models.connection.asPromise();
});

afterAll(async () => {
  await models.connection.dropDatabase();
  await closeDatabase(models);
});

it('the greeting shows keys created before a failure once, and none if keys exist', async () => {
  const lines: string[] = [];
  let failures = 1;
  const newGreeting = () =>
    createGreeting({
      apiUrl: 'http://127.0.0.1:3000',
      publicUrl: 'http://127.0.0.1:3000',
      hasKeys: false,
      async refreshKeys() {
        if (failures-- > 0) throw new Error('MongoDB is away');
      },
      print: (line) => lines.push(line),
    });
  const greeting = newGreeting();
  await expect(greeting(models)).rejects.toThrow('away');
  expect(lines.join('\n')).not.toContain('Keys, shown only now');

  await greeting(models);
  const shown = lines.join('\n');
  expect(shown.match(/Keys, shown only now/g)).toHaveLength(1);
  expect(shown.match(/welcome/g)).toHaveLength(1);
  expect(shown.match(/^ {2}(ingest|read|admin) +\S+$/gm)).toHaveLength(3);
  expect(await listAccessKeys(models, { limit: 10 })).toHaveLength(3);

  lines.length = 0;
  await newGreeting()(models);
  expect(lines.join('\n')).not.toContain('Keys, shown only now');
});
