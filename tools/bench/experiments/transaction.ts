import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { inBatches } from '../../support/feedbackBodies.ts';
import { createUnsafeWriter } from '../peers/unsafeWrites.ts';
import { type BenchStores, openSandbox, type Sandbox } from '../support/bench.ts';
import { finishedDocuments } from '../support/documents.ts';
import { checkExact } from '../support/drain.ts';
import type { Experiment } from '../support/figure.ts';

/** Feedback in all batches, so that users and sessions recur as in a stream. */
const SPREAD = 20_000;
const BATCH = 2_000;
const WARM_UP = 4;

interface Side {
  sandbox: Sandbox;
  write(documents: FeedbackDocument[]): Promise<unknown>;
  /** batches */
  written: number;
}

let batches: FeedbackDocument[][] = [];
let ours: Side | undefined;
let unsafe: Side | undefined;

async function openSide(stores: BenchStores, writerOf: (sandbox: Sandbox) => Side['write']): Promise<Side> {
  const sandbox = await openSandbox(stores);
  const side = { sandbox, write: writerOf(sandbox), written: 0 };
  // Warms up connections, collections and caches.
  for (let n = 0; n < WARM_UP; n++) await write(side);
  return side;
}

/** Rate of writing the next batch. The same batches are used again with new ids. */
async function write(side: Side): Promise<number> {
  const batch = batches[side.written % batches.length]!;
  const fresh = batch.map((document) => ({ ...document, _id: `${document._id}-${side.written}` }));
  const since = performance.now();
  await side.write(fresh);
  side.written++;
  return BATCH / ((performance.now() - since) / 1000);
}

/** A writer that never merges parts, as its peer doesn't; merging is part of the drain's cost. */
const safeWriter = ({ models }: Sandbox) => createBatchWriter(models, { maxParts: Number.POSITIVE_INFINITY }).store;

/** Cost of exactness: our transaction against the same writes one after the other without it. */
export const transactionExperiment: Experiment = {
  // Batches alternate, since a checkpoint of MongoDB is longer than a round.
  rounds: 60,
  async setUp({ stores }) {
    batches = [...inBatches(finishedDocuments({ orgs: 40, count: SPREAD }), BATCH)];
    ours = await openSide(stores, safeWriter);
    unsafe = await openSide(stores, ({ models }) => createUnsafeWriter(models));
  },
  async tearDown() {
    for (const side of [ours!, unsafe!]) {
      await checkExact(side.sandbox, side.written * BATCH);
      await side.sandbox.remove();
    }
  },
  subjects: {
    'writes of a batch': () => write(ours!),
    'the same, unsafe': () => write(unsafe!),
  },
  figures: [
    {
      name: 'transaction',
      title: 'insert, dedupe and aggregates in one transaction, against the same writes without',
      subject: 'writes of a batch',
      baseline: 'the same, unsafe',
      unit: 'feedback/s',
      must: 0.85,
      aim: 0.97,
      better: 'higher',
    },
  ],
};
