import type { FeedbackInput } from '../feedbackSchema.ts';
import type { FieldError } from '../fieldErrors.ts';
import { showCell } from './cells.ts';
import { createRowMapper, createUncheckedMapper, type RowMapper } from './createRowMapper.ts';
import type { ColumnError, ImportMapping } from './importMapping.ts';

/** A row that was read: its feedback, its faults, or `isSkipped` if the mapping skips it as no answer. */
export type CheckedRow =
  | { feedback: FeedbackInput; errors?: never; isSkipped?: never }
  | { errors: ColumnError[]; feedback?: never; isSkipped?: never }
  | { isSkipped: true; feedback?: never; errors?: never };

/** Checks a feedback by its schema; `checkFeedback` with its other arguments set. */
export type CheckFeedback = (
  value: unknown,
) => { feedback: FeedbackInput; errors?: never } | { feedback?: never; errors: FieldError[] };

/** Reads the rows of one file, called for each of them in their order. */
export type RowChecker = (row: { value?: unknown; error?: string }) => CheckedRow;

/**
 * Makes the function that reads rows of one file: each becomes a checked feedback, or is refused with the column, the reason
 * and a way to mend it. `columns`: those of the file, null if each row names its own (NDJSON).
 *
 * @throws UnfitMapping if the mapping does not fit the columns
 */
export function createRowChecker(
  mapping: ImportMapping,
  columns: readonly string[] | null,
  check: CheckFeedback,
): RowChecker {
  return checkerOf(createRowMapper(mapping, columns), mapping.skipRows, check);
}

/** The same for a mapping that may not fit the file: columns without a rule are left out. */
export function createPreviewChecker(
  mapping: ImportMapping,
  columns: readonly string[] | null,
  check: CheckFeedback,
): RowChecker {
  return checkerOf(createUncheckedMapper(mapping, columns), mapping.skipRows, check);
}

function checkerOf(mapper: RowMapper, skipRows = 0, check: CheckFeedback): RowChecker {
  let index = 0;
  return ({ value: row, error }) => {
    if (index++ < skipRows) return { isSkipped: true };
    if (error !== undefined) return { errors: [{ column: null, message: error }] };
    const mapped = mapper.map(row);
    if (mapped.errors) return mapped;
    const checked = check(mapped.value);
    if (!checked.errors) return { feedback: checked.feedback };
    return {
      errors: checked.errors.map(({ pointer, message }) => {
        const field = pointer.split('/')[1];
        if (field === undefined) return { column: null, message: `the row ${message}` };
        const column = mapper.columnOf(field);
        const value = showCell(mapped.value[field]);
        return { column, message: column === null ? `${field} ${message}` : message, ...(value !== '' && { value }) };
      }),
    };
  };
}
