import { describe, expect, it } from '@jest/globals';
import { checkFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { dryRunImport } from '../../../src/ingest/imports/dryRunImport.ts';
import { dryRunReportSchema } from '../../../src/ingest/imports/dryRunSchema.ts';
import type { ImportMapping } from '../../../src/ingest/imports/importMapping.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const check = (value: unknown) => checkFeedback(value, NOW);

/** A file of these rows, as `openTable` gives it. */
function table(columns: string[] | null, rows: { value?: unknown; error?: string }[]) {
  let read = 0;
  async function* numbered() {
    for (const [index, row] of rows.entries()) {
      read++;
      yield { line: index + 2, ...row };
    }
  }
  return {
    format: 'csv' as const,
    encoding: 'utf-8' as const,
    delimiter: ';' as const,
    columns,
    rows: numbered(),
    rowsRead: () => read,
  };
}
const rowsOf = (columns: string[], cells: string[][]) =>
  cells.map((row) => ({ value: Object.fromEntries(columns.map((name, index) => [name, row[index]])) }));

const COLUMNS = ['Rating', 'Date', 'Comment'];
const ROWS = rowsOf(COLUMNS, [
  ['5', '2026-01-05 10:00', 'Good talks, slow export'],
  ['9', '2026-01-06 10:00', 'Ten would be better than nine'],
  ['', '2026-01-07 10:00', ''],
  ['4', '2026-01-08 10:00', 'y'.repeat(10_001)],
  ['2', '2026-01-09 10:00', 'Nobody called me back'],
]);
const MAPPING: ImportMapping = {
  columns: {
    Rating: { field: 'overallRating' },
    Date: { field: 'createdAt', zone: 'Europe/Berlin' },
    Comment: { field: 'improvements' },
  },
  constants: { orgId: 'acme' },
};

describe('a dry run', () => {
  it('shows rows as they would be stored, and refusals with line, column and reason', async () => {
    const report = await dryRunImport(table(COLUMNS, [...ROWS, { error: 'has 5 cells, but the header has 3' }]), {
      mapping: MAPPING,
      check,
    });
    expect(dryRunReportSchema.safeParse(report).success).toBe(true);
    expect(report).toMatchObject({
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ';',
      rows: 6,
      isWhole: true,
      isProposed: false,
      problems: [],
      accepted: 2,
      refused: 4,
      mapping: MAPPING,
    });
    expect(report.columns[0]).toEqual({ name: 'Rating', examples: ['5', '9', '4'], empty: 1 });
    expect(report.stored).toEqual([
      {
        line: 2,
        feedback: {
          orgId: 'acme',
          overallRating: 5,
          createdAt: Date.parse('2026-01-05T09:00:00Z'),
          improvements: 'Good talks, slow export',
        },
      },
      { line: 6, feedback: expect.objectContaining({ overallRating: 2 }) },
    ]);
    expect(report.refusals).toEqual([
      { line: 3, errors: [{ column: 'Rating', message: expect.stringContaining('not from 1 to 5'), value: '9' }] },
      { line: 4, errors: [{ column: null, message: expect.stringContaining('must hold at least one of') }] },
      {
        line: 5,
        errors: [
          { column: 'Comment', message: expect.stringContaining('10000'), value: expect.stringMatching(/^y{99}…$/) },
        ],
      },
      { line: 7, errors: [{ column: null, message: 'has 5 cells, but the header has 3' }] },
    ]);
    expect(report.reasons).toHaveLength(4);
  });

  it('counts equal reasons, most frequent first', async () => {
    const rows = rowsOf(COLUMNS, [
      ['9', '', 'a'],
      ['8', '', 'b'],
      ['x', '', 'c'],
    ]);
    const { reasons } = await dryRunImport(table(COLUMNS, rows), { mapping: MAPPING, check });
    expect(reasons).toEqual([
      { column: 'Rating', message: expect.stringContaining('not from 1 to 5'), rows: 2, firstLine: 2 },
      { column: 'Rating', message: expect.stringContaining('not a number'), rows: 1, firstLine: 4 },
    ]);
  });

  it('proposes a mapping, and shows the rest of the rows while a question is open', async () => {
    const report = await dryRunImport(table(COLUMNS, ROWS), { check });
    expect(report.isProposed).toBe(true);
    expect(report.mapping.columns.Date).toEqual({ field: 'createdAt' });
    expect(report.problems).toEqual([{ column: 'Date', message: expect.stringContaining('"zone": "Europe/Berlin"') }]);
    expect(report.stored[0]).toEqual({ line: 2, feedback: { improvements: 'Good talks, slow export' } });
    expect(report.notes.find(({ column }) => column === 'Rating')?.why).toContain('rating from 2 to 9');
  });

  it('takes the zone that is given', async () => {
    const { problems, stored } = await dryRunImport(table(COLUMNS, ROWS), { check, zone: 'Europe/Berlin' });
    expect(problems).toEqual([]);
    expect(stored[0]?.feedback.createdAt).toBe(Date.parse('2026-01-05T09:00:00Z'));
  });

  it('says for which columns the file would be refused as a whole', async () => {
    const { problems, accepted } = await dryRunImport(
      table(['Rating', 'Team'], rowsOf(['Rating', 'Team'], [['4', 'north']])),
      {
        mapping: {
          columns: { Rating: { field: 'overallRating' }, Old: { leaveOut: true }, Date: { field: 'createdAt' } },
        },
        check,
      },
    );
    expect(problems.map(({ column }) => column)).toEqual(['Team', 'Date']);
    expect(accepted).toBe(1);
  });

  it('reads no more rows than it reports, and skips what the mapping skips', async () => {
    const many = table(
      COLUMNS,
      Array.from({ length: 5000 }, () => ROWS[0]!),
    );
    const report = await dryRunImport(many, { mapping: { ...MAPPING, skipRows: 2 }, check });
    expect(report).toMatchObject({ rows: 1000, isWhole: false, accepted: 998, refused: 0 });
    expect(report.stored).toHaveLength(20);
    expect(report.stored[0]?.line).toBe(4);
    expect(many.rowsRead()).toBe(1001);
  });

  it('of NDJSON finds the columns in the rows', async () => {
    const rows = [{ value: { score: 4, text: 'ok' } }, { value: { score: 2, labels: ['a', 'b'] } }, { value: 7 }];
    const report = await dryRunImport({ ...table(null, rows), format: 'ndjson' }, { check });
    expect(report.columns.map(({ name }) => name)).toEqual(['score', 'text', 'labels']);
    expect(report.mapping.columns).toEqual({
      score: { field: 'overallRating' },
      text: { field: 'improvements' },
      labels: { field: 'tags' },
    });
    expect(report.refusals).toEqual([
      { line: 4, errors: [{ column: null, message: 'is not an object of columns and values' }] },
    ]);
    expect(report.stored[1]?.feedback).toEqual({ overallRating: 2, tags: ['a', 'b'] });
  });
});
