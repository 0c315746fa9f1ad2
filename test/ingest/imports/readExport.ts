import { createReadStream } from 'node:fs';
import { openTable, type Table } from '../../../src/ingest/files/openTable.ts';

const EXPORTS = new URL('./exports/', import.meta.url);
const MAX_BYTES = 1024 * 1024;

/** Opens a file of made-up rows in the format of a tool's export. */
export function readExport(file: string): Promise<Table> {
  return openTable(createReadStream(new URL(file, EXPORTS)), { maxBytes: MAX_BYTES });
}
