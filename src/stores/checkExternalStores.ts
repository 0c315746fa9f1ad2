import { Redis } from 'ioredis';
import mongoose from 'mongoose';

const TIMEOUT_MS = 2_000;
const MB = 1024 * 1024;

/**
 * Compares the settings of an external Redis with what the service's promises need. Returns a warning for each setting
 * that differs, with the value to use. Returns none if Redis does not answer in 2 s: readiness reports that.
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

async function settingsOf(redis: Redis): Promise<Map<string, string> | undefined> {
  try {
    const settings = (await redis.config('GET', 'append*', 'maxmemory*')) as string[];
    return new Map(settings.flatMap((name, index) => (index % 2 ? [] : [[name, settings[index + 1] ?? '']])));
  } catch (error) {
    // Hosted services often disable CONFIG.
    if (error instanceof Error && /unknown command|NOPERM|not allowed/i.test(error.message)) return undefined;
    throw error;
  }
}

function warningsOf(settings: Map<string, string> | undefined, backlogLimitMb: number): string[] {
  if (!settings)
    return [
      'Redis does not show its settings: make sure it runs with appendonly yes, appendfsync always and maxmemory-policy noeviction',
    ];
  const warnings: string[] = [];
  const fsync = settings.get('appendfsync');
  const policy = settings.get('maxmemory-policy');
  const maxMemoryMb = Number(settings.get('maxmemory')) / MB;
  if (settings.get('appendonly') !== 'yes')
    warnings.push('Redis keeps no append-only file: accepted feedback is lost when it restarts. Set appendonly yes');
  else if (fsync !== 'always')
    warnings.push(
      `Redis has appendfsync ${fsync}: a crash of its machine can lose ${fsync === 'everysec' ? 'about the last second of accepted feedback' : 'accepted feedback that the system has not written to disk yet'}. Set appendfsync always`,
    );
  if (policy !== 'noeviction')
    warnings.push(
      `Redis has maxmemory-policy ${policy}: it may drop accepted feedback to make room. Set maxmemory-policy noeviction`,
    );
  if (maxMemoryMb > 0 && maxMemoryMb < backlogLimitMb * 1.25)
    warnings.push(
      `Redis has maxmemory ${Math.round(maxMemoryMb)} MB: it is full before BACKLOG_LIMIT_MB (${backlogLimitMb}) is reached. Set maxmemory to ${Math.ceil(backlogLimitMb * 1.25)}mb or more`,
    );
  return warnings;
}

/**
 * Refuses a MongoDB without transactions, in which no feedback could be stored. A MongoDB that does not answer in 2 s
 * passes, because the service waits for it.
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
      'MONGODB_URI points to a standalone server, which has no transactions. Start it with --replSet rs0, run rs.initiate() once, and add ?replicaSet=rs0 to MONGODB_URI.',
    );
}
