import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { CellFault } from '../../../src/ingest/imports/cells.ts';
import type { TimeRule } from '../../../src/ingest/imports/importMapping.ts';
import { createTimeReader } from '../../../src/ingest/imports/readTime.ts';

function read(rule: Omit<TimeRule, 'field'>, cell: unknown): unknown {
  const value = createTimeReader({ field: 'createdAt', ...rule })(cell);
  if (value instanceof CellFault) return `fault: ${value.message}`;
  return value === undefined ? undefined : new Date(value).toISOString();
}

describe('a time', () => {
  it.each([
    [{}, '2026-03-02T10:15:30Z', '2026-03-02T10:15:30.000Z'],
    [{}, '2026-03-02 10:15:30 UTC', '2026-03-02T10:15:30.000Z'],
    [{}, '2026-03-02T10:15+01:00', '2026-03-02T09:15:00.000Z'],
    [{ zone: 'Asia/Tokyo' }, '2026-03-02T10:15+01:00', '2026-03-02T09:15:00.000Z'],
    [{ zone: 'Asia/Tokyo' }, '2026-03-02 10:15', '2026-03-02T01:15:00.000Z'],
    [{ zone: 'America/Sao_Paulo' }, '2026-03-02', '2026-03-02T03:00:00.000Z'],
    [{ zone: '+05:30' }, '2026-03-02 10:15:00.250', '2026-03-02T04:45:00.250Z'],
    [{ format: 'dd/MM/yyyy HH:mm', zone: 'Europe/Berlin' }, '02/03/2026 10:15', '2026-03-02T09:15:00.000Z'],
    [{ format: 'M/d/yyyy h:mm a', zone: 'America/New_York' }, '3/2/2026 1:05 PM', '2026-03-02T18:05:00.000Z'],
    [{ format: 'M/d/yyyy h:mm a', zone: 'America/New_York' }, '3/2/2026 12:05\u202fAM', '2026-03-02T05:05:00.000Z'],
    [{ format: 'M/d/yyyy h:mm a', zone: 'UTC' }, '3/2/2026 1:05 p.m.', '2026-03-02T13:05:00.000Z'],
    [{ format: 'MMM d, yyyy h:mm a', zone: 'UTC' }, 'Sept 7, 2026 3:00 PM', '2026-09-07T15:00:00.000Z'],
    [
      { format: 'd. MMMM yyyy HH:mm', locale: 'de', zone: 'Europe/Vienna' },
      '2. März 2026 10:15',
      '2026-03-02T09:15:00.000Z',
    ],
    [{ format: 'd MMM yyyy', locale: 'fr', zone: 'Europe/Paris' }, '2 févr. 2026', '2026-02-01T23:00:00.000Z'],
    [{ format: "d 'de' MMMM 'de' yyyy", locale: 'pt', zone: 'UTC' }, '7 de abril de 2026', '2026-04-07T00:00:00.000Z'],
    [{ format: "yyyy/MM/dd h:mm:ss a 'GMT'Z" }, '2026/04/16 8:51:30 PM GMT+3', '2026-04-16T17:51:30.000Z'],
    [{ format: 'dd/MM/yyyy h:mm a', locale: 'es', zone: 'UTC' }, '02/03/2026 9:05 p. m.', '2026-03-02T21:05:00.000Z'],
    [{ format: 'dd/MM/yyyy h:mm a', locale: 'fr', zone: 'UTC' }, '02/03/2026 9:05 pm', '2026-03-02T21:05:00.000Z'],
    [{ format: "d MMM yyyy HH'h'mm", locale: 'fr', zone: '-03:30' }, '5 janv. 2026 09h05', '2026-01-05T12:35:00.000Z'],
    [{ zone: 'Europe/Berlin' }, '20260302', '2026-03-01T23:00:00.000Z'],
    [{}, '20260302T101530+0100', '2026-03-02T09:15:30.000Z'],
    [{}, '1767623400000', '2026-01-05T14:30:00.000Z'],
    [{}, 1767623400000, '2026-01-05T14:30:00.000Z'],
    [{ unit: 'seconds' }, '1767623400', '2026-01-05T14:30:00.000Z'],
    [{ unit: 'seconds' }, 1767623400.25, '2026-01-05T14:30:00.250Z'],
    [{ unit: 'milliseconds' }, '1767623400000', '2026-01-05T14:30:00.000Z'],
    [{ unit: 'excelSerial', zone: 'UTC' }, '46027', '2026-01-05T00:00:00.000Z'],
    [{ unit: 'excelSerial', zone: 'Europe/Berlin' }, 46027.4375, '2026-01-05T09:30:00.000Z'],
    [{ unit: 'excelSerial', zone: 'UTC' }, '46027,5', '2026-01-05T12:00:00.000Z'],
    [{ zone: 'Europe/Lisbon' }, new Date(Date.UTC(2026, 6, 1, 9, 30)), '2026-07-01T08:30:00.000Z'],
  ] as [Omit<TimeRule, 'field'>, unknown, string][])('%j: %j is %s', (rule, cell, expected) => {
    expect(read(rule, cell)).toBe(expected);
  });

  it.each([
    [{}, '2026-03-02 10:15', 'has no offset'],
    [{}, new Date(0), 'has no offset'],
    [{ unit: 'excelSerial' }, 46027, 'has no offset'],
    [{ zone: 'UTC' }, '1767623400', 'bare number'],
    [{}, 46027, 'bare number'],
    [{ zone: 'UTC' }, '2026', 'bare number'],
    [{ zone: 'UTC' }, '02/03/2026', 'not an ISO 8601 time'],
    [{ zone: 'UTC' }, '2026-02-30', 'not an ISO 8601 time'],
    [{ format: 'dd/MM/yyyy', zone: 'UTC' }, '31/02/2026', 'not in the format'],
    [{ format: 'dd/MM/yyyy', zone: 'UTC' }, '12/25/2026', 'not in the format'],
    [{ format: 'dd/MM/yyyy', zone: 'UTC' }, '02/03/2026 10:15', 'not in the format'],
    [{ format: 'EEE, d MMM yyyy', zone: 'UTC' }, 'Tue, 2 Mar 2026', 'not in the format'],
    [{ zone: 'UTC' }, { at: 1 }, 'not a time'],
    [{ zone: 'UTC' }, true, 'not a time'],
  ] as [Omit<TimeRule, 'field'>, unknown, string][])('%j: %j is refused', (rule, cell, reason) => {
    expect(read(rule, cell)).toContain(`fault: `);
    expect(read(rule, cell)).toContain(reason);
  });

  it('that a zone skips is refused, and of two the earlier one is taken', () => {
    const berlin = { format: 'dd.MM.yyyy HH:mm', zone: 'Europe/Berlin' };
    expect(read(berlin, '29.03.2026 01:59')).toBe('2026-03-29T00:59:00.000Z');
    expect(read(berlin, '29.03.2026 02:30')).toContain('does not exist');
    expect(read(berlin, '29.03.2026 03:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(read(berlin, '25.10.2026 02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(read(berlin, '25.10.2026 03:00')).toBe('2026-10-25T02:00:00.000Z');
    // Half an hour, on an island.
    expect(read({ zone: 'Australia/Lord_Howe' }, '2026-10-04 02:15')).toContain('does not exist');
    expect(read({ zone: 'Australia/Lord_Howe' }, '2026-04-05 01:45')).toBe('2026-04-04T14:45:00.000Z');
    // A day that never was.
    expect(read({ zone: 'Pacific/Apia' }, '2011-12-30 12:00')).toContain('does not exist');
  });

  it('that is written in a zone and read again is the same', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/Santiago',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2001, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 }),
        (zone, minutes) => {
          const time = DateTime.fromMillis(minutes * 60_000, { zone });
          const shown = time.toFormat('dd/MM/yyyy HH:mm');
          const again = createTimeReader({ field: 'createdAt', format: 'dd/MM/yyyy HH:mm', zone })(shown);
          // Equal, or the earlier of the two times at which the clock shows this.
          expect(DateTime.fromMillis(again as number, { zone }).toFormat('dd/MM/yyyy HH:mm')).toBe(shown);
          expect(again as number).toBeLessThanOrEqual(time.toMillis());
        },
      ),
    );
  });
});
