import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Instants } from '../../aggregates/zoneDays.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import type { Counts, FeedbackFilter, PageOptions } from '../feedback/findFeedback.ts';
import { comparePositions, type Position, type PositionRange } from '../feedback/position.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { IDS_PER_PART, partIds } from './encodeBlock.ts';
import { addFacetTerms, type FacetCounts } from './facetCounts.ts';
import { FACET_PREFIXES, filterTermsOf, type TermCondition } from './filterTerms.ts';
import { createPartReader, type Part } from './partReader.ts';
import type { SearchBlockDocument } from './searchSchemas.ts';
import { allConditions, bucketsOf, type Selection, selectRows } from './selectRows.ts';

/** Max counts of a filter in a block that are kept. */
const MAX_KEPT_COUNTS = 20_000;

/** Max parts read at once, which are some MB decoded. A query of few terms needs one for each of them in a block. */
const MAX_PARTS = 512;
/** Parts that a part of a full block counts as: a few words, repeated in long texts, make it large. */
const FULL_WEIGHT = 8;

/** Blocks whose facets are read at once, each in some ten parts. */
const FACET_BLOCKS = 32;

/** A filter, and its key among counts that are kept. */
export interface Query {
  filter: FeedbackFilter;
  key: string;
}

/** A digest, since a filter may have thousands of characters. */
export const queryOf = (filter: FeedbackFilter): Query => ({
  filter,
  key: createHash('sha256').update(JSON.stringify(filter)).digest('base64url'),
});

/** A feedback that was found in a block. */
export interface Row {
  block: string;
  row: number;
}

/** A block and the span of time that it covers. */
interface BlockRange extends PositionRange {
  block: SearchBlockDocument;
}

/** Finds and counts feedback in blocks of the search index. */
export function createBlockReader(models: Models) {
  const { read: readParts, keep } = createPartReader(models);
  const counted = new LRUCache<string, Counts>({ max: MAX_KEPT_COUNTS });

  /** A block never changes, so what matches in it does not either. */
  function keepCount(block: SearchBlockDocument, key: string, { count, clauses }: Selection): Counts {
    const counts = { count, clauses };
    counted.set(keyOf(block, key), counts);
    return counts;
  }

  /** The rows of each block that match, in order. */
  async function* select(
    ranges: readonly BlockRange[],
    filter: FeedbackFilter,
    snapshot: Transaction,
  ): AsyncGenerator<[BlockRange, Selection]> {
    const query = { filter: filterTermsOf(filter), words: filter.words ?? [] };
    const conditions = allConditions(query.filter, query.words);
    const created = filter.created ?? {};
    const needed = ranges.map((range) => partsFor(range, conditions, created));
    for (let next = 0; next < ranges.length; ) {
      const first = next;
      for (let weight = 0; next < ranges.length && weight < MAX_PARTS; next++)
        weight += needed[next]!.length * (ranges[next]!.block.isFull ? FULL_WEIGHT : 1);
      const parts = await readParts(needed.slice(first, next).flat(), snapshot);
      for (const range of ranges.slice(first, next)) {
        const { block } = range;
        const times = isPartly(range, created) ? timesOf(parts, block) : undefined;
        const bucketsFor = (condition: TermCondition) =>
          bucketsOf(block.buckets, condition).map((n) => parts.get(partIds.bucket(block._id, n))!.bucket!);
        yield [range, selectRows(block.rows, query, bucketsFor, times && ((row) => holds(created, times[row]!)))];
        await setImmediate();
      }
    }
  }

  /** Tells which rows of a block come after the position at which the last page ended; undefined: all do. */
  async function rowsAfter(
    { block, from, to }: BlockRange,
    { rows }: Selection,
    { order, after }: PageOptions,
    snapshot: Transaction,
  ): Promise<((row: number) => boolean) | undefined> {
    const isInside = after && comparePositions(from, after) < 0 && comparePositions(after, to) < 0;
    if (!isInside || block.rows === 0) return undefined;
    const times = timesOf(await readParts([partIds.times(block._id)], snapshot), block);
    const afterMs = after.createdAt.getTime();
    const tied = [...rows.keys()].filter((row) => rows[row] === 1 && times[row] === afterMs);
    const ids = await idsOf(
      tied.map((row) => ({ block: block._id, row })),
      snapshot,
    );
    const sign = order === 'newest' ? -1 : 1;
    return (row) => {
      if (times[row] !== afterMs) return sign * (times[row]! - afterMs) > 0;
      const position = { createdAt: after.createdAt, id: ids({ block: block._id, row }) };
      return sign * comparePositions(position, after) > 0;
    };
  }

  /** Reads the ids of rows. */
  async function idsOf(rows: readonly Row[], snapshot: Transaction): Promise<(row: Row) => string> {
    const partOf = ({ block, row }: Row) => partIds.ids(block, Math.floor(row / IDS_PER_PART));
    const parts = await readParts(rows.map(partOf), snapshot);
    return (row) => parts.get(partOf(row))!.ids![row.row % IDS_PER_PART]!;
  }

  return {
    /** Forgets all other blocks. */
    keep,

    /** The first rows of a page in blocks that follow one another in its order, `limit` at most. */
    async rows(
      ranges: readonly BlockRange[],
      { filter, key }: Query,
      options: PageOptions,
      snapshot: Transaction,
    ): Promise<Row[]> {
      const hopeful = ranges.filter(({ block }) => counted.get(keyOf(block, key))?.count !== 0);
      const found: Row[] = [];
      for await (const [range, selection] of select(hopeful, filter, snapshot)) {
        keepCount(range.block, key, selection);
        if (selection.count === 0) continue;
        const isAfter = await rowsAfter(range, selection, options, snapshot);
        const { rows } = range.block;
        for (let n = 0; n < rows && found.length < options.limit; n++) {
          const row = options.order === 'newest' ? rows - 1 - n : n;
          if (selection.rows[row] === 1 && isAfter?.(row) !== false) found.push({ block: range.block._id, row });
        }
        if (found.length === options.limit) break;
      }
      return found;
    },

    /** Counts the feedback of blocks that match. */
    async count(ranges: readonly BlockRange[], { filter, key }: Query, snapshot: Transaction): Promise<Counts> {
      const sum: Counts = { count: 0, clauses: 0 };
      const unknown: BlockRange[] = [];
      for (const range of ranges) {
        const known = counted.get(keyOf(range.block, key));
        if (known) addCounts(sum, known);
        else unknown.push(range);
      }
      for await (const [{ block }, selection] of select(unknown, filter, snapshot))
        addCounts(sum, keepCount(block, key, selection));
      return sum;
    },

    /** Adds the terms of the feedback in blocks that match, of each facet, to a sum. */
    async addFacets(
      ranges: readonly BlockRange[],
      { filter }: Query,
      snapshot: Transaction,
      sum: FacetCounts,
    ): Promise<void> {
      const matching: [SearchBlockDocument, Selection][] = [];
      for await (const [{ block }, selection] of select(ranges, filter, snapshot))
        if (selection.count > 0) matching.push([block, selection]);
      for (let from = 0; from < matching.length; from += FACET_BLOCKS) {
        const some = matching.slice(from, from + FACET_BLOCKS);
        const idsIn = (block: SearchBlockDocument) => facetBuckets(block).map((n) => partIds.bucket(block._id, n));
        const parts = await readParts(
          some.flatMap(([block]) => idsIn(block)),
          snapshot,
        );
        for (const [block, selection] of some) {
          sum.count += selection.count;
          for (const id of idsIn(block)) addFacetTerms(sum, parts.get(id)!.bucket!, selection.rows);
          await setImmediate();
        }
      }
    },

    /** Reads the feedback of rows, in order. Feedback that was read already stays as it is. */
    async read(found: readonly (FeedbackDocument | Row)[], snapshot: Transaction): Promise<FeedbackDocument[]> {
      const rows = found.filter((one): one is Row => 'row' in one);
      if (rows.length === 0) return found as FeedbackDocument[];
      const idOf = await idsOf(rows, snapshot);
      const documents = await models.feedback.collection
        .find<FeedbackDocument>({ _id: { $in: rows.map(idOf) as never[] } }, readIn(snapshot))
        .toArray();
      const byId = new Map(documents.map((document) => [document._id, document]));
      return found.flatMap((one) => ('row' in one ? (byId.get(idOf(one)) ?? []) : [one]));
    },
  };
}

