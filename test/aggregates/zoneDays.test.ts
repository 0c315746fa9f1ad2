import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf } from '../../src/aggregates/days.ts';
import { dayIn, instantsOf } from '../../src/aggregates/zoneDays.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The local date by another way: the runtime's own text of it. */
function dateShown(instant: Date, zone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return format.format(instant);
}

const hoursOf = (day: string, zone: string) => {
  const { from, before } = instantsOf({ from: day, to: day, zone });
  return (before!.getTime() - from!.getTime()) / HOUR_MS;
};
const startOf = (day: string, zone: string) => instantsOf({ from: day, zone }).from!.toISOString();

function isIn(instant: Date, { from, before, without = [] }: ReturnType<typeof instantsOf>): boolean {
  const inSpan = (span: { from?: Date | undefined; before?: Date | undefined }) =>
    (!span.from || instant >= span.from) && (!span.before || instant < span.before);
  return inSpan({ from, before }) && !without.some(inSpan);
}

describe('the days of a time zone', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['Europe/Berlin', '2026-07-01', 24],
    ['America/New_York', '2024-11-03', 25],
    ['Asia/Kolkata', '2024-11-03', 24],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    // Clocks went from 24:00 to 1:00: there was no midnight.
    ['America/Sao_Paulo', '2018-11-04', 23],
    ['Africa/Cairo', '2024-04-26', 23],
    ['Asia/Beirut', '2023-03-26', 23],
    // Clocks went from 24:00 to 23:00.
    ['America/Sao_Paulo', '2018-02-17', 25],
    // The zone moved to the other side of the date line.
    ['Pacific/Apia', '2011-12-29', 24],
    ['Pacific/Apia', '2011-12-30', 0],
    ['Pacific/Apia', '2011-12-31', 24],
  ])('%s: %s has %d hours', (zone, day, hours) => {
    expect(hoursOf(day, zone)).toBe(hours);
  });

  it.each([
    ['Asia/Kathmandu', '2026-05-05', '2026-05-04T18:15:00.000Z'],
    ['Pacific/Chatham', '2026-01-10', '2026-01-09T10:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-10', '2026-01-09T10:00:00.000Z'],
    ['Etc/GMT+12', '2026-01-10', '2026-01-10T12:00:00.000Z'],
    ['Africa/Cairo', '2024-04-26', '2024-04-25T22:00:00.000Z'],
    ['Africa/Casablanca', '2026-02-15', '2026-02-14T23:00:00.000Z'],
    // Offsets had seconds before there were standard times.
    ['Africa/Monrovia', '1971-06-01', '1971-06-01T00:44:30.000Z'],
  ])('%s: %s starts at %s', (zone, day, start) => {
    expect(startOf(day, zone)).toBe(start);
    expect(dayIn(new Date(startOf(day, zone)), zone)).toBe(day);
    expect(dayIn(new Date(Date.parse(startOf(day, zone)) - 1), zone) < day).toBe(true);
  });

  it('are those that the clock shows, even if it went back over midnight', () => {
    // At one minute past midnight, clocks went back to 23:01 of Saturday.
    const zone = 'America/St_Johns';
    const at = (time: string) => new Date(`2006-10-29T${time}Z`);
    expect(
      ['02:29:59', '02:30:00', '02:30:59', '02:31:00', '03:29:59', '03:30:00'].map((time) => dayIn(at(time), zone)),
    ).toEqual([...['2006-10-28', '2006-10-29', '2006-10-29', '2006-10-28', '2006-10-28', '2006-10-29']]);
    const [saturday, sunday] = ['2006-10-28', '2006-10-29'].map((day) => instantsOf({ from: day, to: day, zone }));
    expect(saturday!.without).toEqual([{ from: at('02:30:00'), before: at('02:31:00') }]);
    expect(sunday!.without).toEqual([{ from: at('02:31:00'), before: at('03:30:00') }]);
  });

  it('without a zone are UTC days', () => {
    const instant = new Date('2026-03-29T23:30:00Z');
    expect(dayIn(instant)).toBe('2026-03-29');
    expect(instantsOf({ from: '2026-03-29', to: '2026-03-30' })).toEqual({
      from: new Date('2026-03-29'),
      before: new Date('2026-03-31'),
    });
    expect(instantsOf({})).toEqual({ from: undefined, before: undefined });
  });

  it('are clamped to four digits of a year, as UTC days are', () => {
    for (const timeMs of [-8.64e15, Date.parse('-000001-06-01'), Date.parse('+010000-06-01'), 8.64e15])
      expect(dayIn(new Date(timeMs), 'Asia/Tokyo')).toBe(dayOf(new Date(timeMs)));
    expect(dayIn(new Date('0000-06-01T12:00:00Z'), 'Etc/GMT-1')).toBe('0000-06-01');
    expect(instantsOf({ from: '0000-01-01', to: '9999-12-31', zone: 'Etc/GMT-1' })).toEqual({
      from: new Date('-000001-12-31T23:00:00Z'),
      before: new Date('9999-12-31T23:00:00Z'),
    });
  });

  // Weighted towards the hours around midnight of the days on which many zones change their clocks.
  const zones = fc.constantFrom(
    ...Intl.supportedValuesOf('timeZone'),
    'Asia/Kolkata',
    'US/Pacific',
    'Europe/Kyiv',
    'UTC',
  );
  const days = fc
    .integer({ min: Date.parse('1925-01-01'), max: Date.parse('2045-01-01') })
    .map((ms) => new Date(ms).toISOString().slice(0, 10));
  it('are the dates that the runtime shows, at any instant and in any zone', () => {
    const minutes = fc.integer({ min: -16 * 60, max: 40 * 60 });
    fc.assert(
      fc.property(zones, days, fc.array(minutes, { minLength: 1, maxLength: 20 }), (zone, day, offsets) => {
        const range = instantsOf({ from: day, to: day, zone });
        for (const minute of offsets) {
          const instant = new Date(Date.parse(day) + minute * MINUTE_MS + (minute % 7) * 997);
          const shown = dateShown(instant, zone);
          expect([zone, instant, dayIn(instant, zone)]).toEqual([zone, instant, shown]);
          expect([zone, instant, isIn(instant, range)]).toEqual([zone, instant, shown === day]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('cover all time without a gap or an overlap, through years with changes of the clock', () => {
    for (const [zone, year] of [
      ['America/St_Johns', 2006],
      ['Africa/Casablanca', 2024],
      ['Pacific/Apia', 2011],
      ['Asia/Gaza', 2023],
    ] as const) {
      let previous = '';
      for (let ms = Date.UTC(year, 0, 1); ms < Date.UTC(year + 1, 0, 1); ms += 30 * MINUTE_MS) {
        const instant = new Date(ms);
        const day = dayIn(instant, zone);
        const isFirst = previous === '';
        if (day === previous) continue;
        previous = day;
        if (isFirst) continue;
        expect([zone, instant, day]).toEqual([zone, instant, dateShown(instant, zone)]);
        expect(isIn(instant, instantsOf({ from: day, to: day, zone }))).toBe(true);
        expect(isIn(new Date(ms - 30 * MINUTE_MS), instantsOf({ from: day, to: day, zone }))).toBe(false);
      }
    }
  });
});
