import { Redis } from 'ioredis';
import mongoose from 'mongoose';

const TIMEOUT_MS = 2_000;
const MB = 1024 * 1024;

/**
 * What a Redis that was given, not started here, gives up of what the service promises: a line for each setting, with
 * the one to use. Nothing when it does not answer within seconds, because readiness tells that.
 */
export async function redisWarnings(url: string, backlogLimitMb: number): Promise<string[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return warningsOf(await settingsOf(redis), backlogLimitMb);
  } catch {
    return [];
  } finally {
    redis.disconnect();
  }
}

type RedisSettings = Map<string, string>;

async function settingsOf(redis: Redis): Promise<RedisSettings | undefined> {
  try {
    const settings = (await redis.config('GET', 'append*', 'maxmemory*')) as string[];
    return new Map(settings.flatMap((name, i) => (i % 2 ? [] : [[name, settings[i + 1] ?? '']])));
  } catch (error) {
    // Hosted ones keep CONFIG to themselves.
    if (error instanceof Error && /unknown command|NOPERM|not allowed/i.test(error.message)) return undefined;
    throw error;
  }
}

function warningsOf(settings: RedisSettings | undefined, backlogLimitMb: number): string[] {
  if (!settings)
    return [
      'Redis does not show its settings; it should run with appendonly yes, appendfsync always and maxmemory-policy noeviction',
    ];
  const warnings: string[] = [];
  const fsync = settings.get('appendfsync');
  const policy = settings.get('maxmemory-policy');
  const maxMemoryMb = Number(settings.get('maxmemory')) / MB;
  if (settings.get('appendonly') !== 'yes')
    warnings.push(
      'Redis keeps no append-only file: accepted feedback is lost when it restarts; set appendonly yes',
    );
  else if (fsync !== 'always')
    warnings.push(
      `Redis has appendfsync ${fsync}: a crash of its machine can lose ${fsync === 'everysec' ? 'about the last second' : 'all that the system has not written yet'} of accepted feedback; set appendfsync always`,
    );
  if (policy !== 'noeviction')
    warnings.push(
      `Redis has maxmemory-policy ${policy}: it may drop accepted feedback to make room; set maxmemory-policy noeviction`,
    );
  if (maxMemoryMb > 0 && maxMemoryMb < backlogLimitMb * 1.25)
    warnings.push(
      `Redis has maxmemory ${Math.round(maxMemoryMb)} MB: it is full before BACKLOG_LIMIT_MB (${backlogLimitMb}) is reached; set maxmemory to ${Math.ceil(backlogLimitMb * 1.25)}mb or more`,
    );
  return warnings;
}

/**
 * Refuses a MongoDB that has no transactions, since nothing could ever be stored in it. One that does not answer within
 * seconds passes, because the service waits for it.
 *
 * @throws Error for a standalone server
 */
export async function requireTransactions(uri: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(uri, {
    serverSelectionTimeoutMS: TIMEOUT_MS,
    connectTimeoutMS: TIMEOUT_MS,
  });
  const hello = await client
    .db('admin')
    .command({ hello: 1 })
    .catch(() => undefined)
    .finally(() => client.close());
  const hasTransactions = !hello || hello.setName !== undefined || hello.msg === 'isdbgrid';
  if (!hasTransactions)
    throw new Error(
      'The MongoDB of MONGODB_URI is a standalone server, which has no transactions. Start it with --replSet rs0, run rs.initiate() once, and use an address with ?replicaSet=rs0.',
    );
}
