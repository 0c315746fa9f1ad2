import { DateTime, Info, type Zone } from 'luxon';
import { readInstant } from '../readInstant.ts';
import { CellFault, type Read } from './cells.ts';
import { hasOffset } from './dateFormat.ts';
import type { TimeRule } from './importMapping.ts';
import { readIsoTime } from './readIsoTime.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Day 0 of a spreadsheet, so that day 61 is 1900-03-01 and the wrong leap day of 1900 makes no difference after it. */
const SPREADSHEET_EPOCH_MS = Date.UTC(1899, 11, 30);

const fault = (message: string) => new CellFault(message);
const NO_UNIT = fault(
  'is a bare number; add "unit": "milliseconds", "seconds" or "excelSerial" to the rule of its column, or a "format"',
);
const NO_ZONE = fault('has no offset; add the time zone in which it was written, such as "zone": "Europe/Berlin"');
const NOT_ISO = fault('is not an ISO 8601 time; add its "format", such as "dd/MM/yyyy HH:mm", and its "zone"');
const NOT_IN_FORMAT = fault('is not in the format of its column, or is no day of the calendar');
const SKIPPED = fault('does not exist in its time zone: clocks were put forward over it');
const NOT_TIME = fault('is not a time');

/**
 * Makes the reader of a column of times. It gives epoch milliseconds, undefined if the cell is empty, or a fault.
 *
 * A local time that a zone has twice (the hour that clocks are put back) is read as the earlier one. One that it does
 * not have is refused.
 */
export function createTimeReader(rule: TimeRule): (cell: unknown) => Read<number> {
  const zone = rule.zone === undefined ? undefined : zoneOf(rule.zone);
  const fromLocal = (localMs: number) => (zone ? instantOf(localMs, zone) : NO_ZONE);
  const parseFormat = rule.format === undefined ? undefined : formatParser(rule.format, rule, fromLocal);
  return (cell) => {
    if (cell === undefined || cell === null) return undefined;
    if (typeof cell === 'number') return fromNumber(cell, rule.unit, fromLocal);
    // A date of a spreadsheet has no zone: its UTC parts are those that the sheet shows.
    if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? NOT_TIME : fromLocal(cell.getTime());
    if (typeof cell !== 'string') return NOT_TIME;
    const text = cell.replace(/\s+/g, ' ').trim();
    if (text === '') return undefined;
    if (parseFormat) return parseFormat(text);
    const isNumber = /^[+-]?\d+(?:[.,]\d+)?$/.test(text);
    if (isNumber && rule.unit) return fromNumber(Number(text.replace(',', '.')), rule.unit, fromLocal);
    const iso = readIsoTime(text);
    if (iso === undefined) return isNumber ? NO_UNIT : NOT_ISO;
    return iso.isLocal ? fromLocal(iso.ms) : iso.ms;
  };
}

function fromNumber(value: number, unit: TimeRule['unit'], fromLocal: (localMs: number) => Read<number>): Read<number> {
  if (unit === undefined) return readInstant(value) ?? NO_UNIT;
  if (!Number.isFinite(value)) return NOT_TIME;
  if (unit === 'excelSerial') return fromLocal(SPREADSHEET_EPOCH_MS + Math.round(value * DAY_MS));
  return Math.round(unit === 'seconds' ? value * 1000 : value);
}

function formatParser(format: string, { locale = 'en' }: TimeRule, fromLocal: (localMs: number) => Read<number>) {
  const isInstant = hasOffset(format);
  const options = { locale, zone: 'utc' };
  const parser = DateTime.buildFormatParser(format, options);
  const respell = createSpelling(locale);
  return (text: string): Read<number> => {
    const time = DateTime.fromFormatParser(respell(text), parser, options);
    if (!time.isValid) return NOT_IN_FORMAT;
    return isInstant ? time.toMillis() : fromLocal(time.toMillis());
  };
}

/** Makes the function that writes `a.m.` and `Sept` as the parser knows them: am and pm are English in many languages. */
function createSpelling(locale: string): (text: string) => string {
  const meridiems = Info.meridiems({ locale });
  return (text) => {
    const spelled = text.replace(
      /(\d ?)([ap])\.? ?m\.?(?!\p{L})/iu,
      (_, before: string, letter: string) => `${before}${meridiems[letter.toLowerCase() === 'a' ? 0 : 1]}`,
    );
    return locale === 'en' ? spelled.replace(/\bSept\b/i, 'Sep') : spelled;
  };
}

const zoneOf = (name: string): Zone => Info.normalizeZone(/^[+-]/.test(name) ? `UTC${name}` : name);

/** The instant at which a zone's clock shows a local time, given as if it were UTC. Takes the earlier of two. */
function instantOf(localMs: number, zone: Zone): Read<number> {
  // Offsets change at most once within two days, so these are all that can apply.
  const candidates = [zone.offset(localMs - DAY_MS), zone.offset(localMs + DAY_MS)]
    .map((offset) => ({ offset, ms: localMs - offset * 60_000 }))
    .filter(({ offset, ms }) => zone.offset(ms) === offset)
    .map(({ ms }) => ms);
  return candidates.length > 0 ? Math.min(...candidates) : SKIPPED;
}
