import { randomBytes } from 'node:crypto';
import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import { type AggregateDocument, pathOfPart } from './aggregate.ts';
import type { Models } from './database.ts';
import { inTransaction } from './inTransaction.ts';
import { batchOfPart, MOST_PARTS, OLD_MS, partOf } from './parts.ts';
import { addTotals, totalsOf } from './readTotals.ts';
import { insertAll } from './writeAll.ts';

/** Ids that one step looks at, and parts that one transaction merges. */
const STEP = { ids: 5_000, parts: 1_000 };

export interface MergeStep {
  /** the id to go on after; undefined where all have been looked at */
  after: string | undefined;
  /** parts that went into others */
  merged: number;
}

/**
 * One step of a walk over all parts of all aggregates, which merges what writers leave for good: parts of an aggregate that
 * gains so seldom that whoever left them has forgotten it. Young ones are left alone: their writer is at work with them.
 */
export async function mergeOldParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  after: string | undefined,
  { most = MOST_PARTS, oldMs = OLD_MS, ids: pageSize = STEP.ids } = {},
): Promise<MergeStep> {
  const page = await models.aggregates
    .find(after === undefined ? {} : { _id: { $gt: after } }, { _id: 1 })
    .sort({ _id: 1 })
    .limit(pageSize)
    .lean<Pick<AggregateDocument, '_id'>[]>();
  const groups = byPath(page);
  const isLast = page.length < pageSize;
  // What the end of the page has cut is looked at as a whole by the next step, unless it fills a page by itself.
  if (!isLast && groups.size > 1) groups.delete(pathOfPart(page.at(-1)!._id));
  const looked = [...groups.values()].at(-1)?.at(-1)?._id;

  const before = Date.now() - oldMs;
  let merged = 0;
  let chosen: string[] = [];
  for (const parts of groups.values()) {
    const old = parts.map(({ _id }) => _id).filter((id) => batchOfPart(id) < before);
    if (old.length < most) continue;
    chosen.push(...old);
    if (chosen.length < STEP.parts) continue;
    merged += await merge(models, chosen);
    chosen = [];
  }
  if (chosen.length > 0) merged += await merge(models, chosen);
  return { after: isLast ? undefined : looked, merged };
}

function merge(models: Pick<Models, 'aggregates' | 'connection'>, ids: readonly string[]): Promise<number> {
  const word = `${randomBytes(6).toString('base64url')}.${Date.now().toString(36)}`;
  return inTransaction(models, async (session) => {
    const found = await models.aggregates
      .find({ _id: { $in: ids } }, null, { session })
      .lean<AggregateDocument[]>();
    const sums = [...byPath(found)].map(([path, parts]) =>
      partOf({ key: keyOf(path, parts[0]!), ...addTotals(parts.map(totalsOf)) }, word),
    );
    await models.aggregates.collection.deleteMany(
      { _id: { $in: found.map(({ _id }) => _id as never) } },
      { session },
    );
    await insertAll(models.aggregates, sums, session);
    return found.length - sums.length;
  });
}

function byPath<Part extends { _id: string }>(parts: readonly Part[]): Map<string, Part[]> {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const path = pathOfPart(part._id);
    const known = groups.get(path);
    if (known) known.push(part);
    else groups.set(path, [part]);
  }
  return groups;
}

function keyOf(path: string, { kind, orgId, id, experiment, day }: AggregateDocument): AggregateKey {
  return {
    path,
    kind,
    orgId,
    id,
    ...(experiment !== undefined && { experiment }),
    ...(day !== undefined && { day }),
  };
}
