import { MIN_EPOCH_MS } from '../readInstant.ts';
import { CellFault, columnKey, comparable, type Read, readText, showCell } from './cells.ts';
import { checkColumns, UnfitMapping } from './checkColumns.ts';
import type { ColumnError, FieldRule, ImportMapping } from './importMapping.ts';
import { createRatingReader } from './readRating.ts';
import { createTagsReader } from './readTags.ts';
import { createTimeReader } from './readTime.ts';

type MappedRow = { value: Record<string, unknown>; errors?: never } | { value?: never; errors: ColumnError[] };

/** Reads rows of one file by a mapping. */
export interface RowMapper {
  /** The feedback of a row, not yet checked by its schema, or all faults of its cells. */
  map(row: unknown): MappedRow;
  /** the columns that give a field of feedback, separated by commas; null if a constant or nothing does */
  columnOf(field: string): string | null;
}

interface Column {
  name: string;
  field: FieldRule['field'];
  read: (cell: unknown) => Read<unknown>;
}

const NOT_OBJECT: ColumnError = { column: null, message: 'is not an object of columns and values' };
const TWO_ANSWERS = 'differs from the answer of another column for the same field; leave one of the columns out';
const NO_RULE = 'has no rule; add one, leave it out with {"leaveOut": true}, or set "otherColumns" to "leaveOut"';

/**
 * Makes a mapper of rows. `columns`: those of the file, null if each row names its own (NDJSON).
 *
 * @throws UnfitMapping that names the columns, if the mapping does not fit the file
 */
export function createRowMapper(mapping: ImportMapping, columns: readonly string[] | null): RowMapper {
  const faults = checkColumns(mapping, columns);
  if (faults.length > 0) throw new UnfitMapping(faults);
  return createUncheckedMapper(mapping, columns);
}

/** Makes a mapper of rows for a mapping that may not fit the file: columns without a rule are left out. */
export function createUncheckedMapper(mapping: ImportMapping, columns: readonly string[] | null): RowMapper {
  const rules = new Map(Object.entries(mapping.columns).map(([name, rule]) => [columnKey(name), rule]));
  // Texts are joined in the order of the file.
  const names = columns ?? Object.keys(mapping.columns);
  const read: Column[] = names.flatMap((name) => {
    const rule = rules.get(columnKey(name));
    return rule && 'field' in rule ? [{ name, field: rule.field, read: readerOf(rule) }] : [];
  });
  const noAnswer = new Set(mapping.noAnswer?.map(comparable));
  const isNoAnswer = (cell: unknown) => {
    if (noAnswer.size === 0) return false;
    const text = readText(cell);
    return typeof text === 'string' && noAnswer.has(comparable(text));
  };
  const refusesOthers = columns === null && mapping.otherColumns !== 'leaveOut';
  const { tags: everyTag, ...constants } = mapping.constants ?? {};

  function map(row: unknown): MappedRow {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return { errors: [NOT_OBJECT] };
    const cells = row as Record<string, unknown>;
    const errors: ColumnError[] = [];
    const value: Record<string, unknown> = {};
    const tags = new Set<string>();
    for (const { name, field, read: readCell } of read) {
      const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
      const answer = isNoAnswer(cell) ? undefined : readCell(cell);
      if (answer === undefined) continue;
      if (answer instanceof CellFault) errors.push({ column: name, message: answer.message, value: showCell(cell) });
      else if (field === 'tags') for (const tag of answer as string[]) tags.add(tag);
      else if (value[field] === undefined) value[field] = answer;
      else if (field === 'improvements') value[field] = `${value[field]}\n\n${answer}`;
      else if (value[field] !== answer) errors.push({ column: name, message: TWO_ANSWERS, value: showCell(cell) });
    }
    if (refusesOthers)
      for (const [name, cell] of Object.entries(cells))
        if (cell !== null && !rules.has(columnKey(name)))
          errors.push({ column: name, message: NO_RULE, value: showCell(cell) });
    if (errors.length > 0) return { errors: errors.slice(0, MAX_ERRORS) };
    for (const tag of everyTag ?? []) tags.add(tag);
    if (tags.size > 0) value.tags = [...tags];
    // A small number would be taken for another unit, and refused for that.
    if (typeof value.createdAt === 'number' && value.createdAt < MIN_EPOCH_MS)
      value.createdAt = new Date(value.createdAt).toISOString();
    return { value: { ...constants, ...value } };
  }

  return {
    map,
    columnOf: (field) =>
      read
        .filter((column) => column.field === field)
        .map(({ name }) => name)
        .join(', ') || null,
  };
}

/** Max faults that are reported of one row. */
const MAX_ERRORS = 20;

function readerOf(rule: FieldRule): Column['read'] {
  switch (rule.field) {
    case 'overallRating':
    case 'uxRating':
    case 'growMethodRating':
      return createRatingReader(rule);
    case 'createdAt':
      return createTimeReader(rule);
    case 'tags':
      return createTagsReader(rule);
    case 'improvements':
      return readAsSent;
    case 'id':
    case 'orgId':
    case 'userId':
    case 'sessionId':
      return prefixed(rule.prefix);
    default:
      return readText;
  }
}

/** A text as it stands in the file, so that nothing of it is lost; undefined if there is nothing to see. */
function readAsSent(cell: unknown): Read<string> {
  if (typeof cell !== 'string') return readText(cell);
  return cell.trim() === '' ? undefined : cell;
}

function prefixed(prefix: string | undefined): Column['read'] {
  if (prefix === undefined) return readText;
  return (cell) => {
    const text = readText(cell);
    return typeof text === 'string' ? prefix + text : text;
  };
}
