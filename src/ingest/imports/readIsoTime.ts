import { parseInstant } from '../readInstant.ts';

/**
 * Reads a time in ISO 8601, or epoch milliseconds, with or without an offset; `UTC` and `GMT` at its end are one. `ms`: epoch
 * milliseconds; of a local time, those at which a clock in UTC shows it. A date is local midnight. Undefined if the text is
 * no such time.
 */
export function readIsoTime(text: string): { ms: number; isLocal: boolean } | undefined {
  const time = text.replace(/ (?:UTC|GMT)$/i, 'Z');
  const parsed = parseInstant(time);
  if (typeof parsed === 'number') return { ms: parsed, isLocal: DATE_ALONE.test(time) };
  const local = parsed === 'no offset' ? parseInstant(`${time}Z`) : undefined;
  return typeof local === 'number' ? { ms: local, isLocal: true } : undefined;
}

const DATE_ALONE = /^\d{4}-?(?:W\d\d-?\d|\d\d-?\d\d?|\d{3})$/i;
