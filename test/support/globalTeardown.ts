import { rm } from 'node:fs/promises';
import { takeSharedStores } from './sharedStores.ts';

export default async function globalTeardown(): Promise<void> {
  const shared = takeSharedStores();
  if (shared === undefined) return;
  await Promise.all([shared.redis.stop(), shared.replicaSet.stop({ doCleanup: true, force: true })]);
  await rm(shared.dataDir, { recursive: true, force: true });
}
