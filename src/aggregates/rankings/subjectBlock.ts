import { compareIds } from './compareIds.ts';
import { packColumns, unpackColumns } from './packColumns.ts';
import { CORE, type SubjectFigures } from './subjectChange.ts';

/**
 * The ranked figures of up to some thousand subjects, in the order of their ids, as columns: a ranking looks at two or
 * three numbers of each subject, so it unpacks two or three columns.
 */
export interface SubjectBlock {
  ids: string[];
  /** columns of `CORE`, then `lastAt` */
  columns: ArrayLike<number>[];
  themes: Map<string, SparseColumns>;
  answers: Map<string, SparseColumns>;
}

/** Columns with values in some rows only. */
export interface SparseColumns {
  /** row numbers, in order */
  rows: ArrayLike<number>;
  columns: ArrayLike<number>[];
}

export const LAST_AT = CORE.length;
const COLUMNS = CORE.length + 1;

/** A block as stored. */
export interface PackedBlock {
  /** number of subjects */
  rows: number;
  /** joined by line feeds, which no id contains */
  ids: string;
  columns: Buffer;
  themes: PackedSparse[];
  answers: PackedSparse[];
}

export interface PackedSparse {
  name: string;
  rows: number;
  /** row numbers, then the columns */
  data: Buffer;
}

export const emptyBlock = (): SubjectBlock => ({
  ids: [],
  columns: Array.from({ length: COLUMNS }, () => []),
  themes: new Map(),
  answers: new Map(),
});

export function packBlock({ ids, columns, themes, answers }: SubjectBlock): PackedBlock {
  return {
    rows: ids.length,
    ids: ids.join('\n'),
    columns: packColumns(columns),
    themes: packSparse(themes),
    answers: packSparse(answers),
  };
}

function packSparse(all: ReadonlyMap<string, SparseColumns>): PackedSparse[] {
  return [...all].map(([name, { rows, columns }]) => ({
    name,
    rows: rows.length,
    data: packColumns([rows, ...columns]),
  }));
}

export const unpackIds = ({ rows, ids }: Pick<PackedBlock, 'rows' | 'ids'>) => (rows === 0 ? [] : ids.split('\n'));

export function unpackSparse({ rows, data }: PackedSparse): SparseColumns {
  const [numbers, ...columns] = unpackColumns(data, rows);
  return { rows: numbers!, columns };
}

export function unpackBlock(packed: PackedBlock): SubjectBlock {
  const sparse = (all: PackedSparse[]) => new Map(all.map((one) => [one.name, unpackSparse(one)]));
  return {
    ids: unpackIds(packed),
    columns: unpackColumns(packed.columns, packed.rows),
    themes: sparse(packed.themes),
    answers: sparse(packed.answers),
  };
}

/** A change of one subject. `latest`: the time of its latest feedback, if the change may have taken the latest away. */
export interface BlockChange extends SubjectFigures {
  id: string;
  latest?: number | undefined;
}

/**
 * A block with changes added: at most one for each subject, in the order of ids. Subjects whose sums are all 0 are left out.
 * One without feedback may still have sums, until a change that belongs to them follows. So adding changes in any order and
 * split gives the same block, but for `latest`, which replaces the time.
 */
export function addChanges(block: SubjectBlock, changes: readonly BlockChange[]): SubjectBlock {
  const ids: string[] = [];
  const columns: number[][] = Array.from({ length: COLUMNS }, () => []);
  /** new row of each old row */
  const moved = new Int32Array(block.ids.length);
  const changedRows: { row: number; change: BlockChange }[] = [];

  const addRow = (id: string, old: number, change: BlockChange | undefined): void => {
    if (old >= 0) moved[old] = ids.length;
    if (change) changedRows.push({ row: ids.length, change });
    ids.push(id);
    for (let column = 0; column < CORE.length; column++)
      columns[column]!.push((old < 0 ? 0 : block.columns[column]![old]!) + (change?.sums[column] ?? 0));
    const before = old < 0 ? 0 : block.columns[LAST_AT]![old]!;
    columns[LAST_AT]!.push(change?.latest ?? Math.max(before, change?.lastAt ?? 0));
  };

  let next = 0;
  for (let old = 0; old < block.ids.length; old++) {
    const id = block.ids[old]!;
    for (; next < changes.length && compareIds(changes[next]!.id, id) < 0; next++)
      addRow(changes[next]!.id, -1, changes[next]);
    const isChanged = next < changes.length && changes[next]!.id === id;
    addRow(id, old, isChanged ? changes[next++] : undefined);
  }
  for (; next < changes.length; next++) addRow(changes[next]!.id, -1, changes[next]);

  const changed = {
    ids,
    columns,
    themes: addSparse(block.themes, moved, changedRows, ({ themes }) => themes),
    answers: addSparse(block.answers, moved, changedRows, ({ answers }) => answers),
  };
  return withoutEmptyRows(
    changed,
    changedRows.map(({ row }) => row),
  );
}

