import { Schema } from 'mongoose';
import { type AggregateKey, DAY_LENGTH, textOfPathWord } from '../../aggregates/aggregateKey.ts';
import type { PackedDelta } from '../../aggregates/packDelta.ts';

/**
 * A part of the running totals of an aggregate: its name, `_id`, is the aggregate's path, a space, and a word of whoever
 * left the part. Readers add parts up. See `parts.ts`.
 *
 * Most of what is counted is counted twice: of a user in a session, of an org on a day, of everyone on a day. A part may
 * be of such a pair of aggregates, and then has a name in each.
 */
export interface AggregateDocument extends Omit<AggregateKey, 'path'>, PackedDelta {
  _id: string;
  /** its name in the second aggregate of a pair; all else is about the first */
  also?: string;
  /** None where all that it counted was taken back. */
  firstAt?: Date;
  lastAt?: Date;
  /**
   * How often it was changed since it was inserted. Whoever changes a part in its place counts it here: else its writer would
   * put in its place what it remembers of it.
   */
  changed?: number;
}

/** The kinds of the aggregates that are paired, by the kind of the first. */
export const PAIRED_KIND: Partial<Record<AggregateKey['kind'], AggregateKey['kind']>> = {
  all: 'all-day',
  org: 'org-day',
  user: 'session',
};

const UNPAIRED_KIND = new Set<string>(Object.values(PAIRED_KIND));

/** Whether a part may have this name as its second one. */
export function isPairedId(name: string): boolean {
  return UNPAIRED_KIND.has(name.slice(0, name.indexOf(' ')));
}

/** The path of the aggregate that a name is in. */
export function pathOfPart(name: string): string {
  return name.slice(0, name.lastIndexOf(' '));
}

/** The aggregates that a part is of: one, or two. */
export function keysOfPart(part: AggregateDocument): [AggregateKey, ...AggregateKey[]] {
  const { _id, also, kind, orgId, id, experiment, day } = part;
  const path = pathOfPart(_id);
  const first: AggregateKey = {
    ...{ kind, path, orgId, id },
    ...(experiment !== undefined && { experiment }),
    ...(day !== undefined && { day }),
  };
  return also === undefined ? [first] : [first, pairedKeyOf(first, pathOfPart(also))];
}

function pairedKeyOf({ kind, orgId, id }: AggregateKey, path: string): AggregateKey {
  if (kind === 'user') return { kind: 'session', path, orgId, id: textOfPathWord(path.split(' ')[1]!) };
  return { kind: kind === 'org' ? 'org-day' : 'all-day', path, orgId, id, day: path.slice(-DAY_LENGTH) };
}

/** Filters, one of which matches: the parts that have a name from one (inclusive) to below another. */
export function namedBetween(from: string, below: string): Record<string, unknown>[] {
  const names = { $gte: from, $lt: below };
  return [{ _id: names }, ...(isPairedId(from) ? [{ also: names }] : [])];
}

/** Filters, one of which matches: the parts of aggregates whose paths begin with these words. */
export function partsUnder(path: string): Record<string, unknown>[] {
  // A space ends a word, and '!' is the character after it.
  return namedBetween(`${path} `, `${path}!`);
}

export const aggregateSchema = new Schema<AggregateDocument>(
  {
    _id: { type: String },
    also: { type: String },
    kind: { type: String, required: true },
    orgId: { type: String, default: null },
    id: { type: String, required: true },
    experiment: { type: String },
    day: { type: String },
    firstAt: { type: Date },
    lastAt: { type: Date },
    changed: { type: Number },
    n: { type: Number },
    f: { type: [Number], default: undefined },
    d: { type: String },
  },
  { collection: 'aggregates', versionKey: false, minimize: false, strict: 'throw' },
);

// Rankings: all orgs, or the users and sessions of one org. Of fields that never change, so counting never touches it.
aggregateSchema.index({ kind: 1, orgId: 1 });
aggregateSchema.index({ also: 1 }, { sparse: true });
