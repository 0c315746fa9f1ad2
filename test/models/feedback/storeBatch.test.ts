import { expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { closeDatabase, openDatabase } from '../../../src/models/database.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const document = (id: string) =>
  toDocument({ id, orgId: 'acme', overallRating: 4, acceptedAt: 1, createdAt: 1 }, analyze(undefined));

it('a batch writer leaves no lock behind if a contribution cannot be computed', async () => {
  const { store } = createBatchWriter(models);
  const { host, port, name } = models.connection;
  // On the same connection, the next transaction would end the previous one.
  const others = openDatabase({ uri: `mongodb://${host}:${port}/${name}`, appName: 'tests', poolSize: 2 });
  const sound = Array.from({ length: 500 }, (_, n) => document(`f-${n}`));
  const broken = { ...document('broken'), analysis: {} as never };
  await expect(store([...sound, broken])).rejects.toThrow(TypeError);
  expect(await models.feedback.countDocuments()).toBe(0);
  // If the transaction were still open, this would wait a minute for MongoDB to end it.
  try {
    await others.connection.asPromise();
    expect(await createBatchWriter(others).store(sound)).toEqual(sound.map(() => 'stored'));
  } finally {
    await closeDatabase(others);
  }
}, 20_000);
