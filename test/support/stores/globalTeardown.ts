import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { leaksIn } from '../outputs.ts';
import { takeSharedStores } from './sharedStores.ts';

export default async function globalTeardown(): Promise<void> {
  const shared = takeSharedStores();
  if (shared === undefined) return;
  await Promise.all([shared.redis.stop(), shared.replicaSet.stop({ doCleanup: true, force: true })]);
  const leaks = await leaksIn(join(shared.dataDir, 'outputs'));
  await rm(shared.dataDir, { recursive: true, force: true });
  if (leaks.length > 0) throw new Error(`Outputs contain canaries or keys:\n${leaks.slice(0, 20).join('\n')}`);
}
