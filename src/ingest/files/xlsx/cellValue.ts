import { dateOfSerial } from './numberFormat.ts';
import { unescapeText, type Workbook } from './workbookParts.ts';

/** Value of a cell as it was stored; a date is the shown one, as if it were in UTC. */
export type CellValue = string | number | boolean | Date;

/** A cell as it is written in the sheet. */
export interface RawCell {
  /** its type, `n` if none is given */
  type: string;
  /** index of its style */
  style: number;
  /** its value (`v`), for a formula the one it had when the workbook was saved; undefined if there is none */
  value: string | undefined;
  /** its text, if it stands in the cell itself */
  inlineText: string;
  isFormula: boolean;
}

/** Reads a cell: its value, nothing for an empty one, or what is wrong with it. */
export function readCell(cell: RawCell, workbook: Workbook): { value?: CellValue; error?: string } {
  const { type, value } = cell;
  if (type === 'inlineStr') return cell.inlineText === '' ? {} : { value: cell.inlineText };
  if (value === undefined || value === '') {
    if (cell.isFormula && type !== 'str')
      return { error: 'holds a formula without its value; open the workbook in a spreadsheet program and save it' };
    return {};
  }
  if (type === 's') return readShared(value, workbook);
  if (type === 'str') return { value: unescapeText(value) };
  if (type === 'b') return { value: value.trim() === '1' || value.trim() === 'true' };
  if (type === 'e') return { error: `holds the error ${value.slice(0, 20)}` };
  if (type === 'd') return readIsoDate(value);
  return type === 'n'
    ? readNumber(value, cell.style, workbook)
    : { error: `has the unknown type ${type.slice(0, 20)}` };
}

function readShared(value: string, { strings }: Workbook): { value?: CellValue; error?: string } {
  const text = strings.get(Number(value));
  if (text === undefined) return { error: 'refers to a text that the workbook does not have' };
  return text === '' ? {} : { value: text };
}

function readIsoDate(value: string): { value?: CellValue; error?: string } {
  const time = value.lastIndexOf('T');
  const isLocal = time >= 0 && !/[Z+]/.test(value.slice(time)) && !/-\d\d:\d\d$/.test(value);
  const date = new Date(isLocal ? `${value}Z` : value);
  return Number.isNaN(date.getTime())
    ? { error: `holds the date ${value.slice(0, 40)}, which is none` }
    : { value: date };
}

function readNumber(text: string, style: number, workbook: Workbook): { value?: CellValue; error?: string } {
  const value = Number(text);
  if (!Number.isFinite(value)) return { error: `holds ${JSON.stringify(text.slice(0, 40))} as a number` };
  const format = workbook.formats[style];
  // A time of day alone is no instant.
  if (format?.kind === 'date' || (format?.kind === 'time' && value >= 1)) {
    const date = dateOfSerial(value, workbook.isFrom1904);
    return date ? { value: date } : { error: `holds the date ${text.slice(0, 40)}, which is none` };
  }
  if (format?.kind === 'digits' && Number.isInteger(value) && value >= 0)
    return { value: String(value).padStart(format.count, '0') };
  return { value };
}
