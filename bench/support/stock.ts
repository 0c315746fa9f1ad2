import { type Gain, sumContributions } from '../../src/aggregates/contribution.ts';
import type { FeedbackDocument } from '../../src/models/feedback.ts';
import { addAll, partsOf } from '../../src/models/partsOf.ts';
import type { Place } from './bench.ts';
import { finishedDocuments } from './documents.ts';
import { inBatches } from './feedback.ts';

const CHUNK = 50_000;
const COMMAND = 500;
const AT_ONCE = 4;

/**
 * Puts feedback of one org into a place, with the aggregates that follow from it: one part of those that nearly all of it
 * adds to, the most that merging can do, and of each user and session a part for each 50,000.
 */
export async function stock(place: Place, count: number, org: string): Promise<void> {
  let shared: Gain[] = [];
  let chunk: FeedbackDocument[] = [];
  // MongoDB writes what there is while more of it is made.
  const writing: Promise<void>[] = [];
  const write = async (collection: string, documents: object[]) => {
    if (writing.length >= AT_ONCE) await writing.shift();
    writing.push(insert(place, collection, documents));
  };

  async function addUp() {
    const gains = [...sumContributions(chunk).values()];
    const word = chunk[0]!._id;
    for (const some of inBatches(partsOf(gains.filter(isOfOne), word), COMMAND))
      await write('aggregates', some);
    shared = addAll(
      shared,
      gains.filter((gain) => !isOfOne(gain)),
    );
    chunk = [];
  }

  for (const documents of inBatches(finishedDocuments({ orgs: 1, count }, org), COMMAND)) {
    for (const document of documents) document.orgId = org;
    await write('feedback', documents);
    chunk.push(...documents);
    if (chunk.length >= CHUNK) await addUp();
  }
  if (chunk.length > 0) await addUp();
  await write('aggregates', partsOf(shared, org));
  await Promise.all(writing);
}

const isOfOne = ({ key }: Gain) => key.kind === 'user' || key.kind === 'session';

/** By the command itself: the driver's `insertMany` encodes everything twice. */
async function insert({ models }: Place, collection: string, documents: object[]): Promise<void> {
  const { n } = await models.connection.db!.command({ insert: collection, documents });
  if (n !== documents.length) throw new Error(`${n} of ${documents.length} were stored in ${collection}`);
}
