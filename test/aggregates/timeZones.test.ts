import { expect, it } from '@jest/globals';
import { isTimeZone, isUtc, knownTimeZones } from '../../src/aggregates/timeZones.ts';

it.each([
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/Argentina/Buenos_Aires',
  'America/Port-au-Prince',
  'Etc/GMT+5',
  'UTC',
  'EST5EDT',
])('%s is a time zone', (name) => expect(isTimeZone(name)).toBe(true));

it.each([
  'Europe/Berln',
  'europe/berlin',
  'EUROPE/BERLIN',
  'Asia/kolkata',
  '+02:00',
  'GMT+2',
  '',
  ' Europe/Berlin',
  'Europe/Berlin ',
  'Europe/Berlin\n',
  'Mars/Base',
  'x'.repeat(5_000),
])('%j is none', (name) => expect(isTimeZone(name)).toBe(false));

it('every name that is proposed is a time zone', () => {
  expect(knownTimeZones().filter((name) => !isTimeZone(name))).toEqual([]);
});

it('tells the names of UTC from zones that only share its clock', () => {
  expect(['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT', 'Zulu'].map(isUtc)).toEqual([true, true, true, true, true]);
  expect(['Europe/London', 'Africa/Abidjan', 'Etc/GMT+1'].map(isUtc)).toEqual([false, false, false]);
});
