import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keys of the service under test, which every request carries. */
export const KEYS = {
  ingest: 'ingest-key-of-the-tests',
  read: 'read-key-of-the-tests-too',
  admin: 'admin-key-of-the-tests-too',
};

/** A word that requests, texts and ids of the tests contain and that no output may contain. */
export const CANARY = 'canary5f3a9c';

/** A new file for all output of one process or service. After the suite all of them are searched for canaries and keys. */
export function outputFile(): string {
  const folder = process.env.TEST_OUTPUT_DIR;
  if (folder === undefined) throw new Error('TEST_OUTPUT_DIR is not set: see globalSetup.ts');
  return join(folder, `${randomUUID()}.log`);
}

export function keepOutput(file: string, chunk: string): void {
  appendFileSync(file, chunk);
}

/** Lines of all outputs that contain a canary or a key. */
export async function leaksIn(folder: string): Promise<string[]> {
  const planted = [CANARY, ...Object.values(KEYS)];
  const leaks: string[] = [];
  for (const file of await readdir(folder))
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n'))
      if (planted.some((one) => line.includes(one))) leaks.push(line.slice(0, 500));
  return leaks;
}
