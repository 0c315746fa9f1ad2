import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { openTable } from '../../../../src/ingest/files/openTable.ts';
import { inPieces, readAll } from '../readAll.ts';
import { row, textCell, workbookOf, zipOf } from './workbook.ts';

const header = row(textCell('a'), textCell('b'));
const STYLES =
  '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm;@"/><numFmt numFmtId="165" formatCode="[$-409]h:mm AM/PM"/><numFmt numFmtId="166" formatCode="00000"/><numFmt numFmtId="167" formatCode="0 &quot;days&quot;"/><numFmt numFmtId="168" formatCode="[Red]0.00"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  `<cellXfs>${[0, 14, 22, 164, 165, 166, 167, 168, 46].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
const cell = (value: string, attributes = '') => `<c ${attributes}><v>${value}</v></c>`;
const valuesOf = async (...cells: string[]) => {
  const { rows } = await readAll(
    workbookOf({ sheets: [header + cells.map((one) => row(one)).join('')], styles: STYLES }),
  );
  return rows.map(({ value, error }) => error ?? (value as { a: unknown }).a);
};

describe('a workbook', () => {
  it('made by openpyxl is read with its dates, formulas and texts, from its first visible sheet', async () => {
    const read = await readAll(readFileSync(new URL('openpyxl.xlsx', import.meta.url)));
    expect(read).toMatchObject({ format: 'xlsx', encoding: null, delimiter: null, sheet: 'Answers', errors: {} });
    expect(read.columns).toEqual(['User', 'How satisfied are you?', 'Comment', 'Submitted', 'Again?']);
    expect(read.rows).toEqual([
      {
        line: 2,
        endLine: 2,
        value: {
          User: 'Zoë',
          'How satisfied are you?': 5,
          Comment: 'Great coach,\n„really“ 😀',
          Submitted: new Date('2026-01-05T10:30:00Z'),
          'Again?': true,
        },
      },
      { line: 4, endLine: 4, value: { User: 42, 'How satisfied are you?': 3.5, Submitted: new Date('2026-01-06') } },
    ]);
  });

  it('keeps numbers as they are, and reads dates by their format', async () => {
    expect(
      await valuesOf(
        cell('4'),
        cell('4.000000001'),
        cell('46027.4375', 's="1"'),
        cell('46027.416666666664', 's="2"'),
        cell('46027.999988425923', 's="3"'),
        cell('0.5', 's="4"'),
        cell('42', 's="5"'),
        cell('46027', 's="6"'),
        cell('46027', 's="7"'),
        cell('1.25', 's="8"'),
        cell('1', 't="b"'),
        cell('0', 't="b"'),
        cell('2026-01-05T10:00:00', 't="d"'),
        cell('1e400'),
      ),
    ).toEqual([
      4,
      4.000000001,
      new Date('2026-01-05T10:30:00Z'),
      new Date('2026-01-05T10:00:00Z'),
      new Date('2026-01-05T23:59:59Z'),
      0.5,
      '00042',
      46027,
      46027,
      new Date('1900-01-01T06:00:00Z'),
      true,
      false,
      new Date('2026-01-05T10:00:00Z'),
      expect.stringMatching(/^A15 holds "1e400" as a number/),
    ]);
  });

  it('counts dates from 1904 if it says so', async () => {
    const sheets = [header + row(cell('44565', 's="1"'))];
    const { values } = await readAll(workbookOf({ sheets, styles: STYLES, properties: 'date1904="1"' }));
    expect(values).toEqual([{ a: new Date('2026-01-05') }]);
  });

  it('refuses rows with errors, and with formulas that have no value', async () => {
    expect(
      await valuesOf(
        cell('#N/A', 't="e"'),
        '<c><f>1+1</f></c>',
        '<c><f>1+1</f><v>2</v></c>',
        '<c t="str"><f>A1&amp;B1</f><v>text</v></c>',
        cell('7', 't="s"'),
        '<c r="A7" s="0"/><c r="B7"><v>1</v></c>',
      ),
    ).toEqual([
      'A2 holds the error #N/A',
      expect.stringMatching(/^A3 holds a formula without its value/),
      2,
      'text',
      expect.stringMatching(/^A6 refers to a text/),
      undefined,
    ]);
  });

  it('joins the runs of a text, without readings, and undoes escapes', async () => {
    const strings =
      '<si><t>plain</t></si><si><r><t xml:space="preserve">two </t></r><r><t>runs</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si><si><t>a_x000D_b_x005F_x000D_</t></si><si/>';
    const sheets = [header + [0, 1, 2, 3].map((n) => row(cell(String(n), 't="s"'), cell('1'))).join('')];
    const { values } = await readAll(workbookOf({ sheets, strings }));
    expect(values).toEqual([{ a: 'plain', b: 1 }, { a: 'two runs', b: 1 }, { a: 'a\rb_x000D_', b: 1 }, { b: 1 }]);
  });

  it('reads cells by their names or their order, and names rows by their number', async () => {
    const sheets = [
      `<row r="3">${textCell('a', 'B3')}${textCell('b', 'C3')}</row><row r="9"><c r="C9"><v>1</v></c></row><row><c/><c/><c><v>2</v></c></row><row r="20"><c r="AA20"><v>1</v></c></row>`,
    ];
    const { columns, rows } = await readAll(workbookOf({ sheets }));
    expect(columns).toEqual(['column 1', 'a', 'b']);
    expect(rows).toEqual([
      { line: 9, endLine: 9, value: { b: 1 } },
      { line: 10, endLine: 10, value: { b: 2 } },
      { line: 20, endLine: 20, error: expect.stringMatching(/beyond the 3 columns/) },
    ]);
  });

  it('is read with prefixes, and from the first sheet that is visible', async () => {
    const sheets = ['', header + row(cell('1')), ''];
    const prefixed = workbookOf({
      sheets,
      states: ['state="hidden"', ''],
      others: {
        'xl/worksheets/sheet2.xml':
          '<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
      },
    });
    expect(await readAll(prefixed, { size: 100 })).toMatchObject({ sheet: 'Sheet 2', values: [{ a: 1 }] });
  });
});

