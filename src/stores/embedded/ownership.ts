import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processIdentity } from './processIdentity.ts';

/** The right of one process to run stores on a data folder (lock file). */
export interface Ownership {
  release(): Promise<void>;
}

interface Owner {
  pid: number;
  identity: string;
}

/** Max attempts to take the lock while other processes start and end. */
const MAX_ATTEMPTS = 20;

/**
 * Takes the lock of a data folder, or returns the process id of its living owner. The lock of a dead process is taken
 * over at once.
 */
export async function takeOwnership(dataDir: string): Promise<Ownership | { ownedBy: number }> {
  const lock = join(dataDir, 'stores.lock');
  const mine = join(dataDir, `stores.lock.${randomUUID()}`);
  const identity = await processIdentity(process.pid);
  await writeFile(mine, JSON.stringify({ pid: process.pid, identity } satisfies Owner));
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      try {
        // A hard link is atomic: it appears with its content, and for one process only.
        await link(mine, lock);
        return { release: () => rm(lock, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = await readFile(lock, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const owner = parse(text);
      if (owner && (await isRunning(owner))) return { ownedBy: owner.pid };
      await removeStale(lock, text);
    }
    throw new Error(`${lock} could not be taken; remove it if no feedback-tracker is running`);
  } finally {
    await rm(mine, { force: true });
  }
}

/** Process id of the living owner of a data folder. */
export async function findOwner(dataDir: string): Promise<number | undefined> {
  const owner = parse(await readFile(join(dataDir, 'stores.lock'), 'utf8').catch(() => ''));
  return owner && (await isRunning(owner)) ? owner.pid : undefined;
}

async function isRunning({ pid, identity }: Owner): Promise<boolean> {
  return isAlive(pid) && (await processIdentity(pid)) === identity;
}

/** Removes a stale lock. Another process may have replaced it meanwhile: that lock is put back. */
async function removeStale(lock: string, staleText: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, 'utf8')) !== staleText) await link(aside, lock);
  } catch {
    // Another process was faster. The next attempt reads its lock.
  } finally {
    await rm(aside, { force: true });
  }
}

function parse(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}
