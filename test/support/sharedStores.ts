import type { MongoMemoryReplSet } from 'mongodb-memory-server';
import type { RunningStore } from '../../src/stores/embedded/runningStore.ts';

interface SharedStores {
  redis: RunningStore;
  replicaSet: MongoMemoryReplSet;
  dataDir: string;
}

// Jest loads the set-up and the tear-down apart from each other, so what they share hangs on the process.
const holder = globalThis as typeof globalThis & { feedbackTestStores?: SharedStores | undefined };

export function setSharedStores(stores: SharedStores): void {
  holder.feedbackTestStores = stores;
}

export function takeSharedStores(): SharedStores | undefined {
  const stores = holder.feedbackTestStores;
  holder.feedbackTestStores = undefined;
  return stores;
}
