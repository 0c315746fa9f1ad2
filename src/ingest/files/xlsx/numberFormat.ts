/** Meaning of a number by the format in which it is shown: a number, an instant, a time of day, or digits of a fixed count. */
export type NumberFormat = { kind: 'number' | 'date' | 'time' } | { kind: 'digits'; count: number };

const NUMBER: NumberFormat = { kind: 'number' };
const DATE: NumberFormat = { kind: 'date' };
const TIME: NumberFormat = { kind: 'time' };

/** Formats that every workbook has, by their number (ECMA-376, section 18.8.30, with those of East Asia). */
const BUILT_IN = new Map<number, NumberFormat>([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, DATE] as const),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id) => [id, TIME] as const),
]);

/** Parts of a format that are shown as they are, and colours, conditions and locales in brackets; not elapsed time. */
const LITERALS = /"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^[\]]*\]/gi;

/** `code`: of a format of the workbook's own */
export function numberFormatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return BUILT_IN.get(id) ?? NUMBER;
  const shown = (code.replace(LITERALS, '').split(';')[0] ?? '').toLowerCase();
  if (/^0{2,}$/.test(shown)) return { kind: 'digits', count: shown.length };
  if (shown.includes('general')) return NUMBER;
  if (/[yd]|m{3}/.test(shown)) return DATE;
  if (/[hs]/.test(shown)) return TIME;
  return shown.includes('m') ? DATE : NUMBER;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days from the start of each date system to 1970. */
const DAYS_TO_1970 = 25_569;
const DAYS_FROM_1900_TO_1904 = 1_462;

/** The date and time that a serial number shows, as if it were in UTC; undefined if there is none. */
export function dateOfSerial(serial: number, isFrom1904: boolean): Date | undefined {
  const days = isFrom1904 ? serial + DAYS_FROM_1900_TO_1904 : serial;
  // Spreadsheets count a 29 February 1900, which there was not.
  const counted = days < 60 ? days + 1 : days;
  const date = new Date(Math.round((counted - DAYS_TO_1970) * DAY_MS));
  return serial < 0 || Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? undefined : date;
}
