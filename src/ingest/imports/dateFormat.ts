import { z } from 'zod';

const MAX_FORMAT_CHARACTERS = 60;

const FORMAT =
  'must be made of yyyy or yy, M to MMMM, d or dd, and H, h, m, s, S, a, Z (offset) and EEE (weekday), with other letters in quotes, such as dd/MM/yyyy HH:mm or MMM d, yyyy h:mm a';

/** Runs of one letter that a format can have. Signs of punctuation and quoted text stand for themselves. */
const TOKENS =
  /^(?:(?:yyyy|yy)(?!y)|M{1,4}(?!M)|d{1,2}(?!d)|E{3,4}(?!E)|H{1,2}(?!H)|h{1,2}(?!h)|m{1,2}(?!m)|s{1,2}(?!s)|S(?:SS)?(?!S)|a(?!a)|Z{1,3}(?!Z)|'[^']*'|[ ,./:()-])+$/;

const SIGN = '[ ./-]';
const DAY = ['d{1,2}', 'M{1,4}', 'yyyy'];
const TIME = '(H{1,2}:mm(:ss)?|h{1,2}:mm(:ss)? a)';
/** JSON Schema's pattern, for the usual orders. It is narrower than the rule, which it cannot say. */
const USUAL = `^(${[DAY, [DAY[1], DAY[0], DAY[2]], DAY.toReversed()].map((parts) => parts.join(SIGN)).join('|')})( ${TIME}( Z{1,3})?)?$`;

/**
 * A date format in tokens of Unicode (UTS 35), as the library luxon reads them: year, month and day once each, perhaps a
 * time. `h` needs `a`, since 3 o'clock is twice a day.
 */
export const dateFormatSchema = z
  .string({ error: FORMAT })
  .min(5)
  .max(MAX_FORMAT_CHARACTERS)
  .regex(TOKENS, { error: FORMAT })
  .refine(isWholeDate, {
    error: 'must have a year, a month and a day, each part once, H without a, h with a, minutes with hours',
  })
  .meta({
    pattern: USUAL,
    description:
      'Format of a time that is not ISO 8601: yyyy or yy, M to MMMM, d, H, h, m, s, S, a, Z, EEE; other letters in quotes.',
    example: 'dd/MM/yyyy HH:mm',
  });

/** The letters of a format's tokens, without quoted text. */
function lettersOf(format: string): string[] {
  return (
    format
      .replace(/'[^']*'/g, '')
      .match(/([A-Za-z])\1*/g)
      ?.map((token) => token[0]!) ?? []
  );
}

function isWholeDate(format: string): boolean {
  const letters = lettersOf(format);
  const has = (letter: string) => letters.includes(letter);
  return (
    has('y') &&
    has('M') &&
    has('d') &&
    new Set(letters).size === letters.length &&
    has('h') === has('a') &&
    !(has('h') && has('H')) &&
    (has('h') || has('H')) === has('m') &&
    (!has('s') || has('m')) &&
    (!has('S') || has('s'))
  );
}

/** Whether times in this format carry their offset. */
export const hasOffset = (format: string) => lettersOf(format).includes('Z');

const ZONE = 'must be a time zone such as Europe/Berlin, or an offset such as +02:00';
const OFFSET = /^[+-](?:0\d|1[0-4]):[0-5]\d$/;

/** Zone of local times: an IANA name or an offset. */
export const timeZoneSchema = z
  .string({ error: ZONE })
  .max(50, { error: ZONE })
  .refine(isTimeZone, { error: ZONE })
  .meta({
    anyOf: [{ enum: ['UTC', ...Intl.supportedValuesOf('timeZone')] }, { pattern: OFFSET.source }],
    description: 'Time zone of times without an offset: IANA name, or an offset. Required if there are any.',
    example: 'Europe/Berlin',
  });

/** Whether a text is the IANA name of a time zone, or an offset such as +02:00. */
export function isTimeZone(zone: string): boolean {
  if (OFFSET.test(zone)) return true;
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
