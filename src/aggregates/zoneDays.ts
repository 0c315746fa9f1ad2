import { memoize } from '../analysis/memoize.ts';
import { localDay } from './aggregateKey.ts';
import { DAY_MS, dayOf } from './days.ts';

// Calendar days of a time zone. The rules of the zones are those of the runtime (`Intl`), read once for each hour that is
// asked for. Days follow the local clock: one with a change of the clock has 23 or 25 hours, a day that a zone skipped has
// none, and midnight need not exist.

/** Instants from `from` (inclusive) to `before` (exclusive), except those in `without`. */
export interface Instants {
  from?: Date | undefined;
  before?: Date | undefined;
  /** only if the clock went back over midnight: minutes of another day in between */
  without?: readonly { from: Date; before: Date }[];
}

/** Days `YYYY-MM-DD`, both inclusive, of a time zone. */
export interface ZonedDays {
  from?: string | undefined;
  to?: string | undefined;
  /** IANA name; UTC by default */
  zone?: string | undefined;
}

const HOUR_MS = 3_600_000;
/** Max milliseconds by which a local clock was ever ahead of or behind UTC, rounded up. */
const MAX_OFFSET_MS = 17 * HOUR_MS;
/** The earliest and the latest time that a `Date` can represent, less an offset. */
const MAX_TIME_MS = 8.64e15 - MAX_OFFSET_MS;
/** Max zones, and max hours of each, with cached offsets. */
const MAX_CACHED = { zones: 500, hours: 20_000 };

/** The local day of an instant, `YYYY-MM-DD`; the UTC day without a zone. Clamped to the years 0000 to 9999. */
export function dayIn(instant: Date, zone?: string): string {
  if (zone === undefined) return dayOf(instant);
  const timeMs = Math.max(-MAX_TIME_MS, Math.min(instant.getTime(), MAX_TIME_MS));
  return dayOf(new Date(timeMs + clockOf(zone).offsetAt(timeMs)));
}

/** The local day of an instant, as feedback stores it (`Dimensions.localDays`). */
export const localDayOf = (instant: Date, zone: string) => localDay(zone, dayIn(instant, zone));

/** The instants of a range of days. */
export function instantsOf({ from, to, zone }: ZonedDays): Instants {
  const starts = from === undefined ? undefined : startsOf(Date.parse(from), zone);
  const ends = to === undefined ? undefined : startsOf(Date.parse(to) + DAY_MS, zone);
  const gaps = starts?.slice(1).map(({ from }, index) => ({ from: starts[index]!.before, before: from })) ?? [];
  const without = [...gaps, ...(ends?.slice(0, -1) ?? [])].map((span) => ({
    from: new Date(span.from),
    before: new Date(span.before),
  }));
  return {
    from: starts && new Date(starts[0]!.from),
    before: ends && new Date(ends.at(-1)!.from),
    ...(without.length > 0 && { without }),
  };
}

/** Milliseconds `from` (inclusive) to `before` (exclusive). */
interface Span {
  from: number;
  before: number;
}

/**
 * The times at which the local date is a given day or a later one, in order; the last span has no end. `dayMs` is the
 * midnight that starts the day in UTC.
 */
function startsOf(dayMs: number, zone: string | undefined): Span[] {
  if (zone === undefined) return [{ from: dayMs, before: Number.POSITIVE_INFINITY }];
  const spans: Span[] = [];
  for (const { from, before, offset } of clockOf(zone).steadySpans(dayMs - MAX_OFFSET_MS, dayMs + MAX_OFFSET_MS)) {
    const start = Math.max(from, dayMs - offset);
    if (start >= before) continue;
    const last = spans.at(-1);
    if (last?.before === start) last.before = before;
    else spans.push({ from: start, before });
  }
  return spans;
}

interface Clock {
  /** Milliseconds that the local clock is ahead of UTC. */
  offsetAt(timeMs: number): number;
  /** The spans of one offset each that cover a range, in order. The last one has no end. */
  steadySpans(fromMs: number, toMs: number): (Span & { offset: number })[];
}

const LOCAL_TIME: Intl.DateTimeFormatOptions = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

const clockOf = memoize(MAX_CACHED.zones, createClock);

function createClock(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', { ...LOCAL_TIME, timeZone: zone });
  const hourOffset = memoize(MAX_CACHED.hours, (hour: number) => readOffset(format, hour * HOUR_MS));
  /** Time of the change of the clock in an hour. No zone changes it twice in one hour. */
  const changeIn = memoize(MAX_CACHED.hours, (hour: number) => {
    const before = hourOffset(hour);
    let [last, first] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    while (first - last > 1_000) {
      const middle = last + Math.floor((first - last) / 2_000) * 1_000;
      if (readOffset(format, middle) === before) last = middle;
      else first = middle;
    }
    return first;
  });

  function offsetAt(timeMs: number): number {
    const hour = Math.floor(timeMs / HOUR_MS);
    const [offset, next] = [hourOffset(hour), hourOffset(hour + 1)];
    return offset === next || timeMs < changeIn(hour) ? offset : next;
  }

  return {
    offsetAt,
    steadySpans(fromMs, toMs) {
      const spans = [{ from: fromMs, before: Number.POSITIVE_INFINITY, offset: offsetAt(fromMs) }];
      for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
        const offset = hourOffset(hour + 1);
        const last = spans.at(-1)!;
        if (offset === last.offset) continue;
        last.before = changeIn(hour);
        spans.push({ from: last.before, before: Number.POSITIVE_INFINITY, offset });
      }
      return spans;
    },
  };
}

/** The offset of a zone at an instant, from the local time that the runtime shows. */
function readOffset(format: Intl.DateTimeFormat, timeMs: number): number {
  const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => Number(parts.get(type)),
  ) as [number, number, number, number, number, number];
  const local = new Date(0);
  // The year before the year 1 is 1 BC. `Date.UTC` would read the year 5 as 1905.
  local.setUTCFullYear(parts.get('era')?.startsWith('B') ? 1 - year : year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  return local.getTime() - Math.floor(timeMs / 1_000) * 1_000;
}
