import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { groupBy } from '../groupBy.ts';
import { deleteAll, findAll, idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, partsOf, sumsOf } from './partDocuments.ts';
import { MAX_PARTS, OLD_MS } from './partsWriter.ts';

/** Max part ids that one step reads, and max parts, roughly, that one transaction merges. */
const STEP = { ids: 5_000, parts: 250 };
/** Min parts of an org's total to merge them once it is at rest. Each merge writes the whole of it. */
const MIN_PARTS_AT_REST = { total: 4, other: 2 };

/** Range of a scan: of the `_id`s of parts, or of `also`, the second ids of paired parts. Both ends are exclusive. */
interface ScanRange {
  by: '_id' | 'also';
  after: string;
  below?: string;
}

/**
 * Ranges that a scan visits: of all aggregates, or of the shared ones, which are few (orgs, days, variants and everyone).
 * Totals of orgs come before their days, because their merge gives each day its share back as a part of its own.
 */
export const SCANS = {
  all: [
    { by: '_id', after: '' },
    { by: 'also', after: '' },
  ],
  shared: [
    { by: '_id', after: 'all', below: 'org-zone-day!' },
    { by: 'also', after: 'all-day ', below: 'org-day!' },
    { by: '_id', after: 'variant ', below: 'variant!' },
  ],
} satisfies Record<string, ScanRange[]>;

export type Scan = keyof typeof SCANS;

/** Position of a scan. */
export interface ScanPosition {
  range: number;
  after: string;
}

type PartIds = Pick<AggregateDocument, '_id' | 'also'>;

/**
 * One step of a scan (compaction) that merges the parts which no writer will merge: those of ended writers, and of
 * aggregates that gain so seldom that their writers have forgotten them.
 *
 * 1. Read a page of part ids, in order, so that the parts of an aggregate are neighbours.
 * 2. Group them by aggregate. The last group may be cut by the page; the next step reads it whole.
 * 3. Merge each aggregate with at least `minParts` parts older than `oldMs`. Younger parts are left to their writers. An
 *    aggregate at rest, which has no younger part, is merged from a few parts on.
 *
 * A merge is one transaction and changes no sum, so scans and writers may run at the same time.
 *
 * @returns the number of parts merged, and the position of the next step: undefined at the end of the scan
 */
export async function mergeOldParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  position: ScanPosition | undefined,
  { scan = 'all' as Scan, minParts = MAX_PARTS, oldMs = OLD_MS, pageSize = STEP.ids } = {},
): Promise<{ next: ScanPosition | undefined; merged: number }> {
  const ranges: ScanRange[] = SCANS[scan];
  const { range, after } = position ?? { range: 0, after: ranges[0]!.after };
  const { by, below } = ranges[range]!;
  const page = await models.aggregates
    .find({ [by]: { $gt: after, ...(below !== undefined && { $lt: below }) } }, { _id: 1, also: 1 })
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
  for (const [path, parts] of groups) {
    const old = parts.filter(({ _id }) => batchNumberOf(_id) < oldBefore);
    const isAtRest = old.length === parts.length;
    if (old.length < (isAtRest ? Math.min(minParts, minPartsAtRest(path, old)) : minParts)) continue;
    chosen.push(...idsOf(old));
    if (chosen.length < STEP.parts) continue;
    merged += await merge(models, chosen);
    chosen = [];
  }
  if (chosen.length > 0) merged += await merge(models, chosen);
  if (!isLast && lastPart) return { next: { range, after: idOf(lastPart) }, merged };
  const following = ranges[range + 1];
  return { next: following && { range: range + 1, after: following.after }, merged };
}

/**
 * Users and sessions are merged at rest only if all parts have the same partner. A merge of pairs with several partners would
 * leave more documents than it found.
 */
function minPartsAtRest(path: string, parts: readonly PartIds[]): number {
  const [kind] = path.split(' ', 1);
  if (kind === 'all' || kind === 'org') return MIN_PARTS_AT_REST.total;
  if (kind !== 'user' && kind !== 'session') return MIN_PARTS_AT_REST.other;
  const partners = new Set(parts.map(({ _id, also }) => `${pathOfPart(_id)} ${also && pathOfPart(also)}`));
  return partners.size === 1 ? MIN_PARTS_AT_REST.other : Number.POSITIVE_INFINITY;
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
