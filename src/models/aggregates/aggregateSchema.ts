import { Schema } from 'mongoose';
import { type AggregateKey, textOfPathWord } from '../../aggregates/aggregateKey.ts';
import { DAY_LENGTH } from '../../aggregates/days.ts';
import type { PackedDelta } from '../../aggregates/packDelta.ts';

/**
 * A part of an aggregate. Readers add the parts of an aggregate up; see `partsWriter.ts`. Its `_id` is the aggregate's path,
 * a space, and a suffix that its writer chose.
 *
 * Most feedback counts twice: for a user and its session, for an org and its day, for everyone and the day. A part may
 * belong to such a pair of aggregates. It then has an id in each.
 */
export interface AggregateDocument extends Omit<AggregateKey, 'path'>, PackedDelta {
  _id: string;
  /** id in the second aggregate of a pair; the other fields describe the first */
  also?: string;
  /** left out if the part only subtracts */
  firstAt?: Date;
  lastAt?: Date;
  /**
   * Number of changes since the part was inserted. Every change in place must be counted here. Else the part's writer
   * would replace it by a cached sum that does not contain the change.
   */
  changed?: number;
  /** sums for rankings, written by earlier versions */
  f?: number[];
  /** set for retained totals only, see `retainedTotals.ts` */
  zones?: string[];
}

/** Kinds of aggregates that can be paired: the first's kind to the second's. */
export const PAIRED_KIND: Partial<Record<AggregateKey['kind'], AggregateKey['kind']>> = {
  all: 'all-day',
  org: 'org-day',
  user: 'session',
};

/** Kinds of aggregates that may count feedback after its removal: those that are not about one user or session. */
export const RETAINED_KINDS = ['all', 'all-day', 'org', 'org-day', 'org-zone-day', 'variant'] as const;

const SECOND_KINDS = new Set<string>(Object.values(PAIRED_KIND));

/** Whether a part id may be the second id of a pair (`also`). */
export function isPairedId(partId: string): boolean {
  return SECOND_KINDS.has(partId.slice(0, partId.indexOf(' ')));
}

/** The path of the aggregate that a part id belongs to. */
export function pathOfPart(partId: string): string {
  return partId.slice(0, partId.lastIndexOf(' '));
}

/** The one or two aggregates that a part belongs to. */
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

/** Alternative filters for the parts with an id from `from` (inclusive) to `below` (exclusive). */
export function namedBetween(from: string, below: string): Record<string, unknown>[] {
  const ids = { $gte: from, $lt: below };
  return [{ _id: ids }, ...(isPairedId(from) ? [{ also: ids }] : [])];
}

/** Alternative filters for the parts of aggregates whose paths begin with these words. */
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
    zones: { type: [String], default: undefined },
    n: { type: Number },
    f: { type: [Number], default: undefined },
    d: { type: String },
  },
  { collection: 'aggregates', versionKey: false, minimize: false, strict: 'throw' },
);

aggregateSchema.index({ also: 1 }, { sparse: true });
/** Indexes that earlier versions made and that nothing needs. Each costs every insert. */
export const OBSOLETE_INDEXES = ['kind_1_orgId_1'];
/** Retained totals are erased by org. */
export const retainedAggregateSchema = aggregateSchema.clone().index({ kind: 1, orgId: 1 });
