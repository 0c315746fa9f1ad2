import { randomUUID } from 'node:crypto';
import {
  type StoreBinaries,
  startThrowAwayStores,
  type ThrowAwayStores,
} from '../../../tools/support/throwAwayStores.ts';

/**
 * A part of the shared stores that no other test file uses: a new MongoDB database, created by the first write, and a new
 * prefix for every key in Redis.
 */
export function isolatedStores(): { redisUrl: string; mongodbUri: string; prefix: string } {
  const name = `test-${randomUUID().slice(0, 13)}`;
  const mongodbUri = new URL(given('TEST_MONGODB_URI'));
  mongodbUri.pathname = `/${name}`;
  return { redisUrl: given('TEST_REDIS_URL'), mongodbUri: mongodbUri.href, prefix: name };
}

export interface OwnStores extends ThrowAwayStores {
  /** Lines that the stores reported, such as a restart. */
  lines: string[];
}

/** A Redis and a mongod of the test's own, to be killed or frozen (`redis.kill('SIGSTOP')`). Killed ones are restarted. */
export async function ownStores(): Promise<OwnStores> {
  const lines: string[] = [];
  const stores = await startThrowAwayStores({
    binaries: storeBinaries(),
    report: (line) => lines.push(line),
    mongoCacheGb: 0.25,
  });
  return Object.assign(stores, { lines });
}

/** Paths of the servers that the shared stores run. */
export function storeBinaries(): StoreBinaries {
  return { redis: given('TEST_REDIS_BINARY'), mongodb: given('TEST_MONGOD_BINARY') };
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with jest.config.js`);
  return value;
}
