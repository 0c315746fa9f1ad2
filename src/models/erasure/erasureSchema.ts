import { Schema } from 'mongoose';

export const ERASABLE = ['user', 'session', 'feedback', 'org'] as const;

/** The subject of an erasure. Without `orgId`, a user, session or feedback is erased in every org. */
export interface ErasureSubject {
  what: (typeof ERASABLE)[number];
  id: string;
  orgId: string | null;
}

/** Counts of what an erasure has removed so far, by store. */
export type Removed = typeof NOTHING_REMOVED;

export const NOTHING_REMOVED = {
  feedback: 0,
  /** aggregates that counted nothing else */
  aggregates: 0,
  /** phrase sketches, one for each day of an org and of everyone, that changed or were removed */
  sketches: 0,
  deadLetters: 0,
  /** records in jobs */
  queued: 0,
  /** an org's lists of distinct answers */
  choiceLists: 0,
  /** versions of an org's taxonomy */
  taxonomies: 0,
  /** an org's keys, which were revoked */
  keys: 0,
};

/** A report of an erasure without personal data. Only the deployment can compute the subject's keyed hash. */
export interface Receipt {
  version: 1;
  id: string;
  what: ErasureSubject['what'];
  subject: string;
  requestedAt: string;
  acceptedUntil: string;
  finishedAt: string;
  removed: Removed;
}

export interface SignedReceipt {
  receipt: Receipt;
  algorithm: 'Ed25519';
  /** over the receipt as JSON without white space and with sorted names; base64 */
  signature: string;
}

export interface ErasureDocument {
  _id: string;
  what: ErasureSubject['what'];
  /** the org whose keys may see this erasure; null: only keys bound to no org */
  orgId: string | null;
  /** keyed hash of the subject: the `_id` of its tombstone */
  hash: string;
  /** deleted when the erasure is finished */
  subject?: ErasureSubject;
  /** Feedback accepted later is not erased. */
  acceptedUntil: Date;
  requestedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** feedback of the subject when the erasure began */
  total: number;
  removed: Removed;
  receipt: SignedReceipt | null;
}

export const erasureSchema = new Schema<ErasureDocument>(
  {
    _id: { type: String },
    what: { type: String, required: true },
    orgId: { type: String, default: null },
    hash: { type: String, required: true },
    subject: { type: Schema.Types.Mixed },
    acceptedUntil: { type: Date, required: true },
    requestedAt: { type: Date, required: true },
    startedAt: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    total: { type: Number, default: 0 },
    removed: { type: Schema.Types.Mixed, required: true },
    receipt: { type: Schema.Types.Mixed, default: null },
  },
  { collection: 'erasures', versionKey: false, minimize: false, strict: 'throw' },
);
erasureSchema.index({ orgId: 1, _id: -1 });
erasureSchema.index({ finishedAt: 1 });
