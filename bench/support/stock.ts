import { type Gain, sumContributions } from '../../src/aggregates/contribution.ts';
import type { FeedbackDocument } from '../../src/models/feedback.ts';
import { addAll, partsOf } from '../../src/models/partsOf.ts';
import type { Place } from './bench.ts';
import { finishedDocuments } from './documents.ts';
import { inBatches } from './feedback.ts';
import { insertRaw } from './insertRaw.ts';

const CHUNK = 50_000;

/**
 * Puts feedback of one org into a place, with the aggregates that follow from it: one part of those that nearly all of it
 * adds to, the most that merging can do, and of each user and session a part for each 50,000.
 */
export async function stock(place: Place, count: number, org: string): Promise<void> {
  const documents = finishedDocuments({ orgs: 1, count }, org);
  let shared: Gain[] = [];
  // MongoDB writes what there is while more of it is made.
  let parts = Promise.resolve();
  for (let stored = 0; stored < count; stored += CHUNK) {
    const chunk: FeedbackDocument[] = [];
    await Promise.all([parts, insertRaw(place, ofOrg(org, documents, chunk))]);
    const gains = [...sumContributions(chunk).values()];
    parts = insertParts(place, gains.filter(isOfOne), chunk[0]!._id);
    shared = addAll(
      shared,
      gains.filter((gain) => !isOfOne(gain)),
    );
  }
  await parts;
  await insertParts(place, shared, org);
}

/** The next of them, which are put into `chunk` as well. */
function* ofOrg(org: string, documents: Iterator<FeedbackDocument>, chunk: FeedbackDocument[]) {
  while (chunk.length < CHUNK) {
    const { value, done } = documents.next();
    if (done) return;
    value.orgId = org;
    chunk.push(value);
    yield value;
  }
}

const isOfOne = ({ key }: Gain) => key.kind === 'user' || key.kind === 'session';

async function insertParts(place: Place, gains: readonly Gain[], word: string): Promise<void> {
  for (const some of inBatches(partsOf(gains, word), 5_000))
    await place.models.aggregates.collection.insertMany(some as never[]);
}
