import { Schema } from 'mongoose';

/**
 * Internal state of the deployment: secrets, a sequence and a lock, each one document under a fixed `_id`. No user
 * sets it. Do not confuse it with org settings (`models/settings`) or with the environment (`config.ts`).
 */
export interface InternalStateDocument {
  _id: string;
  value: unknown;
}

/** Every transaction that subtracts feedback from aggregates writes to it, so that two such transactions conflict. */
export const SUBTRACTION_LOCK = 'feedback taken out';
/** Number of transactions that have set tombstones. */
export const TOMBSTONE_SEQUENCE = 'tombstone clock';
/** Progress of the rewriting of old ids (`models/feedback/oldIds.ts`). Each transaction that rewrites some writes to it. */
export const OLD_IDS = 'old feedback ids';
/** State of the search index (`models/search/searchDirectory.ts`). Each transaction that changes the index writes to it. */
export const SEARCH_INDEX = 'search index';
/** Processes that read long snapshots (`withSnapshotHistory.ts`). */
export const SNAPSHOT_READERS = 'snapshot readers';
/** State of the rankings (`models/rankings/rankingState.ts`). */
export const RANKINGS = 'rankings';
/** Key of the HMAC in tombstones, in base64. */
export const TOMBSTONE_KEY = 'tombstone key';
/** Ed25519 private key that signs receipts of erasures, in PEM. */
export const RECEIPT_SIGNING_KEY = 'receipt signing key';

export const internalStateSchema = new Schema<InternalStateDocument>(
  { _id: { type: String }, value: { type: Schema.Types.Mixed } },
  { collection: 'settings', versionKey: false, minimize: false, strict: 'throw' },
);
