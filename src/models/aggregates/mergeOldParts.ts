import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { groupBy } from '../groupBy.ts';
import { deleteAll, findAll, idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, partsOf, sumsOf } from './partDocuments.ts';
import { MAX_PARTS, OLD_MS } from './partsWriter.ts';

/** Max part ids that one step reads, and max parts, roughly, that one transaction merges. */
const STEP = { ids: 5_000, parts: 1_000 };

/** Position of a scan over all parts: first by their `_id`s, then by `also`, the second ids of paired parts. */
export interface ScanPosition {
  by: '_id' | 'also';
  after: string;
}

const START: ScanPosition = { by: '_id', after: '' };

type PartIds = Pick<AggregateDocument, '_id' | 'also'>;

/**
 * One step of a scan (compaction) that merges the parts which no writer will merge: those of ended writers, and of
 * aggregates that gain so seldom that their writers have forgotten them.
 *
 * 1. Read a page of part ids, in order, so that the parts of an aggregate are neighbours.
 * 2. Group them by aggregate. The last group may be cut by the page; the next step reads it whole.
 * 3. Merge each aggregate with at least `minParts` parts older than `oldMs`. Younger parts are left to their writers.
 *
 * A merge is one transaction and changes no sum, so scans and writers may run at the same time.
 *
 * @returns the number of parts merged, and the position of the next step: undefined at the end of the scan
 */
export async function mergeOldParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  { by, after }: ScanPosition = START,
  { minParts = MAX_PARTS, oldMs = OLD_MS, pageSize = STEP.ids } = {},
): Promise<{ next: ScanPosition | undefined; merged: number }> {
  const page = await models.aggregates
    .find({ [by]: { $gt: after } }, { _id: 1, also: 1 })
    .sort({ [by]: 1 })
    .limit(pageSize)
    .lean<PartIds[]>();
  const idOf = (part: PartIds) => part[by] ?? '';
  const groups = groupBy(page, (part) => pathOfPart(idOf(part)));
  const isLast = page.length < pageSize;
  // A single group that fills the page is merged as far as it was read.
  if (!isLast && groups.size > 1) groups.delete(pathOfPart(idOf(page.at(-1)!)));
  const lastPart = [...groups.values()].at(-1)?.at(-1);

  const oldBefore = Date.now() - oldMs;
  let merged = 0;
  let chosen: string[] = [];
  for (const parts of groups.values()) {
    const old = idsOf(parts).filter((id) => batchNumberOf(id) < oldBefore);
    if (old.length < minParts) continue;
    chosen.push(...old);
    if (chosen.length < STEP.parts) continue;
    merged += await merge(models, chosen);
    chosen = [];
  }
  if (chosen.length > 0) merged += await merge(models, chosen);
  if (!isLast && lastPart) return { next: { by, after: idOf(lastPart) }, merged };
  return { next: by === '_id' ? { by: 'also', after: '' } : undefined, merged };
}

function merge(models: Pick<Models, 'aggregates' | 'connection'>, ids: readonly string[]): Promise<number> {
  const writerSuffix = `${randomBytes(6).toString('base64url')}.${Date.now().toString(36)}`;
  return inTransaction(models, async (transaction) => {
    const found = await findAll(models.aggregates, { _id: { $in: ids } }, transaction);
    await deleteAll(models.aggregates, idsOf(found), transaction);
    await insertAll(models.aggregates, partsOf(sumsOf(found), writerSuffix), transaction);
    return found.length;
  });
}
