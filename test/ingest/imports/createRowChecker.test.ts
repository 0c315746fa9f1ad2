import { describe, expect, it } from '@jest/globals';
import { checkFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { createRowChecker } from '../../../src/ingest/imports/createRowChecker.ts';
import type { ImportMapping } from '../../../src/ingest/imports/importMapping.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const MAPPING: ImportMapping = {
  columns: {
    Kunde: { field: 'userId' },
    Themen: { field: 'tags', separator: ',' },
    Wann: { field: 'createdAt', format: 'dd.MM.yyyy', zone: 'Europe/Berlin' },
    Leicht: { field: 'easeOfUse' },
    Gut: { field: 'improvements' },
    Schlecht: { field: 'improvements' },
  },
  constants: { orgId: 'acme' },
};
const COLUMNS = Object.keys(MAPPING.columns);
const checker = (mapping = MAPPING) => createRowChecker(mapping, COLUMNS, (value) => checkFeedback(value, NOW));

describe('a row', () => {
  it('is checked as a posted feedback is, and stored as that would be', () => {
    const value = { Kunde: ' k-1\u00a0', Themen: 'Export,  Export ', Wann: '05.01.2026', Leicht: 'Sehr  leicht' };
    expect(checker()({ value }).feedback).toEqual({
      orgId: 'acme',
      userId: 'k-1',
      tags: ['Export'],
      createdAt: Date.parse('2026-01-04T23:00:00Z'),
      easeOfUse: 'Sehr leicht',
    });
  });

  it('is refused by the name of the column that gave the field', () => {
    const errorsOf = (value: object) => checker()({ value }).errors;
    expect(errorsOf({ Kunde: 'k 1', Leicht: 'Ja' })).toEqual([
      { column: 'Kunde', message: expect.stringContaining('an id has letters'), value: 'k 1' },
    ]);
    expect(errorsOf({ Leicht: 'x'.repeat(101) })?.[0]?.column).toBe('Leicht');
    expect(errorsOf({ Gut: 'x'.repeat(6000), Schlecht: 'y'.repeat(6000) })?.[0]).toMatchObject({
      column: 'Gut, Schlecht',
      message: 'must be text of at most 10000 characters',
    });
    expect(errorsOf({ Themen: Array.from({ length: 21 }, (_, n) => n).join(','), Leicht: 'Ja' })?.[0]?.column).toBe(
      'Themen',
    );
    expect(errorsOf({ Wann: '05.01.1971', Leicht: 'Ja' })?.[0]).toMatchObject({
      column: 'Wann',
      message: expect.stringContaining('the earliest time that is taken'),
    });
    expect(errorsOf({ Kunde: 'k-1' })).toEqual([
      { column: null, message: expect.stringContaining('the row must hold at least one of') },
    ]);
  });

  it('that cannot be read keeps its reason', () => {
    expect(checker()({ error: 'has 9 cells, but the header has 6' })).toEqual({
      errors: [{ column: null, message: 'has 9 cells, but the header has 6' }],
    });
  });

  it('is skipped if it comes before the first answer', () => {
    const check = checker({ ...MAPPING, skipRows: 1 });
    expect(check({ value: { Leicht: 'Response' } })).toEqual({ isSkipped: true });
    expect(check({ value: { Leicht: 'Ja' } }).feedback?.easeOfUse).toBe('Ja');
  });

  it('with a constant that is wrong for all names the field', () => {
    const check = checker({ ...MAPPING, constants: { experiment: 'price' } });
    expect(check({ value: { Leicht: 'Ja' } }).errors).toEqual([
      { column: null, message: expect.stringContaining('variant is required too') },
    ]);
  });
});
