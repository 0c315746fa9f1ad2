import { DAY_MS, dayOf } from '../aggregates/days.ts';
import { MAX_EPOCH_MS, MIN_EPOCH_MS, parseInstant, readInstant } from './readInstant.ts';

/** Earliest time of a feedback that is taken, unless EARLIEST_CREATED_AT is set; in epoch ms. */
export const DEFAULT_EARLIEST_MS = Date.UTC(2000, 0, 1);
/** Max ms that a time may be ahead of the service's clock and is kept as it is. Covers a wrong time zone. */
const MAX_KEPT_AHEAD_MS = DAY_MS;
/** Max ms that the clock of a device may be ahead: ten years. A later time is rather a typing error or a placeholder. */
const MAX_AHEAD_MS = 3_653 * DAY_MS;

const RULE = 'must be epoch milliseconds, or ISO 8601 with an offset such as 2026-11-24T09:30:00Z';

/** Whether a feedback is kept at its time of arrival, because its own is too far ahead. Both in epoch ms. */
export const isAhead = (createdAt: number, now: number) => createdAt > now + MAX_KEPT_AHEAD_MS;

/**
 * The time of a feedback in epoch ms, or the error text if it is not taken. A time that `isAhead` is taken up to ten years.
 *
 * `sent`: the time as sent; `now` and `earliest`: epoch ms
 */
export function readCreatedAt(sent: unknown, now: number, earliest: number): number | string {
  if (typeof sent !== 'string' && typeof sent !== 'number') return RULE;
  const createdAt = readInstant(sent);
  if (createdAt === undefined) return `${unreadable(sent)}; times are taken from ${isoOf(earliest)} on`;
  if (createdAt < earliest)
    return notTaken(sent, createdAt, `before ${isoOf(earliest)}, the earliest time that is taken`);
  if (createdAt > now + MAX_AHEAD_MS) return notTaken(sent, createdAt, 'more than ten years ahead');
  return createdAt;
}

const isoOf = (ms: number) => new Date(ms).toISOString();

function notTaken(sent: string | number, createdAt: number, reason: string): string {
  const advice = probableMeaning(sent) || 'correct it, or leave it out for the time of arrival';
  return `is ${isoOf(createdAt)}, ${reason}; ${advice}`;
}

function unreadable(sent: string | number): string {
  const meaning = probableMeaning(sent);
  if (meaning !== '') return meaning;
  const reason = typeof sent === 'string' ? parseInstant(sent) : undefined;
  if (reason === 'no offset') return 'has no offset from UTC; add Z for UTC, or an offset such as +01:00';
  if (reason === 'does not exist') return 'is a date or a time that does not exist';
  return RULE;
}

/** Range of times that people mean, in epoch ms. */
const PROBABLE = { from: Date.UTC(2000, 0, 1), before: Date.UTC(2100, 0, 1) };
const isProbable = (ms: number) => ms >= PROBABLE.from && ms < PROBABLE.before;
/** Days from the start of a spreadsheet's count to 1970. */
const SPREADSHEET_DAYS = 25_569;
const NUMBER = /^\d{1,20}(?:\.\d{1,20})?$/;

/** The meaning that a number probably has, and the value to send instead. Empty without an idea. */
function probableMeaning(sent: string | number): string {
  if (!NUMBER.test(String(sent))) return '';
  const number = Number(sent);
  const whole = Math.floor(number);
  const sinceEpoch = (unit: string, ms: number) =>
    isProbable(ms) && `${sent} looks like ${unit} since 1970; send milliseconds: ${Math.floor(ms)}`;
  return (
    (number !== whole && isProbable(whole) && `${sent} has a fraction; send whole milliseconds: ${whole}`) ||
    sinceEpoch('seconds', number * 1e3) ||
    sinceEpoch('microseconds', number / 1e3) ||
    sinceEpoch('nanoseconds', number / 1e6) ||
    spreadsheetDay(number) ||
    (number === whole && whole >= 1900 && whole < 2100
      ? `${sent} looks like a year; send a day, such as "${whole}-12-31"`
      : dateInDigits(String(sent)))
  );
}

function spreadsheetDay(number: number): string {
  const ms = (Math.floor(number) - SPREADSHEET_DAYS) * DAY_MS;
  if (!isProbable(ms)) return '';
  return `${number} looks like a day number of a spreadsheet; send the time as text, such as "${dayOf(new Date(ms))}"`;
}

/** Digits such as 20260105 or 20260105093000. */
function dateInDigits(digits: string): string {
  const [, year, month, day, hour, minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)?(\d\d)?)?$/.exec(digits) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!isProbable(readInstant(date) ?? 0)) return '';
  if (hour === undefined) return `${digits} looks like a day; send it as text: "${date}"`;
  return `${digits} looks like a time in digits; send it as text with its offset: "${date}T${hour}:${minute}:${second}Z" if it is UTC`;
}

const DAY_PATTERN = [
  '-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])',
  '(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])',
  '-?[Ww](0[1-9]|[1-4]\\d|5[0-3])-?[1-7]',
  '-?(00[1-9]|0[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])',
].join('|');
const TIME_PATTERN = '([01]\\d|2[0-4])(:?[0-5]\\d(:?([0-5]\\d|60)([.,]\\d{1,30})?)?)?';
const OFFSET_PATTERN = ' ?([Zz]|[+-]([01]\\d|2[0-3])(:?[0-5]\\d)?)';

/** JSON Schema of the times that are taken. `earliest`: epoch ms. */
export const createdAtJsonSchema = (earliest: number) => ({
  anyOf: [
    { type: 'integer', minimum: Math.max(earliest, MIN_EPOCH_MS), maximum: MAX_EPOCH_MS },
    {
      type: 'string',
      pattern: `^((19[7-9]\\d|[2-9]\\d{3})(${DAY_PATTERN})([Tt ]${TIME_PATTERN}${OFFSET_PATTERN})?|\\d{12,15})$`,
    },
  ],
});
