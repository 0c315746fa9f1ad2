import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the file `stores.json` in the data folder says about its embedded stores. */
export interface StoresRecord {
  /** The process that runs them; none while they are stopped. */
  pid?: number;
  redisUrl?: string;
  mongodbUri?: string;
  /** Kept from start to start, so that addresses stay the same. */
  ports: { redis?: number; mongodb?: number };
  /** Likewise, so that the data is read by what wrote it. */
  binaries: { redis?: string; mongodb?: string };
}

export async function readStoresFile(dataDir: string): Promise<StoresRecord> {
  try {
    const record = JSON.parse(await readFile(join(dataDir, 'stores.json'), 'utf8')) as Partial<StoresRecord>;
    return { ...record, ports: record.ports ?? {}, binaries: record.binaries ?? {} };
  } catch {
    // All it holds can be found out or chosen again.
    return { ports: {}, binaries: {} };
  }
}

export async function writeStoresFile(dataDir: string, record: StoresRecord): Promise<void> {
  const temporary = join(dataDir, `stores.json.${randomUUID()}`);
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, join(dataDir, 'stores.json'));
}
