import { LRUCache } from 'lru-cache';
import { type AggregateDelta, extendSpan } from '../../aggregates/contribution.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { addPacked } from '../../aggregates/packDelta.ts';
import type { Models } from '../database.ts';
import { groupBy } from '../groupBy.ts';
import { inSnapshot, type Snapshot } from '../mongodb/inSnapshot.ts';
import { type AggregateDocument, namedBetween, pathOfPart } from './aggregateSchema.ts';

type Sum = Omit<AggregateDelta, 'key'>;

/** The counters of an aggregate, and the ids of all its parts, by which they are known to be current. */
interface KnownCounters {
  partIds: string;
  counters: Delta;
}

/** Part of an aggregate without its counters. */
type PartHead = Pick<AggregateDocument, '_id' | 'also' | 'firstAt' | 'lastAt'>;

/** Max counters in the cache of a connection, some 50 bytes each, and max distinct names of counters. */
const MAX_COUNTERS = 400_000;
const MAX_NAMES = 50_000;
/** Max documents in one reply of MongoDB. Its size is limited to 16 MB, too. */
const BATCH_SIZE = 10_000;

/** Caches by connection, because part ids are unique in one database only. */
const caches = new WeakMap<Models['connection'], ReturnType<typeof createCache>>();

/**
 * The sums of the parts of each aggregate with a path in a range, by path, in no order. `from` is inclusive, `below` is
 * exclusive; both are prefixes of part ids.
 *
 * 1. Read the ids and times of the parts in a snapshot.
 * 2. Take the counters from the cache, if they are the sum of exactly these parts. The counters of a part never change; what
 *    changes in its place are its times and `also`.
 * 3. Read the other parts in the same snapshot, add them up and cache them.
 *
 * The counters are shared with the cache: they must not be changed.
 */
export function readSums(models: Models, from: string, below: string): Promise<Map<string, Sum>> {
  const cache = caches.get(models.connection) ?? createCache();
  caches.set(models.connection, cache);
  return inSnapshot(models, async (snapshot) => {
    const heads = await find<PartHead>(models, { $or: namedBetween(from, below) }, HEAD, snapshot);
    const idIn = ({ _id, also }: PartHead) => (also !== undefined && also >= from && also < below ? also : _id);
    const groups = groupBy(heads, (part) => pathOfPart(idIn(part)));
    const sums = new Map<string, Sum>();
    const unread = new Map<string, KnownCounters>();
    const unknown = new Map<string, KnownCounters>();
    for (const [path, parts] of groups) {
      const partIds = parts.map(idIn).sort().join('\n');
      let known = cache.get(path);
      if (known?.partIds !== partIds) {
        known = { partIds, counters: new Map() };
        unknown.set(path, known);
        for (const { _id } of parts) unread.set(_id, known);
      }
      const sum: Sum = { delta: known.counters, firstAt: null, lastAt: null };
      for (const { firstAt, lastAt } of parts) extendSpan(sum, firstAt, lastAt);
      sums.set(path, sum);
    }
    if (unread.size > 0) {
      const filter = { _id: { $in: [...unread.keys()] } };
      for (const part of await find<AggregateDocument>(models, filter, COUNTERS, snapshot))
        addPacked(unread.get(part._id)!.counters, part, cache.nameOf);
      for (const [path, known] of unknown) cache.set(path, known);
    }
    return sums;
  });
}

const HEAD = { _id: 1, also: 1, firstAt: 1, lastAt: 1 };
const COUNTERS = { _id: 1, n: 1, d: 1 };

function find<Part>(
  { aggregates }: Pick<Models, 'aggregates'>,
  filter: Record<string, unknown>,
  projection: Record<string, number>,
  snapshot: Snapshot,
): Promise<Part[]> {
  // The driver's own find: Mongoose would cast each of the ids.
  const found = aggregates.collection.find(filter as never, { ...snapshot, projection, batchSize: BATCH_SIZE });
  return found.toArray() as unknown as Promise<Part[]>;
}

function createCache() {
  const cache = new LRUCache<string, KnownCounters>({
    maxSize: MAX_COUNTERS,
    sizeCalculation: ({ partIds, counters }) => counters.size + Math.ceil(partIds.length / 50),
  });
  const names = new Map<string, string>();
  return {
    get: (path: string) => cache.get(path),
    set: (path: string, known: KnownCounters) => void cache.set(path, known),
    /** One text for each name. A slice would keep the whole text of the part that it was cut from. */
    nameOf(slice: string): string {
      const known = names.get(slice);
      if (known !== undefined) return known;
      if (names.size >= MAX_NAMES) names.clear();
      const name = Buffer.from(slice).toString();
      names.set(name, name);
      return name;
    },
  };
}