/** The numbers of the buckets of a block that hold values of facets. */
const facetBuckets = ({ buckets }: SearchBlockDocument) => [
  ...new Set(FACET_PREFIXES.flatMap((prefix) => bucketsOf(buckets, { prefix, test: () => true }))),
];

const keyOf = ({ _id }: SearchBlockDocument, key: string) => `${_id} ${key}`;

/** The ids of the parts of a block that a query needs. */
function partsFor({ block, ...range }: BlockRange, conditions: readonly TermCondition[], created: Instants): string[] {
  const buckets = new Set(conditions.flatMap((condition) => bucketsOf(block.buckets, condition)));
  const ids = [...buckets].map((n) => partIds.bucket(block._id, n));
  if (isPartly(range, created) && block.rows > 0) ids.push(partIds.times(block._id));
  return ids;
}

export function addCounts(sum: Counts, { count, clauses }: Counts): void {
  sum.count += count;
  sum.clauses += clauses;
}

const timesOf = (parts: ReadonlyMap<string, Part>, { _id, rows }: SearchBlockDocument) =>
  rows > 0 ? parts.get(partIds.times(_id))!.times! : new Float64Array();

/** Whether some feedback of a span of time may be out of the range. Feedback may have the times of both ends. */
function isPartly(
  { from, to }: { from: Position; to: Position },
  { from: first, before, without = [] }: Instants,
): boolean {
  if (first && from.createdAt < first) return true;
  if (before && to.createdAt >= before) return true;
  return without.some((gap) => from.createdAt < gap.before && to.createdAt >= gap.from);
}

function holds({ from, before, without = [] }: Instants, timeMs: number): boolean {
  if ((from && timeMs < from.getTime()) || (before && timeMs >= before.getTime())) return false;
  return !without.some((gap) => timeMs >= gap.from.getTime() && timeMs < gap.before.getTime());
}
