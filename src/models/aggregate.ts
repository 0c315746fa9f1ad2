import { Schema } from 'mongoose';
import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { StoredDelta } from '../aggregates/delta.ts';

/**
 * The running totals of one aggregate, or a part of them: `_id` is the aggregate's path, a space, and the number of a
 * stripe (of aggregates that many batches share) or the name of the writer that the part belongs to (of users and
 * sessions). Writers at work at the same time write to different documents, so that even feedback that all belongs to
 * one org never meets in one; readers add them up.
 */
export interface AggregateDocument extends Omit<AggregateKey, 'path'>, StoredDelta {
  _id: string;
  /** None where all that it counted was taken back. */
  firstAt?: Date;
  lastAt?: Date;
}

/** How many writers, over all processes, can be at work without ever meeting in a document. */
export const STRIPES = 16;

const counters = { type: Schema.Types.Mixed };

export const aggregateSchema = new Schema<AggregateDocument>(
  {
    _id: { type: String },
    kind: { type: String, required: true },
    orgId: { type: String, default: null },
    id: { type: String, required: true },
    experiment: { type: String },
    day: { type: String },
    firstAt: { type: Date },
    lastAt: { type: Date },
    n: { type: Number },
    r: counters,
    c: counters,
    k: counters,
    s: counters,
    t: counters,
  },
  { collection: 'aggregates', versionKey: false, minimize: false, strict: 'throw' },
);

// Rankings: all orgs, or the users and sessions of one org. Of fields that never change, so counting never touches it.
aggregateSchema.index({ kind: 1, orgId: 1 });
