import { createBatchWriter } from '../../src/models/storeBatch.ts';
import { createUnsafeWriter } from '../peers/unsafeWrites.ts';
import { inPlace, type Place } from '../support/bench.ts';
import { finishedDocuments } from '../support/documents.ts';
import { checkExact } from '../support/drain.ts';
import { inBatches } from '../support/feedback.ts';
import type { Bench, Experiment } from '../support/figure.ts';

const COUNT = 20_000;
const BATCH = 2_000;

function writing(
  { stores }: Bench,
  writerOf: (place: Place) => (documents: ReturnType<typeof take>) => Promise<unknown>,
): Promise<number> {
  const documents = take();
  return inPlace(stores, async (place) => {
    const write = writerOf(place);
    const [first, ...batches] = inBatches(documents, BATCH);
    // Connections, collections and what a writer makes once are there.
    await write(first!);
    const since = performance.now();
    for (const batch of batches) await write(batch);
    const rate = (COUNT - BATCH) / ((performance.now() - since) / 1000);
    await checkExact(place, COUNT);
    return rate;
  });
}

const take = () => [...finishedDocuments({ orgs: 40, count: COUNT })];

/** Ours, which merges nothing here either, as the other does not: merging is in what a drain costs. */
const ours = ({ models }: Place) => createBatchWriter(models, { most: Number.POSITIVE_INFINITY }).store;

/** What being exact costs in MongoDB. */
export const transactionExperiment: Experiment = {
  rounds: 3,
  subjects: {
    'writes of a batch': (bench) => writing(bench, ours),
    'the same, unsafe': (bench) => writing(bench, ({ models }) => createUnsafeWriter(models)),
  },
  figures: [
    {
      name: 'transaction',
      title: 'insert, dedupe and aggregates in one transaction, against the same writes with neither',
      subject: 'writes of a batch',
      baseline: 'the same, unsafe',
      unit: 'feedback/s',
      must: 0.85,
      aim: 0.97,
      better: 'higher',
    },
  ],
};