describe('a workbook that cannot be read', () => {
  const good = workbookOf({ sheets: [header + row(cell('1'))] });
  const sheet = (xml: string) => workbookOf({ sheets: [''], others: { 'xl/worksheets/sheet1.xml': xml } });
  it.each([
    ['cut off', good.subarray(0, -30)],
    ['cut in the middle', good.subarray(0, 200)],
    ['another archive', zipOf({ 'a.txt': 'a' })],
    ['without a sheet', workbookOf({ sheets: [] })],
    ['of hidden sheets', workbookOf({ sheets: [header], states: ['state="veryHidden"'] })],
    ['that is empty', workbookOf({ sheets: [''] })],
    ['of an old format', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['with XML that is not closed', sheet('<worksheet><sheetData><row>')],
    ['with a DTD', sheet('<!DOCTYPE a [<!ENTITY x "y">]><worksheet/>')],
    ['with an unknown entity', sheet(`<worksheet><sheetData>${row(textCell('&x;'))}</sheetData></worksheet>`)],
    ['nested deeply', sheet('<a>'.repeat(100_000))],
    ['with many attributes', sheet(`<worksheet ${Array.from({ length: 1_000 }, (_, n) => `a${n}=""`).join(' ')}/>`)],
    ['with a long name', sheet(`<worksheet a="${'x'.repeat(300_000)}"/>`)],
    [
      'with a long number',
      sheet(`<worksheet><sheetData><row><c><v>${'1'.repeat(600_000)}</v></c></row></sheetData></worksheet>`),
    ],
    [
      'with too many cells in a row',
      sheet(`<worksheet><sheetData><row>${'<c/>'.repeat(20_000)}</row></sheetData></worksheet>`),
    ],
  ])('is refused: %s', async (_, bytes) => {
    await expect(readAll(bytes)).rejects.toMatchObject({ name: 'FileProblem' });
  });

  it('leaves no file behind, whether it is read or not', async () => {
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith('workbook-'));
    await readAll(good);
    const table = await openTable(inPieces(good), { maxBytes: 1e6 });
    for await (const _ of table.rows) break;
    await table.close();
    const other = await openTable(inPieces(good), { maxBytes: 1e6 });
    await other.close();
    expect(files()).toEqual([]);
  });

  it('is refused if its texts inflate beyond the limit', async () => {
    const strings = `<si><t>${'x'.repeat(32_000)}</t></si>`.repeat(2_200);
    await expect(readAll(workbookOf({ sheets: [header], strings }))).rejects.toMatchObject({ kind: 'tooLarge' });
  }, 20_000);
});
