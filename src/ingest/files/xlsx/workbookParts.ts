import { posix } from 'node:path';
import { FileProblem } from '../fileProblem.ts';
import { type NumberFormat, numberFormatOf } from './numberFormat.ts';
import { readWholeXml, type XmlHandler } from './readXml.ts';
import { createStringTable, type StringTable } from './stringTable.ts';
import type { ZipArchive } from './zipArchive.ts';

/** Max bytes of the parts that are read before a sheet, decompressed. */
const MAX_PART_BYTES = 16 * 1024 * 1024;
const MAX_STRINGS_BYTES = 256 * 1024 * 1024;

/** All that a sheet needs to be read. */
export interface Workbook {
  /** name of the first visible sheet, and its part */
  sheet: { name: string; part: string };
  /** whether dates count from 1904 */
  isFrom1904: boolean;
  /** format of numbers by the index of a cell's style */
  formats: NumberFormat[];
  strings: StringTable;
}

/** Reads a workbook's parts other than its sheets. Throws FileProblem. */
export async function readWorkbook(zip: ZipArchive): Promise<Workbook> {
  const roots = zip.has('_rels/.rels') ? await readRelations(zip, '_rels/.rels', '') : [];
  const root = roots.find(({ type }) => type === 'officeDocument');
  if (!root || !zip.has(root.part))
    throw new FileProblem('wrongType', 'The file is a zip archive, but no workbook (.xlsx).');
  if (!root.part.endsWith('.xml'))
    throw new FileProblem('wrongType', 'The file is a binary workbook (.xlsb). Save it as .xlsx or CSV.');
  const folder = posix.dirname(root.part);
  const relations = await readRelations(zip, posix.join(folder, '_rels', `${posix.basename(root.part)}.rels`), folder);
  const { sheets, isFrom1904 } = await readSheets(zip, root.part);
  const partOf = (type: string) => relations.find((relation) => relation.type === type && zip.has(relation.part))?.part;
  const visible = sheets
    .filter(({ isHidden }) => !isHidden)
    .map(({ name, id }) => ({ name, part: relations.find((one) => one.id === id && one.type === 'worksheet')?.part }))
    .find((sheet): sheet is { name: string; part: string } => sheet.part !== undefined);
  if (!visible) throw new FileProblem('unreadable', 'The workbook has no visible sheet with cells.');
  const styles = partOf('styles');
  const strings = partOf('sharedStrings');
  return {
    sheet: visible,
    isFrom1904,
    formats: styles === undefined ? [] : await readFormats(zip, styles),
    strings: await readStrings(zip, strings),
  };
}

const NOTHING: XmlHandler = { open() {}, close() {}, text() {} };

/** References of a part to other parts. `folder`: that of the part. */
async function readRelations(zip: ZipArchive, part: string, folder: string) {
  const relations: { id: string; type: string; part: string }[] = [];
  await readWholeXml(zip.read(part, MAX_PART_BYTES), {
    ...NOTHING,
    open(name, { Id = '', Type = '', Target = '', TargetMode }) {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), part: target });
    },
  });
  return relations;
}

async function readSheets(zip: ZipArchive, part: string) {
  const sheets: { name: string; id: string; isHidden: boolean }[] = [];
  let isFrom1904 = false;
  await readWholeXml(zip.read(part, MAX_PART_BYTES), {
    ...NOTHING,
    open(name, attributes) {
      if (name === 'workbookPr') isFrom1904 = ['1', 'true', 'on'].includes(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      sheets.push({ name: attributes.name ?? '', id, isHidden: /hidden/i.test(attributes.state ?? '') });
    },
  });
  return { sheets, isFrom1904 };
}

async function readFormats(zip: ZipArchive, part: string): Promise<NumberFormat[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let isInCells = false;
  await readWholeXml(zip.read(part, MAX_PART_BYTES), {
    ...NOTHING,
    open(name, { numFmtId, formatCode }) {
      if (name === 'numFmt') codes.set(Number(numFmtId), formatCode ?? '');
      else if (name === 'cellXfs') isInCells = true;
      else if (name === 'xf' && isInCells) ids.push(Number(numFmtId ?? 0));
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return ids.map((id) => numberFormatOf(id, codes.get(id)));
}

async function readStrings(zip: ZipArchive, part: string | undefined): Promise<StringTable> {
  const strings = createStringTable();
  if (part === undefined) return strings;
  const text = createTextCollector();
  await readWholeXml(zip.read(part, MAX_STRINGS_BYTES), {
    open(name, attributes) {
      if (name === 'si') text.take();
      text.open(name, attributes);
    },
    close(name) {
      text.close(name);
      if (name === 'si') strings.add(text.take());
    },
    text: text.text,
  });
  return strings;
}

/** Max characters of the text of a cell; a spreadsheet holds up to 32,767. */
const MAX_TEXT_CHARACTERS = 256 * 1024;

/** Collects the text of a cell: that of all its runs (`t`), without the readings of Japanese characters (`rPh`). */
export function createTextCollector(): XmlHandler & { take(): string } {
  let collected = '';
  let isInText = false;
  let isInReading = false;
  return {
    open(name) {
      if (name === 't') isInText = true;
      else if (name === 'rPh') isInReading = true;
    },
    close(name) {
      if (name === 't') isInText = false;
      else if (name === 'rPh') isInReading = false;
    },
    text(text) {
      if (!isInText || isInReading) return;
      collected += text;
      if (collected.length > MAX_TEXT_CHARACTERS)
        throw new FileProblem('tooLarge', `A text of the workbook is over ${MAX_TEXT_CHARACTERS} characters.`);
    },
    take() {
      const text = unescapeText(collected);
      collected = '';
      return text;
    },
  };
}

/** Undoes the escapes of characters that XML cannot hold, such as `_x000D_`. */
export const unescapeText = (text: string) =>
  text.includes('_x')
    ? text.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
