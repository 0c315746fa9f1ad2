import { createHmac } from 'node:crypto';
import { Schema } from 'mongoose';
import type { ErasureSubject } from './erasureSchema.ts';

/**
 * Says that something was erased, without saying what: `_id` is a keyed hash of the kind and the id, followed, where it was
 * erased in one org only, by a dot and one of the org.
 */
export interface TombstoneDocument {
  _id: string;
  kind: ErasureSubject['what'];
  /** What was accepted later is not erased. For single feedback the end of time. */
  at: Date;
  /** in which order tombstones were set */
  clock: number;
}

export const tombstoneSchema = new Schema<TombstoneDocument>(
  {
    _id: { type: String },
    kind: { type: String, required: true },
    at: { type: Date, required: true },
    clock: { type: Number, required: true },
  },
  { collection: 'tombstones', versionKey: false, strict: 'throw' },
);
tombstoneSchema.index({ clock: 1 });

/**
 * Where a writer of feedback and whoever sets tombstones meet: both write to it, so of two at once the writer runs again
 * or the other one waits for it.
 */
export interface FenceDocument {
  _id: string;
  /** the newest tombstone that the writer has to know */
  clock: number;
  transactions: number;
  usedAt: Date;
}

export const fenceSchema = new Schema<FenceDocument>(
  {
    _id: { type: String },
    clock: { type: Number, required: true },
    transactions: { type: Number, required: true },
    usedAt: { type: Date, required: true },
  },
  { collection: 'fences', versionKey: false, strict: 'throw' },
);

/** The end of time, as far as dates go in MongoDB and in JavaScript. */
export const NEVER_EXPIRES = new Date(8.64e15);

export function hashOf(key: Buffer, kind: ErasureSubject['what'], id: string): Buffer {
  return createHmac('sha256', key).update(`${kind}\0${id}`).digest();
}

/** The `_id` of a tombstone: of something wherever it is, or in one org. */
export function tombstoneId(key: Buffer, hash: Buffer, orgId: string | null): string {
  const name = hash.toString('base64url');
  return orgId === null ? name : `${name}.${hashOf(key, 'org', orgId).toString('base64url', 0, 16)}`;
}

/** The hash that a tombstone's `_id` begins with. */
export function hashOfTombstone(id: string): Buffer {
  return Buffer.from(id.split('.', 1)[0]!, 'base64url');
}
