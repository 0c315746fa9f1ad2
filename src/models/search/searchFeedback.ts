import { LRUCache } from 'lru-cache';
import type { Instants } from '../../aggregates/zoneDays.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import {
  allMatches,
  type Counts,
  countMatches,
  type FeedbackFilter,
  type FeedbackPage,
  type PageOptions,
  scanFeedback,
} from '../feedback/findFeedback.ts';
import { comparePositions, END, type Position, type PositionRange, START } from '../feedback/position.ts';
import { isOverdue, OverdueRead } from '../mongodb/errors.ts';
import { inSnapshot } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { pageOf } from '../mongodb/keysetPage.ts';
import { addCounts, createBlockReader, type Query, queryOf, type Row } from './blockReader.ts';
import { decodeFloats } from './encodeBlock.ts';
import { addFacetsOf, type FacetCounts } from './facetCounts.ts';
import { INDEXED_FIELDS } from './filterTerms.ts';
import { blocksIn, createDirectoryReader, type Directory, isForeign, readNotes } from './searchDirectory.ts';
import type { SearchBlockDocument } from './searchSchemas.ts';

/** The exact number of feedback that match a filter, and of their clauses about its theme. */
export interface Matches {
  /** null if it takes long to count and was not counted before; then it is being counted */
  count: number | null;
  /** only with a theme */
  clauses?: number | null;
  /** when they were counted, if it was before */
  asOf?: Date;
}

/** A span of time whose feedback is read from a block, or by a scan. Spans follow one another without a gap. */
interface Segment extends PositionRange {
  block?: SearchBlockDocument;
}

/** Blocks read at once for a page: few at first, since a page is often full soon. */
const FIRST_BLOCKS = 4;
/** Max blocks read at once. */
const MAX_BLOCKS = 64;
/** Max notes of a list, and bytes of their spans. With more of them, it scans all feedback. */
const MAX_NOTES = { notes: 5_000, bytes: 1_000_000 };
/** Max milliseconds of reading a page, apart from its count. */
const PAGE_MS = 5_000;
/** Max milliseconds of a count that a page waits for, and of one in the background. */
const COUNT_MS = { waited: 700, background: 9_000 };
/** Max counts in the background at once. */
const MAX_COUNTING = 2;
/** Max counts that are kept for pages whose count takes long. */
const MAX_KEPT_COUNTS = 1_000;

/**
 * Finds feedback by any filter, newest or oldest first, and counts all that match. Both are as of one moment. Feedback in
 * blocks of the search index is found there. What is newer, or has changed since its block was built, is scanned.
 */
