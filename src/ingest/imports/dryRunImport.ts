import { columnKey } from './cells.ts';
import { checkColumns } from './checkColumns.ts';
import { type CheckFeedback, createPreviewChecker } from './createRowChecker.ts';
import type { DryRunReport } from './dryRunSchema.ts';
import { type ColumnError, type ImportMapping, MAPPING_LIMITS } from './importMapping.ts';
import { describeColumn } from './proposal/describeColumn.ts';
import { proposeMapping } from './proposal/proposeMapping.ts';

/** Max entries of each list in a report. */
const MAX_STORED_SHOWN = 20;
const MAX_REFUSALS_SHOWN = 100;
const MAX_REASONS_SHOWN = 50;
const MAX_PROBLEMS_SHOWN = 100;

/** A file to read; `Table` of src/ingest/files is one. */
interface ImportTable extends Pick<DryRunReport, 'format' | 'encoding' | 'delimiter'> {
  columns: readonly string[] | null;
  rows: AsyncIterable<ImportRow>;
}

interface ImportRow {
  line: number;
  value?: unknown;
  error?: string;
}

interface DryRunOptions {
  /** default: a proposal */
  mapping?: ImportMapping | undefined;
  /** time zone to propose for local times, such as that of the org */
  zone?: string | undefined;
  maxRows?: number;
  check: CheckFeedback;
}

/**
 * Reports what an import of a file would do, by its first rows. If the mapping has problems, rows are read without the
 * columns that these name, so that the report shows the rest.
 *
 * @throws FileProblem if the file cannot be read
 */
export async function dryRunImport(
  table: ImportTable,
  { mapping, zone, maxRows = 1000, check }: DryRunOptions,
): Promise<DryRunReport> {
  const { rows, isWhole } = await readRows(table.rows, maxRows);
  const columns = table.columns ?? namesIn(rows);
  const values = rows.flatMap(({ value }) => (isRecord(value) ? [value] : []));
  const proposal = mapping ? undefined : proposeMapping(columns.slice(0, MAPPING_LIMITS.columns), values, zone);
  const used = mapping ?? proposal!.mapping;
  const problems = firstOfEachColumn([...(proposal?.questions ?? []), ...checkColumns(used, table.columns)]);

  const checkRow = createPreviewChecker(withoutColumns(used, problems), table.columns, check);
  const stored: DryRunReport['stored'] = [];
  const refusals: DryRunReport['refusals'] = [];
  const reasons = new Map<string, DryRunReport['reasons'][number]>();
  let accepted = 0;
  let refused = 0;
  for (const row of rows) {
    const { feedback, errors, isSkipped } = checkRow(row);
    if (isSkipped) continue;
    if (feedback) {
      accepted++;
      if (stored.length < MAX_STORED_SHOWN) stored.push({ line: row.line, feedback });
      continue;
    }
    refused++;
    if (refusals.length < MAX_REFUSALS_SHOWN) refusals.push({ line: row.line, errors });
    for (const { column, message } of errors) {
      const key = JSON.stringify([column, message]);
      const reason = reasons.get(key) ?? { column, message, rows: 0, firstLine: row.line };
      reasons.set(key, { ...reason, rows: reason.rows + 1 });
    }
  }

  return {
    format: table.format,
    encoding: table.encoding,
    delimiter: table.delimiter,
    rows: rows.length,
    isWhole,
    columns: columns.map((name) => {
      const { examples, empty } = describeColumn(
        name,
        values.slice(used.skipRows ?? 0).map((row) => row[name]),
      );
      return { name, examples, empty };
    }),
    preset: proposal?.preset ?? null,
    mapping: used,
    isProposed: proposal !== undefined,
    notes: proposal?.notes ?? [],
    problems: problems.slice(0, MAX_PROBLEMS_SHOWN),
    accepted,
    refused,
    stored,
    refusals,
    reasons: [...reasons.values()].sort((a, b) => b.rows - a.rows).slice(0, MAX_REASONS_SHOWN),
  };
}

/** Reads up to `maxRows` rows. One more tells whether these are all. */
async function readRows(
  source: AsyncIterable<ImportRow>,
  maxRows: number,
): Promise<{ rows: ImportRow[]; isWhole: boolean }> {
  const rows: ImportRow[] = [];
  for await (const row of source) {
    if (rows.length >= maxRows) return { rows, isWhole: false };
    rows.push(row);
  }
  return { rows, isWhole: true };
}

/** Names of the fields at the top of rows that have no header. */
function namesIn(rows: readonly ImportRow[]): string[] {
  const names = new Set<string>();
  for (const { value } of rows)
    if (isRecord(value)) for (const name of Object.keys(value)) if (name !== '') names.add(name);
  return [...names];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function firstOfEachColumn(errors: readonly ColumnError[]): ColumnError[] {
  return errors.filter((error, index) => errors.findIndex(({ column }) => column === error.column) === index);
}

function withoutColumns(mapping: ImportMapping, problems: readonly ColumnError[]): ImportMapping {
  const names = new Set(problems.map(({ column }) => column !== null && columnKey(column)));
  return {
    ...mapping,
    columns: Object.fromEntries(
      Object.entries(mapping.columns).map(([name, rule]) => [
        name,
        names.has(columnKey(name)) ? { leaveOut: true } : rule,
      ]),
    ),
  };
}
