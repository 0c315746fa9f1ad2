import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Content of `stores.json` in the data folder. */
export interface StoresRecord {
  /** Process that runs the stores; left out while they are stopped. */
  pid?: number;
  redisUrl?: string;
  mongodbUri?: string;
  /** Ports of the last start, so that addresses stay the same. */
  ports: { redis?: number; mongodb?: number };
  /** Binaries of the last start, so that the version that wrote the data reads it. */
  binaries: { redis?: string; mongodb?: string };
}

export async function readStoresFile(dataDir: string): Promise<StoresRecord> {
  try {
    const record = JSON.parse(await readFile(join(dataDir, 'stores.json'), 'utf8')) as Partial<StoresRecord>;
    return { ...record, ports: record.ports ?? {}, binaries: record.binaries ?? {} };
  } catch {
    // Everything in it can be found or chosen again.
    return { ports: {}, binaries: {} };
  }
}

export async function writeStoresFile(dataDir: string, record: StoresRecord): Promise<void> {
  const temporary = join(dataDir, `stores.json.${randomUUID()}`);
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, join(dataDir, 'stores.json'));
}
