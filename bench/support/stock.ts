import { type Gain, sumContributions } from '../../src/aggregates/contribution.ts';
import { addAll, partsOf } from '../../src/models/partsOf.ts';
import type { Place } from './bench.ts';
import { finishedDocuments } from './documents.ts';
import { inBatches } from './feedback.ts';
import { insertRaw } from './insertRaw.ts';

/**
 * Puts feedback of one org into a place, with the aggregates that follow from it: one part of those that nearly all of it
 * adds to, the most that merging can do, and of each user and session a part for each 50,000.
 */
export async function stock(place: Place, count: number, org: string): Promise<void> {
  let shared: Gain[] = [];
  for (const chunk of inBatches(finishedDocuments({ orgs: 1, count }, org), 50_000)) {
    for (const document of chunk) document.orgId = org;
    await insertRaw(place, chunk);
    const gains = [...sumContributions(chunk).values()];
    await insertParts(place, gains.filter(isOfOne), chunk[0]!._id);
    shared = addAll(
      shared,
      gains.filter((gain) => !isOfOne(gain)),
    );
  }
  await insertParts(place, shared, org);
}

const isOfOne = ({ key }: Gain) => key.kind === 'user' || key.kind === 'session';

async function insertParts(place: Place, gains: readonly Gain[], word: string): Promise<void> {
  for (const some of inBatches(partsOf(gains, word), 5_000))
    await place.models.aggregates.collection.insertMany(some as never[]);
}
