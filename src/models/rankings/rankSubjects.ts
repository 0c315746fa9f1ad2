import { type BestRows, createBestRows, type RankedId } from '../../aggregates/rankings/bestRows.ts';
import { bestBound } from '../../aggregates/rankings/blockBounds.ts';
import { unpackColumns } from '../../aggregates/rankings/packColumns.ts';
import { columnsFor } from '../../aggregates/rankings/rankedValue.ts';
import { type PackedSparse, unpackIds, unpackSparse } from '../../aggregates/rankings/subjectBlock.ts';
import { keysOfPart, partsUnder } from '../aggregates/aggregateSchema.ts';
import { addPartAt, addTotals, pathOf, readParts, type Totals } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { answerFilter } from './answerFilter.ts';
import { rankInMemory } from './rankInMemory.ts';
import { bytesOf, directoryOf, groupOf } from './rankingGroups.ts';
import type { RankingBlock, RankingDirectory } from './rankingSchemas.ts';
import { readRankingState } from './rankingState.ts';
import type { RankQuery } from './rankQuery.ts';

/** `value`: figure that the subject is ranked by; milliseconds for `lastAt`. */
export type RankedSubject = Totals & RankedId;

export interface RankedPage {
  items: RankedSubject[];
  next: RankedId | null;
  /** time up to which the order counts all feedback; undefined if it counts all that is stored */
  asOf?: Date | undefined;
}

/** The rankings are being built from the aggregates, as after an update from a version without them. */
export class RankingsNotBuilt extends Error {
  override name = 'RankingsNotBuilt';
}

/** Blocks read at first, and at most, in one query. Each query reads twice as many as the one before. */
const BLOCKS = { first: 8, most: 128 };
/** Max milliseconds that MongoDB may spend on one query. */
const TIMEOUT_MS = 10_000;

/**
 * One page of subjects by a figure, ties by id. A subject without the figure, such as no rating, is not ranked. The order is
 * that of the rankings, which follow the aggregates within seconds (`asOf`). The figures of each item are exact: they are
 * read from its aggregates.
 *
 * @throws RankingsNotBuilt
 */
export async function rankSubjects(models: Models, query: RankQuery): Promise<RankedPage> {
  // One org, or the sessions of one user, are few: their aggregates are read.
  const isFew = query.userId !== undefined || (query.level === 'org' && query.orgId !== undefined);
  const { best, asOf } = isFew ? { best: await rankInMemory(models, query) } : await rankByBlocks(models, query);
  const found = best.items();
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  const totals = await readPage(
    models,
    query,
    page.map(({ id }) => id),
  );
  return {
    // A subject may have been erased since the last pass.
    items: page.flatMap((item) => {
      const own = totals.get(item.id);
      return own && own.delta.size > 0 ? [{ ...item, ...own }] : [];
    }),
    next: found.length > query.limit && last ? { value: last.value, id: last.id } : null,
    ...(asOf && { asOf }),
  };
}

async function rankByBlocks(models: Models, query: RankQuery): Promise<{ best: BestRows; asOf?: Date | undefined }> {
  // A reader of one org must not learn when others store feedback.
  const oldest = await models.rankingChanges
    .findOne(query.orgId === undefined ? {} : { orgIds: query.orgId }, { at: 1 })
    .sort({ _id: 1 })
    .maxTimeMS(TIMEOUT_MS)
    .lean();
  for (;;) {
    const best = createBestRows(query, query.limit + 1, query.after);
    if (await addBestBlocks(models, query, best)) return { best, asOf: oldest?.at };
  }
}

/** Adds the blocks that can hold one of the best. Returns false if blocks were split meanwhile. */
async function addBestBlocks(models: Models, query: RankQuery, best: BestRows): Promise<boolean> {
  const { generation } = await readRankingState(models);
  if (generation === null) throw new RankingsNotBuilt();
  const group = groupOf(query.level, query.level === 'org' ? undefined : query.orgId);
  const directory = await models.rankingDirectories
    .findById(`${generation} ${group}`)
    .maxTimeMS(TIMEOUT_MS)
    .lean<RankingDirectory>();
  if (!directory) return true;
  const direction = query.order === 'highest' ? -1 : 1;
  const { blocks, version } = directoryOf(directory);
  const candidates = blocks
    .map(({ first, bounds }) => ({ first, bound: bestBound(bounds, query) }))
    .filter((block): block is { first: string; bound: number } => block.bound !== undefined)
    // Stable, so blocks with the same bound stay in the order of ids.
    .sort((a, b) => (a.bound === b.bound ? 0 : direction * (a.bound - b.bound)));
  for (let from = 0, count = BLOCKS.first; from < candidates.length; ) {
    const some = candidates.slice(from, from + count).filter(({ bound, first }) => !best.isDecided(bound, first));
    // The blocks after a decided one have bounds that are no better, or begin with later ids.
    if (some.length === 0) break;
    const ids = some.map(({ first }) => `${generation} ${group} ${first}`);
    if (!(await addBlocks(models, query, best, { ids, version }))) return false;
    from += count;
    count = Math.min(2 * count, BLOCKS.most);
  }
  return true;
}

/** Adds blocks by their ids. Returns false if some are gone, or were cut after that version of the directory. */
async function addBlocks(
  models: Models,
  query: RankQuery,
  best: BestRows,
  { ids, version }: { ids: string[]; version: number },
): Promise<boolean> {
  const { theme, willingToPay } = query;
  const found = (await models.rankingBlocks.collection
    .find(
      { _id: { $in: ids as never[] } },
      {
        projection: {
          ...{ rows: 1, range: 1, ids: 1, columns: 1 },
          ...(theme !== undefined && { themes: { $elemMatch: { name: theme } } }),
          ...(willingToPay !== undefined && { answers: 1 }),
        },
        maxTimeMS: TIMEOUT_MS,
      },
    )
    .toArray()) as unknown as (Pick<RankingBlock, 'rows' | 'range' | 'ids' | 'columns'> & Partial<RankingBlock>)[];
  if (found.length < ids.length || found.some(({ range }) => range > version)) return false;
  const wanted = new Set(columnsFor(query.by));
  const isMeant = willingToPay && answerFilter(willingToPay);
  for (const { rows, ids: packedIds, columns, themes = [], answers = [] } of found) {
    const ofTheme = themes.find(({ name }) => name === theme);
    best.add({
      ids: () => unpackIds({ rows, ids: packedIds }),
      columns: unpackColumns(bytesOf(columns), rows, wanted),
      theme: ofTheme && unpackSparse(bytes(ofTheme)),
      answered: isMeant && new Set(answers.filter(({ name }) => isMeant(name)).flatMap(rowsWithAnswer)),
    });
  }
  return true;
}

const bytes = (packed: PackedSparse): PackedSparse => ({ ...packed, data: bytesOf(packed.data) });

function rowsWithAnswer(packed: PackedSparse): number[] {
  const { rows, columns } = unpackSparse(bytes(packed));
  return Array.from(rows).filter((_, index) => columns[0]![index]! > 0);
}

async function readPage(models: Models, { level, orgId }: RankQuery, ids: string[]): Promise<Map<string, Totals>> {
  if (ids.length === 0) return new Map();
  const filters = ids.flatMap((id) => partsUnder(pathOf(level === 'org' ? { level, id } : { level, id, orgId })));
  const parts = await readParts(models, { $or: filters });
  const totals = new Map(ids.map((id) => [id, addTotals([])]));
  for (const part of parts) {
    const id = keysOfPart(part).find((key) => key.kind === level)?.id ?? part.id;
    addPartAt(totals, id, part);
  }
  return totals;
}
