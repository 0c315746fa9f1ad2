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

/** Stands in every request that the shared fixtures send, and in texts and ids; in no output of anything. */
export const CANARY = 'canary5f3a9c';

/** The file that some process or service of the suite leaves all its output in: looked through when the suite is over. */
export function outputFile(): string {
  const folder = process.env.TEST_OUTPUT_DIR;
  if (folder === undefined) throw new Error('TEST_OUTPUT_DIR is not set: see globalSetup.ts');
  return join(folder, `${randomUUID()}.log`);
}

export function keepOutput(file: string, chunk: string): void {
  appendFileSync(file, chunk);
}

/** The lines of all outputs that hold what no output may. */
export async function leaksIn(folder: string): Promise<string[]> {
  const planted = [CANARY, ...Object.values(KEYS)];
  const leaks: string[] = [];
  for (const file of await readdir(folder))
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n'))
      if (planted.some((one) => line.includes(one))) leaks.push(line.slice(0, 500));
  return leaks;
}
