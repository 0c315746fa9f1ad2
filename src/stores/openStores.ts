import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinStores } from './embedded/joinStores.ts';
import { takeOwnership } from './embedded/ownership.ts';
import { startEmbedded } from './embedded/startEmbedded.ts';
import { NEVER, type OpenStores, type OpenStoresOptions } from './storesOptions.ts';

/** Another process uses the data folder. */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
}

/** Max wait for another process that is starting its stores, including its first download of the servers. */
const JOIN_TIMEOUT_MS = 120_000;
const JOIN_POLL_INTERVAL_MS = 250;
const REPORT_AFTER_MS = 2_000;

/**
 * Opens a Redis and a MongoDB. For each, in order of preference: the given address, with `join` the embedded store of a
 * process that already uses the data folder, or an embedded store of this process, whose server is found or fetched.
 *
 * @throws DataFolderInUse if another process uses the data folder, and `join` is off or its stores do not answer
 * @throws Error if a server can be neither found nor fetched, or does not start
 */
export async function openStores(options: OpenStoresOptions): Promise<OpenStores> {
  const { redisUrl, mongodbUri, dataDir, join = false, report } = options;
  if (redisUrl && mongodbUri) {
    const embedded = { redis: false, mongodb: false };
    return { redisUrl, mongodbUri, embedded, owner: false, crashed: NEVER, stop: async () => {} };
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const start = Date.now();
  let reported = false;
  for (;;) {
    const joined = join ? await joinStores(options) : undefined;
    if (joined) return joined;
    const ownership = await takeOwnership(dataDir);
    if (!('ownedBy' in ownership)) return startEmbedded(options, ownership);
    const { ownedBy } = ownership;
    if (!join) {
      throw new DataFolderInUse(
        `another feedback-tracker (pid ${ownedBy}) is using DATA_DIR ${dataDir}; stop it, or set DATA_DIR to another folder`,
      );
    }
    const waitedMs = Date.now() - start;
    if (waitedMs > JOIN_TIMEOUT_MS) {
      throw new DataFolderInUse(
        `another feedback-tracker (pid ${ownedBy}) is using DATA_DIR ${dataDir}, but its stores do not answer; restart it`,
      );
    }
    if (waitedMs > REPORT_AFTER_MS && !reported) {
      reported = true;
      report(`Waiting for the stores of the running feedback-tracker (pid ${ownedBy}) …`);
    }
    await sleep(JOIN_POLL_INTERVAL_MS);
  }
}
