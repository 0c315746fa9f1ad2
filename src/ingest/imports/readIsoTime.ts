/** A time in ISO 8601, extended form, with a blank or `T` between date and time. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?: ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?$/;

/**
 * Reads an ISO 8601 time with or without an offset. `ms`: epoch milliseconds; of a local time, those at which a clock in
 * UTC shows it. A date is local midnight. Undefined if the text is no such time or no day of the calendar.
 */
export function readIsoTime(text: string): { ms: number; isLocal: boolean } | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const ms = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second, Number(`0.${fraction || 0}`) * 1000);
  const date = new Date(ms);
  const isDay = date.getUTCMonth() === +month! - 1 && date.getUTCDate() === +day!;
  if (!isDay || +hour > 23 || +minute > 59 || +second > 59) return undefined;
  const offsetMs = offset === undefined ? 0 : readOffset(offset);
  return offsetMs === undefined ? undefined : { ms: Math.floor(ms) - offsetMs, isLocal: offset === undefined };
}

function readOffset(offset: string): number | undefined {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(offset);
  if (!match) return 0;
  const [, sign, hours, minutes = '0'] = match;
  if (+hours! > 14 || +minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (+hours! * 60 + +minutes) * 60_000;
}
