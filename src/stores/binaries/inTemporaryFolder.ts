import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.fetch-';
/** Age after which a folder belongs to a process that was killed. No fetch takes this long. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** Runs `work` in a new folder inside the cache folder (so that its result can be renamed into place), and removes the folder. */
export async function inTemporaryFolder<T>(cacheDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(cacheDir, { recursive: true });
  await removeAbandoned(cacheDir);
  const folder = await mkdtemp(join(cacheDir, PREFIX));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(cacheDir, name);
    const changedAt = await stat(folder).then(
      (stats) => stats.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - changedAt > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}
