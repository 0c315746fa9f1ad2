import { DAY_MS } from '../aggregates/days.ts';

/**
 * Min number that is read as epoch milliseconds: 1973-03-03. Smaller numbers are rather seconds, years or days: seconds
 * reach it in the year 5138. Earlier times can be sent as text.
 */
export const MIN_EPOCH_MS = 100_000_000_000;
/** Max epoch milliseconds: the end of the year 9999. Greater numbers are rather microseconds. */
export const MAX_EPOCH_MS = 253_402_300_799_999;

/** Reasons for which a text is no instant. */
export type NoInstant = 'unknown format' | 'no offset' | 'does not exist';

/**
 * The instant, in epoch milliseconds, of a number or a text. A number is epoch milliseconds, and so is a text of 12 to 15
 * digits; any other text is ISO 8601, as `parseInstant` reads it. Undefined if it is not clear which instant is meant.
 */
export function readInstant(sent: string | number): number | undefined {
  const read = typeof sent === 'string' ? parseInstant(sent) : epochMs(sent);
  return typeof read === 'number' ? read : undefined;
}

const epochMs = (number: number) =>
  Number.isInteger(number) && number >= MIN_EPOCH_MS && number <= MAX_EPOCH_MS ? number : undefined;

/** Calendar date, basic calendar date, week date or ordinal date; then, if any, time and offset. */
const ISO_8601 =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)|(\d{4})-?W(\d\d)-?([1-7])|(\d{4})-?(\d{3}))(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,30}))?)?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;
const EPOCH_DIGITS = /^\d{12,15}$/;
/** Length of an ordinal date without hyphen. Seven digits alone may mean too much else. */
const ORDINAL_DIGITS = 7;

/**
 * Reads ISO 8601 in its usual forms: basic and extended, calendar, week and ordinal dates, with or without seconds. A date
 * alone is the start of that UTC day. Digits beyond the milliseconds are cut. A space may take the place of the T
 * (RFC 3339).
 */
export function parseInstant(text: string): number | NoInstant {
  const match = ISO_8601.exec(text);
  if (match === null || text.length === ORDINAL_DIGITS)
    return (EPOCH_DIGITS.test(text) ? epochMs(Number(text)) : undefined) ?? 'unknown format';
  const day = dayIn(match);
  if (day === undefined) return 'does not exist';
  const [hour, minute = '', second = '', fraction = '', offset] = match.slice(12) as (string | undefined)[];
  if (hour === undefined) return day;
  if (offset === undefined) return 'no offset';
  const time = timeOfDay(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')));
  const shift = offsetMs(offset);
  if (time === undefined || shift === undefined) return 'does not exist';
  const instant = day + time - shift;
  // A leap second is the last one of a UTC month. Like clocks, it is read as the first one of the next month.
  return second === '60' && !isStartOfMonth(instant - (time % 1000)) ? 'does not exist' : instant;
}

function dayIn(match: RegExpExecArray): number | undefined {
  const [, year, month, day, basicYear, basicMonth, basicDay, weekYear, week, weekday, ordinalYear, ordinal] = match;
  if (year !== undefined) return calendarDay(Number(year), Number(month), Number(day));
  if (basicYear !== undefined) return calendarDay(Number(basicYear), Number(basicMonth), Number(basicDay));
  if (weekYear !== undefined) return weekDay(Number(weekYear), Number(week), Number(weekday));
  return ordinalDay(Number(ordinalYear), Number(ordinal));
}

/** Years after which the calendar repeats, with its weekdays, and their days. */
const CYCLE_YEARS = 400;
const CYCLE_DAYS = 146_097;

/** Start of a day, in epoch ms. `month` and `day` count from 1; any other day is counted on. */
const startOf = (year: number, month: number, day: number) =>
  // `Date.UTC` would read the year 5 as 1905.
  Date.UTC(year + CYCLE_YEARS, month - 1, day) - CYCLE_DAYS * DAY_MS;

function calendarDay(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const start = startOf(year, month, day);
  // The 30th of February would be the 2nd of March.
  return day <= 28 || start < startOf(year, month + 1, 1) ? start : undefined;
}

/** Week 1 holds January 4. A week belongs to the year of its Thursday. */
function weekDay(year: number, week: number, weekday: number): number | undefined {
  const january4 = startOf(year, 1, 4);
  const firstMonday = january4 - ((new Date(january4).getUTCDay() + 6) % 7) * DAY_MS;
  const monday = firstMonday + (week - 1) * 7 * DAY_MS;
  const thursday = monday + 3 * DAY_MS;
  if (week < 1 || thursday >= startOf(year + 1, 1, 1)) return undefined;
  return monday + (weekday - 1) * DAY_MS;
}

function ordinalDay(year: number, ordinal: number): number | undefined {
  const start = startOf(year, 1, ordinal);
  return ordinal >= 1 && start < startOf(year + 1, 1, 1) ? start : undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Milliseconds since the start of the day. 24:00 is the end of the day. */
function timeOfDay(hour: number, minute: number, second: number, ms: number): number | undefined {
  const time = hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + ms;
  return minute <= 59 && second <= 60 && (hour <= 23 || time === DAY_MS) ? time : undefined;
}

/** Offset from UTC in ms: `Z`, `+01`, `+0100` or `+01:00`. */
function offsetMs(offset: string): number | undefined {
  if (offset.length === 1) return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.length > 3 ? offset.slice(-2) : 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
}

const isStartOfMonth = (instant: number) => instant % DAY_MS === 0 && new Date(instant).getUTCDate() === 1;
