import type { MongoMemoryReplSet } from 'mongodb-memory-server';
import type { RunningStore } from '../../../src/stores/embedded/runningStore.ts';

interface SharedStores {
  redis: RunningStore;
  replicaSet: MongoMemoryReplSet;
  dataDir: string;
}

// Jest loads set-up and tear-down as separate modules, so they share a global.
const holder = globalThis as typeof globalThis & { feedbackTestStores?: SharedStores | undefined };

export function setSharedStores(stores: SharedStores): void {
  holder.feedbackTestStores = stores;
}

export function takeSharedStores(): SharedStores | undefined {
  const stores = holder.feedbackTestStores;
  holder.feedbackTestStores = undefined;
  return stores;
}
