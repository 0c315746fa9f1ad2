import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { fieldErrors } from '../../../src/ingest/fieldErrors.ts';
import { dateFormatSchema, timeZoneSchema } from '../../../src/ingest/imports/dateFormat.ts';
import { importMappingSchema } from '../../../src/ingest/imports/importMapping.ts';
import { presets } from '../../../src/ingest/imports/presets.ts';

function errorsOf(mapping: unknown) {
  const parsed = importMappingSchema.safeParse(mapping);
  return parsed.success ? [] : fieldErrors(parsed.error, Object.keys(importMappingSchema.shape));
}
const columns = (rule: unknown) => ({ columns: { Answer: rule } });

describe('a mapping', () => {
  it('is taken as its own example shows it, and as each shipped one is', () => {
    const { examples = [] } = importMappingSchema.meta() as { examples?: unknown[] };
    expect(examples).not.toEqual([]);
    for (const example of examples) expect(errorsOf(example)).toEqual([]);
    for (const { mapping } of presets) expect(errorsOf(JSON.parse(JSON.stringify(mapping)))).toEqual([]);
  });

  it.each([
    { field: 'overallRating' },
    { field: 'uxRating', rating: 'stars' },
    { field: 'growMethodRating', rating: { table: { Ja: 5, Nein: 1, 'Weiß nicht': null } } },
    { field: 'createdAt', format: 'd. MMMM yyyy H:mm', locale: 'de', zone: 'Europe/Vienna' },
    { field: 'createdAt', format: "yyyy/MM/dd h:mm:ss a 'GMT'Z" },
    { field: 'createdAt', unit: 'excelSerial', zone: '-03:00' },
    { field: 'tags', separator: '|', prefix: 'plan: ' },
    { field: 'id', prefix: 'survey-7-' },
    { leaveOut: true },
  ])('takes the rule %j', (rule) => {
    expect(errorsOf(columns(rule))).toEqual([]);
  });

  it.each([
    [{ field: 'colour' }, 'field must be one of overallRating'],
    [{ field: 'overallRating', rating: 'percent' }, 'rating must be one of number, leadingNumber'],
    [{ field: 'overallRating', rating: { table: { Good: 6 } } }, 'rating'],
    [{ field: 'overallRating', rating: { table: {} } }, 'rating'],
    [{ field: 'overallRating', zone: 'UTC' }, 'is not known here'],
    [{ field: 'createdAt', zone: 'Europe/Berlln' }, 'must be a time zone such as'],
    [{ field: 'createdAt', zone: '+25:00' }, 'must be a time zone such as'],
    [{ field: 'createdAt', format: 'DD/MM/YYYY' }, 'must be made of'],
    [{ field: 'createdAt', format: 'dd/MM HH:mm' }, 'must have a year'],
    [{ field: 'createdAt', format: 'dd/MM/yyyy h:mm' }, 'must have a year'],
    [{ field: 'createdAt', format: 'dd/MM/yyyy dd' }, 'each part once'],
    [{ field: 'createdAt', format: "yyyy-MM-dd'T'HH" }, 'minutes with hours'],
    [{ field: 'tags', separator: '' }, 'separator'],
    [{ leaveOut: false }, 'leaveOut'],
    [{ leaveOut: true, field: 'tags' }, 'is not known here'],
    [{}, 'field'],
    ['overallRating', 'must be a rule such as'],
    [null, 'must be a rule such as'],
  ])('refuses the rule %j, and says why at the column', (rule, reason) => {
    const errors = errorsOf(columns(rule));
    expect(errors[0]?.pointer).toMatch(/^\/columns\/Answer/);
    expect(JSON.stringify(errors).replaceAll('\\"', '"')).toContain(reason);
  });

  it('bounds everything in it', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, { leaveOut: true }]));
    expect(errorsOf({ columns: many(500) })).toEqual([]);
    expect(errorsOf({ columns: many(501) })[0]).toEqual({
      pointer: '/columns',
      message: 'must hold at most 500 columns',
    });
    expect(errorsOf({ columns: { ['x'.repeat(501)]: { leaveOut: true } } })).not.toEqual([]);
    expect(errorsOf({ columns: {}, skipRows: 11 })).not.toEqual([]);
    expect(errorsOf({ columns: {}, noAnswer: Array(51).fill('-') })).not.toEqual([]);
    expect(errorsOf({ columns: {}, otherColumns: 'ignore' })[0]?.message).toBe('must be refuse or leaveOut');
    expect(errorsOf({ columns: {}, rows: 3 })[0]?.pointer).toBe('/rows');
    expect(errorsOf({ columns: {}, constants: { orgId: 'a b' } })[0]?.pointer).toBe('/constants/orgId');
    expect(errorsOf({ columns: {}, constants: { createdAt: '2026-01-05 10:00' } })[0]?.pointer).toBe(
      '/constants/createdAt',
    );
  });

  it('describes itself as JSON Schema, which shows nothing as valid that is refused', () => {
    const json = JSON.stringify(z.toJSONSchema(importMappingSchema, { io: 'input' }));
    expect(json).toContain('"maxProperties":500');
    expect(json).toContain('leadingNumber');
    const { pattern, anyOf } = { ...dateFormatSchema.meta(), ...timeZoneSchema.meta() } as unknown as {
      pattern: string;
      anyOf: [{ enum: string[] }, { pattern: string }];
    };
    const formats = fc.stringMatching(new RegExp(pattern));
    fc.assert(fc.property(formats, (format) => dateFormatSchema.safeParse(format).success));
    const zones = fc.oneof(fc.constantFrom(...anyOf[0].enum), fc.stringMatching(new RegExp(anyOf[1].pattern)));
    fc.assert(fc.property(zones, (zone) => timeZoneSchema.safeParse(zone).success));
  });
});
