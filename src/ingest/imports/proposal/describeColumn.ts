import { CellFault, comparable, readText, showCell } from '../cells.ts';
import type { RatingRule } from '../importMapping.ts';
import { createRatingReader } from '../readRating.ts';
import { detectTimeFormat, type TimeFormat } from './detectTimeFormat.ts';
import { ratingTableOf } from './ratingWords.ts';

/** Max different texts of a column that are kept. */
const MAX_DISTINCT = 200;
const MAX_EXAMPLES = 3;

/** Description of the cells of a column. Every figure leaves out cells without a value. */
export interface ColumnDescription {
  name: string;
  /** text of the question, if the file has it in a second header row */
  label: string;
  /** number of cells with a value */
  filled: number;
  empty: number;
  /** up to 3 different cells, cut */
  examples: string[];
  /** different texts, up to 200, without regard to case */
  distinct: ReadonlySet<string>;
  isUnique: boolean;
  hasBlanks: boolean;
  /** mean number of words */
  words: number;
  maxCharacters: number;
  /** share of cells that are an e-mail address */
  emails: number;
  /** range of the numbers, if all cells are numbers */
  numbers?: { min: number; max: number; isWhole: boolean };
  /** reading of ratings that fits all cells */
  rating?: NonNullable<RatingRule['rating']>;
  time?: TimeFormat | { kind: 'dates' } | { kind: 'numbers'; unit: 'seconds' | 'milliseconds' | 'excelSerial' };
  /** character that separates items in some cells */
  separator?: ';' | '|' | ',';
}

const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/;

/** Describes a column by a sample of its cells. */
export function describeColumn(name: string, cells: readonly unknown[], label = ''): ColumnDescription {
  const values = cells.filter((cell) => readText(cell) !== undefined);
  const texts = values.flatMap((cell) => {
    const text = readText(cell);
    return typeof text === 'string' ? [text] : [];
  });
  const distinct = new Set<string>();
  for (const text of texts) if (distinct.size < MAX_DISTINCT) distinct.add(comparable(text));
  const description: ColumnDescription = {
    name,
    label,
    filled: values.length,
    empty: cells.length - values.length,
    examples: [...new Set(values.map(showCell))].filter((shown) => shown !== '').slice(0, MAX_EXAMPLES),
    distinct,
    isUnique: new Set(texts).size === values.length,
    hasBlanks: texts.some((text) => /\s/.test(text)),
    words: texts.length === 0 ? 0 : texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / texts.length,
    maxCharacters: texts.reduce((max, text) => Math.max(max, text.length), 0),
    emails: texts.length === 0 ? 0 : texts.filter((text) => EMAIL.test(text)).length / texts.length,
  };
  if (values.length === 0) return description;
  const numbers = numbersOf(texts, values.length);
  const time = timeOf(values, texts, numbers);
  const rating = time && time.kind !== 'numbers' ? undefined : ratingOf(values, distinct, texts);
  const separator = separatorOf(values, texts);
  return {
    ...description,
    ...(numbers && { numbers }),
    ...(time && { time }),
    ...(rating && { rating }),
    ...(separator && { separator }),
  };
}

function numbersOf(texts: readonly string[], count: number): ColumnDescription['numbers'] {
  if (texts.length < count || !texts.every((text) => /^-?\d{1,15}([.,]\d{1,15})?$/.test(text))) return undefined;
  const numbers = texts.map((text) => Number(text.replace(',', '.')));
  return {
    min: numbers.reduce((min, number) => Math.min(min, number)),
    max: numbers.reduce((max, number) => Math.max(max, number)),
    isWhole: numbers.every(Number.isInteger),
  };
}

/** Numbers that are times between 2000 and 2100, by unit. */
const TIME_NUMBERS = [
  { unit: 'excelSerial', min: 36_526, max: 73_415 },
  { unit: 'seconds', min: 946_684_800, max: 4_102_444_800 },
  { unit: 'milliseconds', min: 946_684_800_000, max: 4_102_444_800_000 },
] as const;

function timeOf(
  values: readonly unknown[],
  texts: readonly string[],
  numbers: ColumnDescription['numbers'],
): ColumnDescription['time'] {
  if (values.every((cell) => cell instanceof Date)) return { kind: 'dates' };
  if (numbers) {
    const unit = TIME_NUMBERS.find(({ min, max }) => numbers.min >= min && numbers.max <= max)?.unit;
    return unit && { kind: 'numbers', unit };
  }
  return texts.length === values.length ? detectTimeFormat(texts) : undefined;
}

function ratingOf(
  values: readonly unknown[],
  distinct: ReadonlySet<string>,
  texts: readonly string[],
): ColumnDescription['rating'] {
  const fits = (rating: 'number' | 'stars' | 'leadingNumber' | 'nps') => {
    const read = createRatingReader({ field: 'overallRating', rating });
    return values.every((cell) => !(read(cell) instanceof CellFault));
  };
  for (const reading of ['number', 'stars', 'leadingNumber', 'nps'] as const) if (fits(reading)) return reading;
  if (distinct.size > 6 || texts.length < values.length) return undefined;
  const firstForms = new Map(texts.toReversed().map((text) => [comparable(text), text]));
  const table = ratingTableOf(firstForms.values());
  return table && { table };
}

function separatorOf(values: readonly unknown[], texts: readonly string[]): ColumnDescription['separator'] {
  if (values.some(Array.isArray)) return undefined;
  return ([';', '|', ','] as const).find((sign) => texts.some((text) => text.slice(0, -1).includes(sign)));
}
