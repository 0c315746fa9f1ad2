import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { createCsvScanner } from '../../../src/ingest/files/csvScanner.ts';
import { growthOver } from '../../support/timing.ts';
import { readAll } from './readAll.ts';

describe('a CSV', () => {
  it.each([
    ['CRLF, then LF', 'a,b\r\n1,Great\n2,Bad\n3,"x\r\ny\rz"\r4,end'],
    ['CR alone', 'a,b\r1,Great\r2,Bad\r3,"x\r\ny\rz"\r4,end\r'],
  ])('keeps every row if its lines end with %s', async (_, csv) => {
    for (const size of [1, 5, 1000])
      expect(await readAll(csv, { size })).toMatchObject({
        values: [
          { a: '1', b: 'Great' },
          { a: '2', b: 'Bad' },
          { a: '3', b: 'x\r\ny\rz' },
          { a: '4', b: 'end' },
        ],
      });
  });

  it('names rows by line, after texts of several lines', async () => {
    const { rows } = await readAll('a,b\r\n1,"x\r\ny\r\nz"\r\n\r\n2,"p\rq\n"\n3,x\n');
    expect(rows.map(({ line, endLine }) => [line, endLine])).toEqual([
      [2, 4],
      [6, 8],
      [9, 9],
    ]);
  });

  it('refuses a longer row, except for empty cells at its end', async () => {
    const { values, errors } = await readAll('a,b\nx,I like it, but it crashes\ny,4,,\nz,"5, it is",\n');
    expect(values).toEqual([
      { a: 'y', b: '4' },
      { a: 'z', b: '5, it is' },
    ]);
    expect(errors).toEqual({ 2: expect.stringMatching(/^has 3 cells, but the header has 2; .*comma.*double quotes/) });
  });

  it('takes a shorter row, whose empty cells a spreadsheet left off, but not a single cell', async () => {
    const { values, errors } = await readAll('a,b,c\nx,4\nthe rest of a text\n');
    expect(values).toEqual([{ a: 'x', b: '4' }]);
    expect(errors).toEqual({ 3: expect.stringMatching(/^has 1 cell/) });
    expect((await readAll('a\nx\n')).values).toEqual([{ a: 'x' }]);
  });

  it('leaves out rows and columns without content', async () => {
    const read = await readAll('\n;;\na; b ;;\n\n1;2;;\n;;;\n  ; ;\n""\n3;;\n');
    expect(read).toMatchObject({ columns: ['a', 'b'], delimiter: ';', errors: {} });
    expect(read.values).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '' },
    ]);
    expect(read.rows.map(({ line }) => line)).toEqual([5, 9]);
  });

  it('gives each column a name of its own', async () => {
    const { columns, values } = await readAll('id,Other,,Other,__proto__,Other\n1,2,3,4,5,6\n');
    expect(columns).toEqual(['id', 'Other', 'column 3', 'Other (2)', 'column 5', 'Other (3)']);
    expect(Object.values(values[0] as object)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it.each([
    ['an empty file', ''],
    ['a file of empty lines', '\r\n,,\n\n'],
    ['a header with a quote astray', 'a"b,c\n1,2\n'],
    ['too many columns', `${Array.from({ length: 2_001 }, (_, n) => n).join(',')}\n`],
    ['another delimiter', 'sep=|\na|b\n'],
  ])('is refused: %s', async (_, csv) => {
    await expect(readAll(csv, { format: 'csv' })).rejects.toMatchObject({ name: 'FileProblem' });
  });

  it('may be a header alone', async () => {
    expect(await readAll('a,b')).toMatchObject({ columns: ['a', 'b'], rows: [] });
  });

  it.each([
    ['a comma', 'a,b;c\n1,2\n', ',', ['a', 'b;c']],
    [
      'a semicolon, though names hold commas',
      'How easy, 1 to 5;Why, if not\n4;x\n5;y, z\n',
      ';',
      ['How easy, 1 to 5', 'Why, if not'],
    ],
    ['a comma, though names hold semicolons', '"a;b",c\n1,2\n', ',', ['a;b', 'c']],
    ['a tab', 'a\tb, c\n1\t2\n', '\t', ['a', 'b, c']],
    ['that of the first line', 'sep=;\r\na,b;c\r\n1;2\r\n', ';', ['a,b', 'c']],
    ['that of the first line, a tab', '\ufeffSEP=\t\na\tb\n1\t2\n', '\t', ['a', 'b']],
  ])('is delimited by %s', async (_, csv, delimiter, columns) => {
    const read = await readAll(csv);
    expect(read).toMatchObject({ delimiter, columns, errors: {} });
    expect(read.rows[0]?.line ?? 0).toBe(/^\ufeff?sep/i.test(csv) ? 3 : 2);
  });
});

describe('a quote astray', () => {
  const around = (row: string) => `a,b\n1,one\n${row}\n3,three\n4,"four\nlines"\n`;
  it.each([
    ['in a cell', '2,5" screen'],
    ['after a quoted cell', '2,"Great" coach'],
    ['at the start of a cell', '2,"Great'],
    ['before a quoted cell', '2, "x, y"'],
    ['at the end of a cell', '2,Great"'],
  ])('%s costs its row alone', async (_, row) => {
    for (const size of [1, 1000]) {
      const { values, errors } = await readAll(around(row), { size });
      expect(values.map((value) => (value as { a: string }).a)).toEqual(['1', '3', '4']);
      expect(errors).toEqual({ 3: expect.stringMatching(/quote/) });
    }
  });

  it('that is never closed costs its row alone, in a file of 100,000 rows', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => `${n},text\n`);
    rows[1_200] = '1200,"text\n';
    const { values, errors } = await readAll(`a,b\n${rows.join('')}`, { size: 65_536 });
    expect([values.length, Object.keys(errors)]).toEqual([99_999, ['1202']]);
  });

  it.each(['"\n', 'a,"\n', '"a\n', '"""\n', '""""\n', 'x","y\n', '"a""b\n', '""\n"', '"\n\n\n', ',""",\n'])(
    'takes linear time: %j',
    (unit) => {
      const scan = (text: string) => {
        const scanner = createCsvScanner(',');
        for (let start = 0; start < text.length; start += 4_096) {
          scanner.push(text.slice(start, start + 4_096));
          while (scanner.next());
        }
        scanner.end();
        while (scanner.next());
      };
      expect(growthOver(unit, 100_000, scan)).toBeLessThan(3);
    },
  );

  it('takes linear time if the text comes character by character', () => {
    const scan = (text: string) => {
      const scanner = createCsvScanner(',');
      scanner.push('"');
      for (const char of text) {
        scanner.push(char);
        scanner.next();
      }
    };
    expect(growthOver('x', 20_000, scan)).toBeLessThan(3);
  });

  it('ends the reading of a row over the limit, and names its line', async () => {
    await expect(readAll(`a,b\n1,2\n3,${'x'.repeat(300_000)}\n`)).rejects.toMatchObject({
      kind: 'tooLarge',
      message: expect.stringMatching(/^Line 3 is over/),
    });
  });
});

