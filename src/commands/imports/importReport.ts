import type { DryRunReport } from '../../ingest/imports/dryRunSchema.ts';
import type { ImportDocument, RefusalDocument } from '../../models/imports/importSchema.ts';
import { inOneLine } from '../escapeForTerminal.ts';

const SHOWN = { stored: 3, reasons: 10 };
const count = (n: number) => n.toLocaleString('en');

/** A dry run in lines of text: the file, its columns, the mapping, and what would be stored and refused. */
export function linesOfReport(report: DryRunReport): string[] {
  const { format, encoding, delimiter, columns, rows, isWhole, accepted, refused, isProposed, preset } = report;
  const file = [format.toUpperCase(), encoding, delimiter === null ? null : DELIMITERS[delimiter]].filter(Boolean);
  return [
    `File      ${file.join(', ')}; ${count(rows)} rows read${isWhole ? '' : ', of more'}`,
    `Columns   ${columns.map(({ name }) => inOneLine(name)).join(' | ')}`,
    ...(preset === null ? [] : [`Looks like ${preset}, a shipped mapping`]),
    ...(isProposed ? ['Proposed mapping:', JSON.stringify(report.mapping, null, 2)] : []),
    ...report.notes
      .filter(({ sure }) => !sure)
      .map(({ column, why }) => `Look at  ${column === null ? '' : `${inOneLine(column)}: `}${inOneLine(why)}`),
    ...report.problems.map(
      ({ column, message }) => `Problem   ${inOneLine(column ?? 'the mapping')}: ${inOneLine(message)}`,
    ),
    `Stored    ${count(accepted)} rows, such as:`,
    ...report.stored
      .slice(0, SHOWN.stored)
      .map(({ line, feedback }) => `  line ${line}  ${inOneLine(JSON.stringify(feedback, withReadableTime))}`),
    `Refused   ${count(refused)} rows${refused > 0 ? ':' : ''}`,
    ...report.reasons
      .slice(0, SHOWN.reasons)
      .map(
        ({ column, message, rows: n, firstLine }) =>
          `  ${count(n)} × ${inOneLine(column ?? 'row')}: ${inOneLine(message)} (first in line ${firstLine})`,
      ),
  ];
}

/** Times of feedback are epoch milliseconds. */
const withReadableTime = (name: string, value: unknown) =>
  name === 'createdAt' && typeof value === 'number' ? new Date(value).toISOString() : value;

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const;

/** A finished import in lines of text. */
export function linesOfResult({ _id, state, counts, failure }: ImportDocument, refusals: RefusalDocument[]): string[] {
  const { rows, stored, duplicates, refused, erased } = counts;
  return [
    `${state}: ${count(rows)} rows: ${count(stored)} stored, ${count(duplicates)} known already, ${count(refused)} refused${erased > 0 ? `, ${count(erased)} erased` : ''}`,
    ...(failure === null ? [] : [inOneLine(failure)]),
    ...refusals.flatMap(({ line, faults }) =>
      faults.map(
        ({ column, message }) =>
          `  line ${line}  ${column === null ? '' : `${inOneLine(column)}: `}${inOneLine(message)}`,
      ),
    ),
    ...(refused > refusals.length
      ? [`  and ${count(refused - refusals.length)} more: GET /v1/imports/${_id}/refusals`]
      : []),
    ...(state === 'undone' ? [] : [`"import undo ${_id}" takes it back`]),
  ];
}
