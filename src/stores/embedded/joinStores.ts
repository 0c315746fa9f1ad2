import { NEVER, type OpenStores, type OpenStoresOptions } from '../storesOptions.ts';
import { pingMongod } from './mongodAdmin.ts';
import { findOwner } from './ownership.ts';
import { pingRedis } from './pingRedis.ts';
import { readStoresFile } from './storesFile.ts';

/**
 * Returns the embedded stores of another running process on the data folder, if they answer. They end with that process.
 *
 * @throws Error if that process does not run a store that is needed here
 */
export async function joinStores(options: OpenStoresOptions): Promise<OpenStores | undefined> {
  const { dataDir } = options;
  const [owner, record] = await Promise.all([findOwner(dataDir), readStoresFile(dataDir)]);
  if (owner === undefined || record.pid !== owner) return undefined;
  const redisUrl = options.redisUrl || record.redisUrl;
  const mongodbUri = options.mongodbUri || record.mongodbUri;
  if (redisUrl === undefined) throw new Error(givenElsewhere(owner, dataDir, 'REDIS_URL'));
  if (mongodbUri === undefined) throw new Error(givenElsewhere(owner, dataDir, 'MONGODB_URI'));
  const embedded = { redis: !options.redisUrl, mongodb: !options.mongodbUri };
  const answering = await Promise.all([
    !embedded.redis || pingRedis(portOf(redisUrl)).then((state) => state === 'ready'),
    !embedded.mongodb || pingMongod(portOf(mongodbUri)),
  ]);
  if (answering.includes(false)) return undefined;
  return { redisUrl, mongodbUri, embedded, owner: false, crashed: NEVER, stop: async () => {} };
}

const portOf = (url: string) => Number(new URL(url).port);

function givenElsewhere(pid: number, dataDir: string, variable: string): string {
  return `the feedback-tracker (pid ${pid}) that is using DATA_DIR ${dataDir} runs with a ${variable}; set the same one here`;
}
