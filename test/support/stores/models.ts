import { afterAll, beforeAll } from '@jest/globals';
import { closeDatabase, createIndexes, type Models, openDatabase } from '../../../src/models/database.ts';
import { isolatedStores } from './stores.ts';

/** Models on a new database with all indexes, while the tests of this file run. */
export function testModels(): Models {
  const models = openDatabase({ uri: isolatedStores().mongodbUri, appName: 'tests', poolSize: 10 });
  beforeAll(async () => {
    await models.connection.asPromise();
    await createIndexes(models);
  });
  afterAll(async () => {
    await models.connection.dropDatabase();
    await closeDatabase(models);
  });
  return models;
}
