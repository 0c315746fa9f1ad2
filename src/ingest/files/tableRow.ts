export type Delimiter = ',' | ';' | '\t';

/** One row of a file, with a value or an error. */
export interface TableRow {
  /** line of the file on which the row starts, from 1; in a workbook the row number of the sheet */
  line: number;
  /** line on which it ends: a text in quotes may have lines of its own */
  endLine: number;
  /**
   * CSV: text of each cell by column; cells that the row leaves off at its end are missing. Workbook: string, number,
   * boolean or Date by column; empty cells are missing. NDJSON: any JSON value, as sent.
   */
  value?: unknown;
  /** reason for which the row cannot be read, and how to mend it; then there is no value */
  error?: string;
}
