import { Schema } from 'mongoose';
import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { PackedDelta } from '../aggregates/packDelta.ts';

/**
 * A part of the running totals of one aggregate: `_id` is the aggregate's path, a space, and a word of whoever left the
 * part. Readers add parts up. See `parts.ts`.
 */
export interface AggregateDocument extends Omit<AggregateKey, 'path'>, PackedDelta {
  _id: string;
  /** None where all that it counted was taken back. */
  firstAt?: Date;
  lastAt?: Date;
  /** how often `refreshSpans` has set the times */
  refreshed?: number;
}

export function pathOfPart(id: string): string {
  return id.slice(0, id.lastIndexOf(' '));
}

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
    refreshed: { type: Number },
    n: { type: Number },
    f: { type: [Number], default: undefined },
    d: { type: String },
  },
  { collection: 'aggregates', versionKey: false, minimize: false, strict: 'throw' },
);

// Rankings: all orgs, or the users and sessions of one org. Of fields that never change, so counting never touches it.
aggregateSchema.index({ kind: 1, orgId: 1 });
