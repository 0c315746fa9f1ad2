import { expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { insertAll } from '../../../src/models/mongodb/bulkWrites.ts';
import { inTransaction } from '../../../src/models/mongodb/inTransaction.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();

it('more documents than one command of MongoDB takes are inserted in several', async () => {
  const texts = Array.from({ length: 600 }, (_, n) => ({ _id: `text-${n}`, improvements: '遅'.repeat(10_000) }));
  const parts = Array.from({ length: 3 }, (_, n) => ({
    _id: `part-${n}`,
    value: new mongo.Binary(Buffer.alloc(7_000_000)),
  }));
  await inTransaction(models, async (transaction) => {
    await insertAll(models.internalState, texts, transaction);
    await insertAll(models.internalState, parts, transaction, mongo.BSON.calculateObjectSize);
  });
  expect(await models.internalState.countDocuments()).toBe(603);
}, 30_000);
