import { type Config, readConfig } from '../config.ts';
import { closeDatabase, type Models, openDatabase } from '../models/database.ts';
import { openStores } from '../stores/openStores.ts';
import type { OpenStores } from '../stores/storesOptions.ts';

/** Options for `openStores`, read from the settings. */
export function storesOptionsOf({ REDIS_URL, MONGODB_URI, DATA_DIR, CACHE_DIR }: Config) {
  return { redisUrl: REDIS_URL, mongodbUri: MONGODB_URI, dataDir: DATA_DIR, cacheDir: CACHE_DIR };
}

/**
 * Opens the stores, runs `work`, and closes them. For each store, in order of preference: the address in the settings,
 * the embedded store of the running service, or an embedded store of this process.
 */
export async function withStores<T>(work: (stores: OpenStores, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const stores = await openStores({ ...storesOptionsOf(config), join: true, report });
  const crashed = stores.crashed.then((reason) => {
    throw new Error(reason);
  });
  try {
    return await Promise.race([work(stores, config), crashed]);
  } finally {
    await stores.stop();
  }
}

/** Opens the database, runs `work`, and closes the database. */
export async function withDatabase<T>(
  uri: string,
  work: (models: Models) => Promise<T>,
  heartbeatTimeoutMs?: number,
): Promise<T> {
  const models = openDatabase({ uri, appName: 'feedback-tracker-command', poolSize: 2, heartbeatTimeoutMs });
  try {
    await models.connection.asPromise();
    return await work(models);
  } finally {
    await closeDatabase(models);
  }
}
