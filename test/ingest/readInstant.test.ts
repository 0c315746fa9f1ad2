import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseInstant, readInstant } from '../../src/ingest/readInstant.ts';

const MOMENT = Date.UTC(2026, 1, 5, 8, 7, 6);

describe('an instant', () => {
  it.each([
    '2026-02-05T08:07:06Z',
    '2026-02-05t08:07:06z',
    '2026-02-05 08:07:06Z',
    '2026-02-05 08:07:06 +0000',
    '2026-02-05T08:07:06+00:00',
    '2026-02-05T08:07:06-00:00',
    '20260205T080706Z',
    '20260205T08:07:06Z',
    '2026-02-05T09:07:06+0100',
    '2026-02-05T09:07:06+01',
    '2026-02-05T03:37:06-04:30',
    '2026-02-06T07:52:06+23:45',
    '2026-W06-4T08:07:06Z',
    '2026W064T080706Z',
    '2026-036T08:07:06Z',
    '2026036T080706Z',
    '2026-02-05T08:07:06.000Z',
    '2026-02-05T08:07:06,0Z',
    '2026-02-05T08:07:06.0009999999999999Z',
    String(MOMENT),
    MOMENT,
  ])('is read from %s', (sent) => {
    expect(readInstant(sent)).toBe(MOMENT);
  });

  it.each([
    ['2026-02-05T08:07Z', Date.UTC(2026, 1, 5, 8, 7)],
    ['2026-02-05T0807+0130', Date.UTC(2026, 1, 5, 6, 37)],
    ['2026-02-05T08Z', Date.UTC(2026, 1, 5, 8)],
    ['2026-02-05', Date.UTC(2026, 1, 5)],
    ['20260205', Date.UTC(2026, 1, 5)],
    ['2026-W01-1', Date.UTC(2025, 11, 29)],
    ['2020-W53-7', Date.UTC(2021, 0, 3)],
    ['2024-366', Date.UTC(2024, 11, 31)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-05T24:00Z', Date.UTC(2026, 1, 6)],
    ['20261231T240000+0100', Date.UTC(2026, 11, 31, 23)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2016-12-31T18:59:60.5-05:00', Date.UTC(2017, 0, 1, 0, 0, 0, 500)],
    ['2026-02-05T08:07:06.7Z', MOMENT + 700],
    ['2026-02-05T08:07:06,7891Z', MOMENT + 789],
    ['0004-02-29', Date.parse('0004-02-29')],
  ])('%s is %d', (sent, expected) => {
    expect(readInstant(sent)).toBe(expected);
  });

  it.each([
    ['2026-02-05T08:07:06', 'no offset'],
    ['2026-02-05 08:07', 'no offset'],
    ['20260205T0807', 'no offset'],
    ['2026-02-30', 'does not exist'],
    ['20260431', 'does not exist'],
    ['2023-02-29T08:00Z', 'does not exist'],
    ['1900-02-29', 'does not exist'],
    ['2026-13-01', 'does not exist'],
    ['2026-00-10', 'does not exist'],
    ['2026-01-00', 'does not exist'],
    ['2025-366', 'does not exist'],
    ['2026-000', 'does not exist'],
    ['2026-W54-1', 'does not exist'],
    ['2025-W53-1', 'does not exist'],
    ['2026-W00-1', 'does not exist'],
    ['2026-02-05T25:00Z', 'does not exist'],
    ['2026-02-05T24:00:01Z', 'does not exist'],
    ['2026-02-05T08:60Z', 'does not exist'],
    ['2026-02-05T08:07:61Z', 'does not exist'],
    ['2026-02-05T08:07:60Z', 'does not exist'],
    ['2026-02-04T23:59:60Z', 'does not exist'],
    ['2026-02-05T08:07+24:00', 'does not exist'],
    ['2026-02-05T08:07+01:60', 'does not exist'],
    ['2026-2-5', 'unknown format'],
    ['2026-0205', 'unknown format'],
    ['05.02.2026', 'unknown format'],
    ['02/05/2026', 'unknown format'],
    ['2026-02', 'unknown format'],
    ['2026-W06', 'unknown format'],
    ['2026-W06-8', 'unknown format'],
    ['2026036', 'unknown format'],
    ['+002026-02-05T08:07:06Z', 'unknown format'],
    ['-0001-02-05', 'unknown format'],
    ['2026-02-05T08:07:06 CET', 'unknown format'],
    ['2026-02-05T08:07:06\u221201:00', 'unknown format'],
    ['2026-02-05T', 'unknown format'],
    ['2026-02-05Z', 'unknown format'],
    ['2026-02-05T08:07:06Z\n', 'unknown format'],
    ['\u0662\u0660\u0662\u0666-02-05', 'unknown format'],
    ['1767623400', 'unknown format'],
    ['2026', 'unknown format'],
    ['', 'unknown format'],
  ])('is not read from %j: %s', (sent, reason) => {
    expect(parseInstant(sent)).toBe(reason);
    expect(readInstant(sent)).toBeUndefined();
  });

  it.each([
    0,
    1,
    -1,
    2026,
    46_027,
    20_260_105,
    1_767_623_400,
    1_767_623_400_000.5,
    1_767_623_400_000_000,
    1e300,
    Number.NaN,
  ])('is not read from the number %d', (sent) => {
    expect(readInstant(sent)).toBeUndefined();
  });

  const anyTime = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });

  it('is the same in every form and with every offset', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -14 * 60, max: 14 * 60 }), fc.boolean(), (time, minutes, isBasic) => {
        const local = new Date(time.getTime() + minutes * 60_000).toISOString();
        fc.pre(local.length === 24);
        const two = (number: number) => String(number).padStart(2, '0');
        const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const text = `${local.slice(0, -1)}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
        const [day, clock] = [text.slice(0, 10), text.slice(10)];
        expect(readInstant(isBasic ? day.replaceAll('-', '') + clock.replaceAll(':', '') : text)).toBe(time.getTime());
      }),
    );
  });

  it('of a day is the same as a calendar, an ordinal and a week date', () => {
    fc.assert(
      fc.property(anyTime, (time) => {
        const day = Date.UTC(2000 + (time.getUTCFullYear() % 400), time.getUTCMonth(), time.getUTCDate());
        const date = new Date(day);
        const text = date.toISOString().slice(0, 10);
        expect(readInstant(text)).toBe(day);
        const ordinal = (day - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000;
        expect(readInstant(`${date.getUTCFullYear()}-${String(ordinal).padStart(3, '0')}`)).toBe(day);
        const weekday = ((date.getUTCDay() + 6) % 7) + 1;
        const thursday = new Date(day + (4 - weekday) * 86_400_000);
        const week = Math.ceil((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 0)) / 86_400_000 / 7);
        expect(readInstant(`${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}-${weekday}`)).toBe(day);
      }),
    );
  });

  it('is read from any text without an error, and never outside four-digit years', () => {
    const parts = ['2026', '-', '02', '05', 'T', ' ', ':', '30', 'Z', '+', '.', 'W', '366', '99', '00'];
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((some) => some.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (sent) => {
        const read = readInstant(sent) ?? 0;
        expect(read).toBeGreaterThan(Date.parse('-000001-12-30T00:00:00Z'));
        expect(read).toBeLessThan(Date.parse('+010000-01-03T00:00:00Z'));
      }),
      { numRuns: 1_000 },
    );
  });
});
