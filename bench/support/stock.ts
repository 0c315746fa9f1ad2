import { sumContributions } from '../../src/aggregates/contribution.ts';
import { partsOf } from '../../src/models/partsOf.ts';
import type { Place } from './bench.ts';
import { finishedDocuments } from './documents.ts';
import { inBatches } from './feedback.ts';
import { insertRaw } from './insertRaw.ts';

/** Puts feedback of one org into a place, with the aggregates that follow from it. */
export async function stock(place: Place, count: number, org: string): Promise<void> {
  for (const chunk of inBatches(finishedDocuments({ orgs: 1, count }, org), 50_000)) {
    for (const document of chunk) document.orgId = org;
    await insertRaw(place, chunk);
    const parts = partsOf([...sumContributions(chunk).values()], chunk[0]!._id);
    for (const some of inBatches(parts, 5_000))
      await place.models.aggregates.collection.insertMany(some as never[]);
  }
}
