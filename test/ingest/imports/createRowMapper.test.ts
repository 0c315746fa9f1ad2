import { describe, expect, it } from '@jest/globals';
import { UnfitMapping } from '../../../src/ingest/imports/checkColumns.ts';
import { createRowMapper } from '../../../src/ingest/imports/createRowMapper.ts';
import type { ColumnRule, ImportMapping } from '../../../src/ingest/imports/importMapping.ts';

const map = (mapping: ImportMapping, row: unknown, columns: string[] | null = Object.keys(row as object)) =>
  createRowMapper(mapping, columns).map(row);
const errorsOf = (mapping: ImportMapping, columns: string[] | null) => {
  try {
    createRowMapper(mapping, columns);
    return [];
  } catch (error) {
    if (!(error instanceof UnfitMapping)) throw error;
    return error.errors;
  }
};

const SURVEY: ImportMapping = {
  columns: {
    'Zufriedenheit insgesamt': { field: 'overallRating', rating: 'leadingNumber' },
    Abgeschickt: { field: 'createdAt', format: 'dd.MM.yyyy HH:mm', zone: 'Europe/Berlin' },
    'Was war gut?': { field: 'improvements' },
    'Was fehlt?': { field: 'improvements' },
    Themen: { field: 'tags', separator: ';' },
    Tarif: { field: 'tags', prefix: 'tarif ' },
    Rückruf: { field: 'tags', tag: 'callback' },
    Kundennr: { field: 'userId', prefix: 'k-' },
    Intern: { leaveOut: true },
  },
  constants: { orgId: 'acme', tags: ['survey-7'] },
  noAnswer: ['k. A.', '-'],
};