describe('any table', () => {
  const ENCODINGS = ['utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
  const inWindows1252 = fc
    .constantFrom(
      ...iconv
        .decode(Buffer.from(Array.from({ length: 224 }, (_, n) => n + 32)), 'windows-1252')
        .replaceAll('\ufffd', ''),
      '\n',
      '\r',
      '\t',
      '"',
      ',',
      ';',
    )
    .map(String);
  const anyCharacter = fc.oneof(
    fc.constantFrom('"', ',', ';', '\t', '\n', '\r', '\r\n', '\u2028', ' '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const cellOf = (encoding: string) =>
    fc
      .array(encoding === 'windows-1252' ? inWindows1252 : anyCharacter, { maxLength: 8 })
      .map((chars) => chars.join('').replaceAll('\0', ''));
  const table = fc.constantFrom(...ENCODINGS).chain((encoding) =>
    fc.record({
      encoding: fc.constant(encoding),
      delimiter: fc.constantFrom(',', ';', '\t'),
      size: fc.integer({ min: 1, max: 50 }),
      columns: fc.integer({ min: 2, max: 5 }),
      rows: fc.array(
        fc.record({
          cells: fc.array(cellOf(encoding), { minLength: 5, maxLength: 5 }),
          end: fc.constantFrom('\n', '\r\n', '\r'),
          quoteAll: fc.boolean(),
        }),
        { maxLength: 10 },
      ),
    }),
  );

  it('is read as it was written, in any encoding, with any delimiter and any line ends', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ encoding, delimiter, size, columns, rows }) => {
        const names = Array.from({ length: columns }, (_, n) => `c${n}`);
        const write = (cell: string, quoteAll: boolean) =>
          quoteAll || /["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
        const lines = rows.map(({ cells, end, quoteAll }) => ({
          cells: [`r${cells[0]}`, ...cells.slice(1, columns)],
          end,
          quoteAll,
        }));
        const csv = [
          `${names.join(delimiter)}\n`,
          ...lines.map(({ cells, end, quoteAll }) => cells.map((cell) => write(cell, quoteAll)).join(delimiter) + end),
        ].join('');
        const [name, addBOM] = [encoding.split(' ')[0]!, encoding !== 'utf-8' && encoding !== 'windows-1252'];
        const read = await readAll(iconv.encode(csv, name, { addBOM }), { size, format: 'csv', charset: name });
        expect(read).toMatchObject({ encoding: name, delimiter, columns: names, errors: {} });
        expect(read.values).toEqual(
          lines.map(({ cells }) => Object.fromEntries(cells.map((cell, index) => [names[index]!, cell]))),
        );
      }),
      { numRuns: 300 },
    );
  });
});