export function createFeedbackSearch(models: Models) {
  const readDirectory = createDirectoryReader(models);
  const blocks = createBlockReader(models);
  const counted = new LRUCache<string, Counts & { asOf: Date }>({ max: MAX_KEPT_COUNTS });
  const counting = new Set<string>();
  let latest: string | undefined;

  async function page(
    query: Query,
    options: PageOptions,
    segments: readonly Segment[],
    snapshot: Transaction,
  ): Promise<FeedbackPage> {
    const { filter } = query;
    const limit = options.limit + 1;
    const untilMs = performance.now() + PAGE_MS;
    const found: (FeedbackDocument | Row)[] = [];
    // Indexes of MongoDB have these in the order of a page.
    if (isByIndex(filter)) {
      const all = { from: START, to: END };
      found.push(...(await scanFeedback(models, filter, { ...options, limit }, all, { snapshot, maxMs: PAGE_MS })));
    } else {
      const ordered = options.order === 'oldest' ? segments : segments.toReversed();
      const left = ordered.filter((segment) => !isBefore(segment, options));
      let size = FIRST_BLOCKS;
      for (let index = 0; index < left.length && found.length < limit; ) {
        const group = blocksFrom(left, index, size);
        const rest = { ...options, limit: limit - found.length };
        const maxMs = timeLeft(untilMs);
        if (group.length > 0) found.push(...(await blocks.rows(group, query, rest, snapshot)));
        else found.push(...(await scanFeedback(models, filter, rest, left[index]!, { snapshot, maxMs })));
        index += Math.max(1, group.length);
        if (group.length > 0) size = Math.min(4 * size, MAX_BLOCKS);
      }
    }
    const documents = await blocks.read(found.slice(0, limit), snapshot);
    return pageOf(documents, options.limit, ({ createdAt, _id: id }) => ({ createdAt, id }));
  }

  async function count(
    query: Query,
    segments: readonly Segment[],
    snapshot: Transaction,
    maxMs: number,
  ): Promise<Counts> {
    const sum: Counts = { count: 0, clauses: 0 };
    const untilMs = performance.now() + maxMs;
    for (let index = 0; index < segments.length; ) {
      const group = blocksFrom(segments, index, MAX_BLOCKS);
      const leftMs = timeLeft(untilMs);
      const counts =
        group.length > 0
          ? await blocks.count(group, query, snapshot)
          : await countMatches(models, query.filter, segments[index]!, { snapshot, maxMs: leftMs });
      addCounts(sum, counts);
      index += Math.max(1, group.length);
    }
    return sum;
  }

  async function segmentsFor(filter: FeedbackFilter, snapshot: Transaction): Promise<Segment[]> {
    // A user or a session has few feedback, and an index of its own.
    if (filter.userId !== undefined || filter.sessionId !== undefined) return [{ from: START, to: END }];
    const directory = await readDirectory(snapshot);
    if (directory.token !== latest) {
      latest = directory.token;
      blocks.keep(new Set(directory.blocks.map(({ _id }) => _id)));
    }
    const { notes, isAll } = await readNotes(models, snapshot, MAX_NOTES);
    const noted = new Set(notes.flatMap(({ spans }) => [...blocksIn(directory, decodeFloats(spans))]));
    const isScanned = (index: number) => !isAll || isForeign(directory) || noted.has(index);
    return segmentsOf(directory, isScanned).filter((segment) => isWithin(segment, filter.created ?? {}));
  }

  /** The count as of now; if it takes long, the last one that is known, while a new one is made. */
  async function matches(query: Query, segments: readonly Segment[], snapshot: Transaction): Promise<Matches> {
    const shown = ({ count, clauses }: Counts | Record<keyof Counts, null>) => ({
      count,
      ...(query.filter.theme !== undefined && { clauses }),
    });
    try {
      return shown(await count(query, segments, snapshot, COUNT_MS.waited));
    } catch (error) {
      if (!isOverdue(error)) throw error;
      void countInBackground(query);
      const known = counted.get(query.key);
      return known ? { ...shown(known), asOf: known.asOf } : shown({ count: null, clauses: null });
    }
  }

  /** Does nothing while others are being counted. The next page with this filter tries again. */
  async function countInBackground(query: Query): Promise<void> {
    if (counting.has(query.key) || counting.size >= MAX_COUNTING) return;
    counting.add(query.key);
    try {
      const asOf = new Date();
      const counts = await inSnapshot(models, async ({ session: snapshot }) =>
        count(query, await segmentsFor(query.filter, snapshot), snapshot, COUNT_MS.background),
      );
      counted.set(query.key, { ...counts, asOf });
    } catch {
      // The next page with this filter tries again.
    } finally {
      counting.delete(query.key);
    }
  }

  /** Counts the values of each facet in segments. */
  async function facetsIn(query: Query, segments: readonly Segment[], snapshot: Transaction): Promise<FacetCounts> {
    const sum: FacetCounts = { count: 0, terms: new Map() };
    const untilMs = performance.now() + PAGE_MS;
    for (let index = 0; index < segments.length; ) {
      const group = blocksFrom(segments, index, MAX_BLOCKS);
      const maxMs = timeLeft(untilMs);
      const options = { snapshot, maxMs, projection: INDEXED_FIELDS };
      if (group.length > 0) await blocks.addFacets(group, query, snapshot, sum);
      else for await (const one of allMatches(models, query.filter, segments[index]!, options)) addFacetsOf(sum, one);
      index += Math.max(1, group.length);
    }
    return sum;
  }

  return {
    /**
     * One page by time, ties by id, and the number of all feedback that match. Throws an error that `isOverdue` if reading
     * the page takes over 5 s.
     */
    find: (filter: FeedbackFilter, options: PageOptions): Promise<FeedbackPage & { matches: Matches }> =>
      inSnapshot(models, async ({ session: snapshot }) => {
        const query = queryOf(filter);
        const segments = await segmentsFor(filter, snapshot);
        const found = await page(query, options, segments, snapshot);
        return { ...found, matches: await matches(query, segments, snapshot) };
      }),

    /**
     * The number of all feedback that match, and of those with each value of each facet. Throws an error that `isOverdue` if
     * it takes over 5 s.
     */
    countFacets: (filter: FeedbackFilter): Promise<FacetCounts> =>
      inSnapshot(models, async ({ session: snapshot }) =>
        facetsIn(queryOf(filter), await segmentsFor(filter, snapshot), snapshot),
      ),
  };
}

export type FeedbackSearch = ReturnType<typeof createFeedbackSearch>;

const isByIndex = ({ orgId: _, userId: __, sessionId: ___, created: ____, ratings, ...others }: FeedbackFilter) =>
  [...Object.values(others), ...Object.values(ratings ?? {})].every((value) => value === undefined);

/** Milliseconds until a time, at least 1. Throws an error that `isOverdue` after it. */
function timeLeft(untilMs: number): number {
  const leftMs = untilMs - performance.now();
  if (leftMs < 0) throw new OverdueRead('a search took too long');
  return Math.max(1, Math.ceil(leftMs));
}

/** The blocks of the segments from an index on that follow one another, `max` at most. */
function blocksFrom(
  segments: readonly Segment[],
  index: number,
  max: number,
): (Segment & { block: SearchBlockDocument })[] {
  const group = [];
  for (const { block, ...range } of segments.slice(index, index + max)) {
    if (!block) break;
    group.push({ block, ...range });
  }
  return group;
}

/** Whether all feedback of a segment come before the page. */
function isBefore({ from, to }: Segment, { order, after }: PageOptions): boolean {
  if (!after) return false;
  return order === 'newest' ? comparePositions(from, after) >= 0 : comparePositions(to, after) <= 0;
}

function isWithin({ from, to }: Segment, { from: first, before }: Instants): boolean {
  return (!first || to.createdAt >= first) && (!before || from.createdAt < before);
}

/** `isScanned`: whether the feedback of a block, by its number, is scanned. Neighbours to scan are one segment. */
function segmentsOf({ blocks, end }: Directory, isScanned: (index: number) => boolean): Segment[] {
  const segments: Segment[] = [];
  const scan = (from: Position, to: Position) => {
    const last = segments.at(-1);
    if (last && !last.block) last.to = to;
    else segments.push({ from, to });
  };
  for (const [index, block] of blocks.entries()) {
    const to = blocks[index + 1]?.from ?? end;
    if (block.isDirty || isScanned(index)) scan(block.from, to);
    else segments.push({ from: block.from, to, block });
  }
  scan(blocks.length > 0 ? end : START, END);
  return segments;
}
