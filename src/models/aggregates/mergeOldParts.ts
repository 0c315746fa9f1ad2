import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { deleteAll, insertAll } from '../mongodb/bulkWrites.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, partsOf, sumsOf } from './partDocuments.ts';
import { MAX_PARTS, OLD_MS } from './partsWriter.ts';

/** Names that one step looks at, and parts that one transaction merges. */
const STEP = { names: 5_000, parts: 1_000 };

/** Where a walk has come to: it goes by the first names of all parts, and then by the second ones. */
export interface ScanPosition {
  by: '_id' | 'also';
  after: string;
}

const START: ScanPosition = { by: '_id', after: '' };

export interface MergeStep {
  /** where to go on; undefined where all have been looked at */
  next: ScanPosition | undefined;
  /** parts that were added up */
  merged: number;
}

type Names = Pick<AggregateDocument, '_id' | 'also'>;

/**
 * One step of a walk over all parts of all aggregates, which merges what writers leave for good: parts of an aggregate that
 * gains so seldom that whoever left them has forgotten it. Young ones are left alone: their writer is at work with them.
 */
export async function mergeOldParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  { by, after }: ScanPosition = START,
  { most = MAX_PARTS, oldMs = OLD_MS, names: pageSize = STEP.names } = {},
): Promise<MergeStep> {
  const page = await models.aggregates
    .find({ [by]: { $gt: after } }, { _id: 1, also: 1 })
    .sort({ [by]: 1 })
    .limit(pageSize)
    .lean<Names[]>();
  const nameOf = (part: Names) => part[by] ?? '';
  const groups = new Map<string, Names[]>();
  for (const part of page) {
    const path = pathOfPart(nameOf(part));
    const known = groups.get(path);
    if (known) known.push(part);
    else groups.set(path, [part]);
  }
  const isLast = page.length < pageSize;
  // What the end of the page has cut is looked at as a whole by the next step, unless it fills a page by itself.
  if (!isLast && groups.size > 1) groups.delete(pathOfPart(nameOf(page.at(-1)!)));
  const looked = [...groups.values()].at(-1)?.at(-1);

  const before = Date.now() - oldMs;
  let merged = 0;
  let chosen: string[] = [];
  for (const parts of groups.values()) {
    const old = parts.map(({ _id }) => _id).filter((id) => batchNumberOf(id) < before);
    if (old.length < most) continue;
    chosen.push(...old);
    if (chosen.length < STEP.parts) continue;
    merged += await merge(models, chosen);
    chosen = [];
  }
  if (chosen.length > 0) merged += await merge(models, chosen);
  if (!isLast && looked) return { next: { by, after: nameOf(looked) }, merged };
  return { next: by === '_id' ? { by: 'also', after: '' } : undefined, merged };
}

function merge(models: Pick<Models, 'aggregates' | 'connection'>, ids: readonly string[]): Promise<number> {
  const word = `${randomBytes(6).toString('base64url')}.${Date.now().toString(36)}`;
  return inTransaction(models, async (session) => {
    const found = await models.aggregates
      .find({ _id: { $in: ids } }, null, { session })
      .lean<AggregateDocument[]>();
    await deleteAll(
      models.aggregates,
      found.map(({ _id }) => _id),
      session,
    );
    await insertAll(models.aggregates, partsOf(sumsOf(found), word), session);
    return found.length;
  });
}