/** The block without those of the changed rows whose sums are all 0. */
function withoutEmptyRows(block: SubjectBlock, changedRows: readonly number[]): SubjectBlock {
  const sums = block.columns.slice(0, CORE.length);
  const empty = new Set(changedRows.filter((row) => sums.every((column) => column[row] === 0)));
  if (empty.size === 0) return block;
  for (const { rows } of [...block.themes.values(), ...block.answers.values()])
    for (let index = 0; index < rows.length; index++) empty.delete(rows[index]!);
  if (empty.size === 0) return block;
  const isKept = (_: unknown, row: number) => !empty.has(row);
  const moved = new Int32Array(block.ids.length);
  let kept = 0;
  for (let row = 0; row < moved.length; row++) moved[row] = empty.has(row) ? -1 : kept++;
  const sparse = (all: ReadonlyMap<string, SparseColumns>) =>
    new Map(
      [...all].map(([name, { rows, columns }]) => [name, { rows: Array.from(rows, (row) => moved[row]!), columns }]),
    );
  return {
    ids: block.ids.filter(isKept),
    columns: block.columns.map((column) => Array.from(column).filter(isKept)),
    themes: sparse(block.themes),
    answers: sparse(block.answers),
  };
}

function addSparse(
  all: ReadonlyMap<string, SparseColumns>,
  moved: Int32Array,
  changedRows: readonly { row: number; change: BlockChange }[],
  entriesOf: (change: BlockChange) => readonly [name: string, ...values: number[]][],
): Map<string, SparseColumns> {
  const additions = new Map<string, { row: number; values: number[] }[]>();
  for (const { row, change } of changedRows)
    for (const [name, ...values] of entriesOf(change)) {
      const known = additions.get(name);
      if (known) known.push({ row, values });
      else additions.set(name, [{ row, values }]);
    }
  const result = new Map<string, SparseColumns>();
  for (const [name, before] of all) {
    const added = additions.get(name);
    const sum = added
      ? mergeSparse(before, moved, added)
      : { rows: Array.from(before.rows, (row) => moved[row]!), columns: before.columns };
    if (sum.rows.length > 0) result.set(name, sum);
  }
  for (const [name, added] of additions) {
    if (all.has(name)) continue;
    const sum = mergeSparse(undefined, moved, added);
    if (sum.rows.length > 0) result.set(name, sum);
  }
  return result;
}

/** Merges two lists in the order of rows. Rows whose values are all 0 are left out. */
function mergeSparse(
  before: SparseColumns | undefined,
  moved: Int32Array,
  additions: readonly { row: number; values: number[] }[],
): SparseColumns {
  const width = before?.columns.length ?? additions[0]!.values.length;
  const rows: number[] = [];
  const columns: number[][] = Array.from({ length: width }, () => []);
  let next = 0;
  const push = (row: number, valueAt: (column: number) => number) => {
    let isEmpty = true;
    for (let column = 0; column < width; column++) if (valueAt(column) !== 0) isEmpty = false;
    if (isEmpty) return;
    rows.push(row);
    for (let column = 0; column < width; column++) columns[column]!.push(valueAt(column));
  };
  const pushAdded = () => {
    const { row, values } = additions[next++]!;
    push(row, (column) => values[column]!);
  };
  for (let index = 0; index < (before?.rows.length ?? 0); index++) {
    const row = moved[before!.rows[index]!]!;
    while (next < additions.length && additions[next]!.row < row) pushAdded();
    const added = next < additions.length && additions[next]!.row === row ? additions[next++]!.values : undefined;
    push(row, (column) => before!.columns[column]![index]! + (added?.[column] ?? 0));
  }
  while (next < additions.length) pushAdded();
  return { rows, columns };
}

/** Number of values in the sparse columns of a block. */
export function sparseValues({ themes, answers }: Pick<SubjectBlock, 'themes' | 'answers'>): number {
  return [...themes.values(), ...answers.values()].reduce((sum, { rows }) => sum + rows.length, 0);
}

/** A block in `count` pieces of about the same size, or fewer if it has fewer rows. */
export function splitBlock(block: SubjectBlock, pieces: number): SubjectBlock[] {
  const { length } = block.ids;
  const count = Math.min(pieces, length);
  if (count <= 1) return [block];
  return Array.from({ length: count }, (_, piece) => {
    const [from, to] = [Math.floor((piece * length) / count), Math.floor(((piece + 1) * length) / count)];
    const sparse = (all: ReadonlyMap<string, SparseColumns>) =>
      new Map(
        [...all]
          .map(([name, one]) => [name, sliceSparse(one, from, to)] as const)
          .filter(([, { rows }]) => rows.length > 0),
      );
    return {
      ids: block.ids.slice(from, to),
      columns: block.columns.map((column) => Array.from(column).slice(from, to)),
      themes: sparse(block.themes),
      answers: sparse(block.answers),
    };
  });
}

function sliceSparse({ rows, columns }: SparseColumns, from: number, to: number): SparseColumns {
  const [first, end] = [indexOfRow(rows, from), indexOfRow(rows, to)];
  const slice = (column: ArrayLike<number>) => Array.prototype.slice.call(column, first, end) as number[];
  return { rows: slice(rows).map((row) => row - from), columns: columns.map(slice) };
}

/** Index of the first row number that is not below `row`. */
function indexOfRow(rows: ArrayLike<number>, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
