import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of files by name. */
export function zipOf(files: Record<string, string | Buffer>): Buffer {
  const members: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes, { level: 1 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const member = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name)]));
    members.push(member);
    offset += member.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...members, central, Buffer.from('PK\x05\x06'), end]);
}

interface Parts {
  /** content of `sheetData` of each sheet */
  sheets: string[];
  /** attributes of each sheet in the workbook, such as `state="hidden"` */
  states?: string[];
  /** content of `sst` */
  strings?: string;
  /** content of `styleSheet` */
  styles?: string;
  /** attributes of `workbookPr` */
  properties?: string;
  /** parts by name, in place of those made */
  others?: Record<string, string>;
}

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** A workbook by its parts. */
export function workbookOf({
  sheets,
  states = [],
  strings = '',
  styles = '',
  properties = '',
  others = {},
}: Parts): Buffer {
  const relations = [
    ...sheets.map((_, n) => [`rId${n + 1}`, 'worksheet', `worksheets/sheet${n + 1}.xml`]),
    ['rId91', 'sharedStrings', 'sharedStrings.xml'],
    ['rId92', 'styles', 'styles.xml'],
  ];
  const relationsXml = (list: string[][]) =>
    `<Relationships xmlns="${PACKAGE}">${list.map(([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`).join('')}</Relationships>`;
  return zipOf({
    '_rels/.rels': relationsXml([['rId1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr ${properties}/><sheets>${sheets.map((_, n) => `<sheet name="Sheet ${n + 1}" sheetId="${n + 1}" ${states[n] ?? ''} r:id="rId${n + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationsXml(relations),
    'xl/sharedStrings.xml': `<sst xmlns="${MAIN}">${strings}</sst>`,
    'xl/styles.xml': `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>`,
    ...Object.fromEntries(
      sheets.map((rows, n) => [
        `xl/worksheets/sheet${n + 1}.xml`,
        `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
      ]),
    ),
    ...others,
  });
}

/** A cell with a text of its own. */
export const textCell = (text: string, name?: string) =>
  `<c ${name ? `r="${name}"` : ''} t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;

export const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