describe('a row', () => {
  it('becomes a feedback by its mapping', () => {
    const row = {
      'Zufriedenheit insgesamt': '4 - zufrieden',
      Abgeschickt: '05.01.2026 09:30',
      'Was war gut?': ' Der Coach ',
      'Was fehlt?': 'Ein Kalender',
      Themen: 'Export; Kalender ;',
      Tarif: 'Pro',
      Rückruf: 'ja',
      Kundennr: '0417',
      Intern: 'sehr wichtig',
    };
    expect(map(SURVEY, row)).toEqual({
      value: {
        orgId: 'acme',
        overallRating: 4,
        createdAt: Date.parse('2026-01-05T08:30:00Z'),
        improvements: ' Der Coach \n\nEin Kalender',
        tags: ['Export', 'Kalender', 'tarif Pro', 'callback', 'survey-7'],
        userId: 'k-0417',
      },
    });
  });

  it('leaves out cells that are empty or mean no answer, also those that are missing', () => {
    const row = {
      'Zufriedenheit insgesamt': 'K. a.',
      Abgeschickt: '',
      'Was war gut?': ' - ',
      'Was fehlt?': ' ',
      Rückruf: 'nein',
    };
    expect(map(SURVEY, row, Object.keys(SURVEY.columns))).toEqual({ value: { orgId: 'acme', tags: ['survey-7'] } });
  });

  it('is refused with every column that cannot be read, its cell and a way to mend it', () => {
    const row = { 'Zufriedenheit insgesamt': 'gut', Abgeschickt: '2026-01-05', Rückruf: 'vielleicht' };
    expect(map(SURVEY, row, Object.keys(SURVEY.columns)).errors).toEqual([
      { column: 'Zufriedenheit insgesamt', message: 'does not begin with a number from 1 to 5', value: 'gut' },
      { column: 'Abgeschickt', message: expect.stringContaining('not in the format'), value: '2026-01-05' },
      { column: 'Rückruf', message: expect.stringContaining('neither a yes nor a no'), value: 'vielleicht' },
    ]);
  });

  it('joins texts in the order of the file, whatever the order of the mapping', () => {
    const mapping: ImportMapping = { columns: { B: { field: 'improvements' }, A: { field: 'improvements' } } };
    expect(map(mapping, { A: 'first', B: 'second' }).value).toEqual({ improvements: 'first\n\nsecond' });
  });

  it('may give one field in several columns, but not two answers', () => {
    const mapping: ImportMapping = { columns: { A: { field: 'overallRating' }, B: { field: 'overallRating' } } };
    expect(map(mapping, { A: '', B: '4' }).value).toEqual({ overallRating: 4 });
    expect(map(mapping, { A: '4', B: '4,0' }).value).toEqual({ overallRating: 4 });
    expect(map(mapping, { A: '4', B: '2' }).errors).toEqual([
      { column: 'B', message: expect.stringContaining('another column'), value: '2' },
    ]);
  });

  it('prefers a column to a constant', () => {
    const mapping: ImportMapping = {
      columns: { Team: { field: 'orgId' }, Q: { field: 'easeOfUse' } },
      constants: { orgId: 'rest' },
    };
    expect(map(mapping, { Team: 'north', Q: 'Easy' }).value).toEqual({ orgId: 'north', easeOfUse: 'Easy' });
    expect(map(mapping, { Team: '', Q: 'Easy' }).value).toEqual({ orgId: 'rest', easeOfUse: 'Easy' });
  });

  it('of a workbook keeps ids as they are shown, and refuses those that the spreadsheet has rounded', () => {
    const mapping: ImportMapping = { columns: { Nr: { field: 'userId' }, R: { field: 'overallRating' } } };
    expect(map(mapping, { Nr: 4711, R: 5 }).value).toEqual({ userId: '4711', overallRating: 5 });
    expect(map(mapping, { Nr: 12345678901234567000, R: 5 }).errors?.[0]?.message).toContain('15 digits');
    expect(map(mapping, { Nr: new Date(0), R: 5 }).errors?.[0]?.message).toContain('is a date');
  });

  it('of NDJSON names its own columns: a list is tags, null is no answer, and one without a rule is refused', () => {
    const mapping: ImportMapping = {
      columns: { score: { field: 'overallRating' }, labels: { field: 'tags' }, text: { field: 'improvements' } },
    };
    const row = (value: object) => map(mapping, value, null);
    expect(row({ score: 3, labels: ['a', 'b', 'a'], text: null }).value).toEqual({
      overallRating: 3,
      tags: ['a', 'b'],
    });
    expect(row({ score: 3, colour: null }).value).toEqual({ overallRating: 3 });
    expect(row({ score: 3, colour: 'red' }).errors).toEqual([
      { column: 'colour', message: expect.stringContaining('has no rule'), value: 'red' },
    ]);
    expect(row({ score: 3, labels: [{ name: 'a' }] }).errors?.[0]?.message).toContain('a list or an object');
    expect(row({ score: 3, text: { body: 'x' } }).errors?.[0]?.column).toBe('text');
    expect(map({ ...mapping, otherColumns: 'leaveOut' }, { score: 3, colour: 'red' }, null).value).toEqual({
      overallRating: 3,
    });
    expect(map(mapping, ['a'], null).errors?.[0]).toEqual({
      column: null,
      message: expect.stringContaining('not an object'),
    });
    expect(map(mapping, JSON.parse('{"__proto__": {"score": 5}, "score": 2}'), null).errors?.[0]?.column).toBe(
      '__proto__',
    );
  });

  it('finds columns in other forms of Unicode, and never what an object inherits', () => {
    const rules: [string, ColumnRule][] = [
      ['Qualité', { field: 'overallRating' }],
      ['constructor', { field: 'improvements' }],
    ];
    const mapping: ImportMapping = { columns: Object.fromEntries(rules) };
    const decomposed = 'Qualite\u0301';
    expect(map(mapping, { [decomposed]: '4' }, [decomposed, 'constructor']).value).toEqual({ overallRating: 4 });
  });
});

describe('a mapping that does not fit its file', () => {
  it('is refused with the columns that do not fit', () => {
    expect(errorsOf(SURVEY, ['Zufriedenheit insgesamt', 'Neu', 'Neu'])).toEqual(
      expect.arrayContaining([
        { column: 'Neu', message: expect.stringContaining('has no rule') },
        { column: 'Neu', message: expect.stringContaining('is there twice') },
        {
          column: 'Themen',
          message: expect.stringContaining('is not in the file; its columns are Zufriedenheit insgesamt, Neu, Neu.'),
        },
      ]),
    );
  });

  it('is refused without the zone of its times, without any answer, and with one text twice in a table', () => {
    expect(errorsOf({ columns: { A: { field: 'createdAt', format: 'dd/MM/yyyy' } } }, ['A'])).toEqual([
      { column: 'A', message: expect.stringContaining('needs "zone"') },
      { column: null, message: expect.stringContaining('no column gives an answer') },
    ]);
    const table = { Ja: 5, ' JA': 4 };
    const twice: ImportMapping = { columns: { A: { field: 'overallRating', rating: { table } } } };
    expect(errorsOf(twice, ['A'])).toEqual([{ column: 'A', message: expect.stringContaining('the same text twice') }]);
  });
});
