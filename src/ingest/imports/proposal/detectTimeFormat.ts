import { memoize } from '../../../analysis/memoize.ts';
import { CellFault } from '../cells.ts';
import type { TimeRule } from '../importMapping.ts';
import { readIsoTime } from '../readIsoTime.ts';
import { createTimeReader } from '../readTime.ts';

type Locale = NonNullable<TimeRule['locale']>;

/** Formats of a day in digits; `M` and `d` also read two digits. Those with `yy` are tried if none with `yyyy` fits. */
const DIGITS = [
  ['d/M/yyyy', 'M/d/yyyy', 'd.M.yyyy', 'yyyy/M/d', 'd-M-yyyy', 'M-d-yyyy', 'yyyy.M.d', 'yyyy-M-d'],
  ['d/M/yy', 'M/d/yy', 'd.M.yy', 'd-M-yy', 'M-d-yy'],
];
/** Formats of a day with the name of its month. */
const NAMES = [
  ...[
    'MMM d, yyyy',
    'MMMM d, yyyy',
    'MMM d yyyy',
    'd MMM yyyy',
    'd MMMM yyyy',
    'd-MMM-yyyy',
    'd-MMM-yy',
    'd. MMMM yyyy',
  ],
  ...["d 'de' MMMM 'de' yyyy", 'EEE, d MMM yyyy', 'EEE MMM d yyyy', 'EEEE, MMMM d, yyyy', 'EEEE, d. MMMM yyyy'],
];
const NAME_LOCALES: readonly Locale[] = ['en', 'de', 'fr', 'es', 'pt'];
const IN_DIGITS = /^\d{1,4}([./-])\d{1,2}\1\d{1,4}$/;

/** A time at the end of a text: what joins it to the day, hours to seconds, am or pm, offset. */
const TIME =
  /(,? ?(?:at|um|à|às|a las)? ?)(?<![\d:])\d{1,2}(:\d\d)(:\d\d)?([.,]\d{1,3})?( ?)([ap]\.? ?m\.?)?(?:( ?)(GMT|UTC)?([+-]\d{1,2}(?::\d\d)?|[+-]\d{4})?)?$/i;

/** Max characters of a text that may be a time. */
const MAX_CHARACTERS = 60;

export type TimeFormat =
  /** all samples are ISO 8601; `isLocal`: some have no offset */
  | { kind: 'iso'; isLocal: boolean }
  /** `isUtc`: each text says that it is in UTC; `isSure`: no other language has the same names of months */
  | { kind: 'format'; format: string; locale: Locale; hasOffset: boolean; isUtc: boolean; isSure: boolean }
  /** several formats fit all samples, and give different times */
  | { kind: 'ambiguous'; formats: string[] };

/** Format in which all texts are times; undefined if there is none. */
export function detectTimeFormat(texts: readonly string[]): TimeFormat | undefined {
  const samples = texts.map((text) => text.replace(/\s+/g, ' ').trim());
  const first = samples[0];
  if (first === undefined || first.length > MAX_CHARACTERS || !/\d/.test(first)) return undefined;
  const iso = samples.map(readIsoTime);
  if (iso.every((time) => time !== undefined)) return { kind: 'iso', isLocal: iso.some((time) => time?.isLocal) };

  const clock = clockOf(first);
  const days = new Set(samples.map((text) => text.replace(TIME, '')));
  if (samples.some((text) => clockOf(text).format !== clock.format)) return undefined;
  for (const candidates of candidatesFor(first.replace(TIME, ''))) {
    const fitting = candidates.filter(({ read }) => every(days, (day) => read(day) !== undefined));
    const best = fitting[0];
    if (!best) continue;
    const differing = fitting.filter(({ read }) => !every(days, (day) => read(day) === best.read(day)));
    if (differing.length > 0)
      return { kind: 'ambiguous', formats: [best, ...differing].map(({ format }) => format + clock.format) };
    const { format, locale } = best;
    const isSure = fitting.every((other) => other.locale === locale);
    const { hasOffset, isUtc } = clock;
    return { kind: 'format', format: format + clock.format, locale, hasOffset, isUtc, isSure };
  }
  return undefined;
}

function every<Value>(values: Iterable<Value>, holds: (value: Value) => boolean): boolean {
  for (const value of values) if (!holds(value)) return false;
  return true;
}

/** The format of the time at the end of a text; empty if there is none. */
function clockOf(text: string): { format: string; hasOffset: boolean; isUtc: boolean } {
  const match = TIME.exec(text);
  if (!match) return { format: '', hasOffset: false, isUtc: false };
  const [, joint = '', , seconds, fraction, beforeMeridiem = '', meridiem, beforeZone = '', utc, offset] = match;
  const word = joint.replace(/[, ]/g, '');
  const quoted = joint.replace(/\p{L}[\p{L} ]*\p{L}|\p{L}/u, (letters) => `'${letters}'`);
  const zone =
    offset === undefined ? utc && `'${utc}'` : `${utc ? `'${utc}'` : ''}${/^[+-]\d{4}$/.test(offset) ? 'ZZZ' : 'Z'}`;
  const format = [
    word === '' ? joint : quoted,
    meridiem ? 'h' : 'H',
    ':mm',
    seconds && ':ss',
    fraction && `${fraction[0]}SSS`,
    meridiem && `${beforeMeridiem}a`,
    zone && `${meridiem ? beforeZone : beforeMeridiem || beforeZone}${zone}`,
  ];
  return {
    format: format.filter(Boolean).join(''),
    hasOffset: offset !== undefined,
    isUtc: utc !== undefined && !offset,
  };
}

interface Candidate {
  format: string;
  locale: Locale;
  read: (day: string) => number | undefined;
}

/** Lists of formats that a day may have, to be tried in this order. */
function candidatesFor(day: string): Candidate[][] {
  if (IN_DIGITS.test(day)) return DIGITS.map((formats) => formats.map((format) => candidateOf(format, 'en')));
  if (!hasNamedMonth(day)) return [];
  return [NAMES.flatMap((format) => NAME_LOCALES.map((locale) => candidateOf(format, locale)))];
}

/** Whether a text may be a day with the name of its month: two numbers among one to three words. */
function hasNamedMonth(day: string): boolean {
  const parts = day.split(/[ ,.-]+/).filter((part) => part !== '');
  const numbers = parts.filter((part) => /^\d{1,4}$/.test(part)).length;
  const words = parts.filter((part) => /^\p{L}{2,12}$/u.test(part)).length;
  return numbers === 2 && words >= 1 && words <= 3 && numbers + words === parts.length;
}

/** Max formats whose readers are kept. */
const MAX_CACHED_FORMATS = 200;

/** Makes the reader of a format once: that costs as much as reading hundreds of days. */
const candidateOfKey = memoize(MAX_CACHED_FORMATS, (key: string): Candidate => {
  const [locale, format] = key.split('|') as [Locale, string];
  const readTime = createTimeReader({ field: 'createdAt', format, locale, zone: 'UTC' });
  return {
    format,
    locale,
    read(day) {
      const time = readTime(day);
      return time instanceof CellFault ? undefined : time;
    },
  };
});

const candidateOf = (format: string, locale: Locale) => candidateOfKey(`${locale}|${format}`);
