import { createHmac } from 'node:crypto';
import { Schema } from 'mongoose';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import type { ErasureSubject } from './erasureSchema.ts';

/**
 * A record that something is erased, without its name. `_id` is the keyed hash of the kind and the id. An erasure in
 * one org appends a dot and a keyed hash of the org.
 */
export interface TombstoneDocument {
  _id: string;
  kind: ErasureSubject['what'];
  /** Feedback accepted later is not erased. For a single feedback: the end of time. */
  at: Date;
  /** Sequence number of the transaction that set it last. */
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

/** The document in which a writer of feedback and an erasure conflict. One for each writer. */
export interface FenceDocument {
  _id: string;
  /** Sequence number of the newest tombstones, which the writer must know to pass. */
  clock: number;
  /** Transactions that passed. */
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

/** The latest time that MongoDB and JavaScript can both represent. */
export const NEVER_EXPIRES = new Date(8.64e15);

/** The subject of a tombstone that erases an id in one org alone, or where there is none. It equals no id. */
export const idInOrg = ({ _id, orgId = '' }: Pick<FeedbackDocument, '_id' | 'orgId'>): string =>
  `${publicId(_id)} ${orgId}`;

/** HMAC-SHA-256: 32 bytes. */
export function hashOf(key: Buffer, kind: ErasureSubject['what'], id: string): Buffer {
  return createHmac('sha256', key).update(`${kind}\0${id}`).digest();
}

/** The `_id` of a tombstone, in one org or, without `orgId`, in all. */
export function tombstoneId(key: Buffer, hash: Buffer, orgId: string | null): string {
  const name = hash.toString('base64url');
  return orgId === null ? name : `${name}.${hashOf(key, 'org', orgId).toString('base64url', 0, 16)}`;
}

/** The hash at the start of a tombstone's `_id`. */
export function hashOfTombstone(id: string): Buffer {
  return Buffer.from(id.split('.', 1)[0]!, 'base64url');
}
