import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { FEEDBACK_FIELDS } from '../../ingest/feedbackSchema.ts';
import type { Table, TableRow } from '../../ingest/files/openTable.ts';
import { invalid } from '../http/problem.ts';

/** Rows of a file whose columns are the fields of feedback, as values to validate. Throws Problem 400 for another column. */
export function importRows({ columns, rows }: Table): AsyncIterable<TableRow> {
  if (columns === null) return rows;
  checkColumns(columns);
  return typedRows(rows);
}

async function* typedRows(rows: AsyncIterable<TableRow>): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    if (row.error === undefined) row.value = fieldsOf(row.value as Record<string, string>);
    yield row;
  }
}

function checkColumns(columns: readonly string[]): void {
  const errors = columns
    .filter((name) => !FIELDS.has(name))
    .map((name) => ({ pointer: '', message: faultOfColumn(name) }));
  if (errors.length > 0) throw invalid(errors.slice(0, MAX_NAMED_COLUMNS));
}

/** Max columns that one refusal names. */
const MAX_NAMED_COLUMNS = 20;
/** A repeated column, see `columnsOf`. */
const REPEATED = / \(\d+\)$/;

function faultOfColumn(name: string): string {
  const column = `column ${JSON.stringify(name.slice(0, 100))}`;
  const first = name.replace(REPEATED, '');
  if (FIELDS.has(first)) return `the column ${JSON.stringify(first)} is there twice; remove one of them`;
  return `${column} is not a field; the fields are ${FEEDBACK_FIELDS.join(', ')}`;
}

const FIELDS = new Set<string>(FEEDBACK_FIELDS);
const NUMBERS = new Set<string>(RATINGS);
const TEXTS = new Set<string>([...CHOICES, 'improvements']);

/** Types the cells of a row: empty is no answer, ratings are numbers, tags are separated by `;`. */
function fieldsOf(cells: Record<string, string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(cells)) {
    const trimmed = cell.trim();
    if (trimmed === '') continue;
    if (name === 'tags') fields[name] = tagsOf(trimmed);
    else if (NUMBERS.has(name)) fields[name] = DECIMAL.test(trimmed) ? Number(trimmed) : trimmed;
    else fields[name] = TEXTS.has(name) ? cell : trimmed;
  }
  return fields;
}

const DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;

const tagsOf = (cell: string) =>
  cell
    .split(';')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
