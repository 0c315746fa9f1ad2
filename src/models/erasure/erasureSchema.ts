import { Schema } from 'mongoose';

export const ERASABLE = ['user', 'session', 'feedback', 'org'] as const;

/** Whom or what an erasure is about. Without `orgId` a user, session or feedback is meant wherever it is. */
export interface ErasureSubject {
  what: (typeof ERASABLE)[number];
  id: string;
  orgId: string | null;
}

/** What an erasure has removed so far, by store. */
export interface Removed {
  feedback: number;
  /** aggregates that counted nothing else and are gone */
  aggregates: number;
  /** days of discovery from which phrases were taken back */
  sketches: number;
  deadLetters: number;
  /** records in jobs that were waiting */
  queued: number;
  /** an org's lists of answers and versions of its taxonomy; keys are revoked */
  choiceLists: number;
  taxonomies: number;
  keys: number;
}

export const NOTHING_REMOVED: Removed = {
  feedback: 0,
  aggregates: 0,
  sketches: 0,
  deadLetters: 0,
  queued: 0,
  choiceLists: 0,
  taxonomies: 0,
  keys: 0,
};

/** What an erasure did, without any personal data: the subject's hash can only be made by the deployment. */
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
  /** of the receipt as JSON without white space, its names sorted; base64 */
  signature: string;
}

export interface ErasureDocument {
  _id: string;
  what: ErasureSubject['what'];
  /** the org whose keys may see this erasure; null: only those of no org */
  orgId: string | null;
  /** the subject's keyed hash, as its tombstone has it */
  hash: string;
  /** only until it is done */
  subject?: ErasureSubject;
  /** What was accepted after this is not meant. */
  acceptedUntil: Date;
  requestedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** feedback of the subject when it began, about: how much there is to do */
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
