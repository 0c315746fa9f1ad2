/** Fault of one cell. Its message holds nothing of the cell, so that equal faults can be counted. */
export class CellFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A cell as read: its value, a fault, or undefined if it holds no answer. */
export type Read<Value> = Value | CellFault | undefined;

/** Spreadsheets keep 15 digits of a number; further ones are zeros that nobody typed. */
const MAX_EXACT_NUMBER = 1e15;

const NOT_EXACT = new CellFault(
  'is a number of more than 15 digits, which a spreadsheet does not keep exactly; format the column as text, and export it again',
);
const IS_DATE = new CellFault('is a date; map the column to createdAt, or format it as text in the spreadsheet');
const NOT_TEXT = new CellFault('is a list or an object; only a text, a number, true or false can be read here');

/** The text of a cell without the blanks around it; undefined if it is empty. */
export function readText(cell: unknown): Read<string> {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === 'string') return cell.trim() || undefined;
  if (typeof cell === 'number') return Math.abs(cell) < MAX_EXACT_NUMBER ? String(cell) : NOT_EXACT;
  if (typeof cell === 'boolean') return String(cell);
  return cell instanceof Date ? IS_DATE : NOT_TEXT;
}

/** Form in which texts of cells are compared: case, repeated blanks and forms of Unicode make no difference. */
export function comparable(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Form in which names of columns are compared. */
export const columnKey = (name: string) => name.normalize('NFC').trim();

/** Max characters of a cell that a report repeats. */
const MAX_SHOWN_CHARACTERS = 100;

/** A cell for a report, cut to 100 characters. */
export function showCell(cell: unknown): string {
  if (typeof cell === 'string') return cut(cell);
  // A date of a spreadsheet has no zone, so it is shown without one.
  if (cell instanceof Date)
    return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 19).replace('T', ' ');
  if (typeof cell === 'object' && cell !== null) return cut(JSON.stringify(cell));
  return cell === undefined || cell === null ? '' : cut(String(cell));
}

const cut = (text: string) =>
  text.length <= MAX_SHOWN_CHARACTERS
    ? text.toWellFormed()
    : `${text.slice(0, MAX_SHOWN_CHARACTERS - 1).toWellFormed()}…`;
