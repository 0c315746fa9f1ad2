import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { packDelta } from '../../aggregates/packDelta.ts';
import { groupBy } from '../groupBy.ts';
import { type AggregateDocument, keysOfPart, PAIRED_KIND } from './aggregateSchema.ts';
import { addTotals, type Totals, totalsOf } from './readTotals.ts';

// Conversion between aggregate deltas and the documents that hold them as parts. Two aggregates with the same delta are
// recognised by identity: functions that add up give both the same Delta object, and `pairUp` puts both into one part.

/** The sum of parts for each aggregate that they belong to. Two aggregates with the same parts get the same Delta. */
export function sumsOf(parts: readonly AggregateDocument[]): AggregateDelta[] {
  const all = parts.flatMap((part) => {
    const totals = totalsOf(part);
    return keysOfPart(part).map((key) => ({ key, ...totals }));
  });
  return mergeDeltas([], all);
}

/** Deltas with others added, one for each aggregate. Two aggregates with the same deltas get the same Delta. */
export function mergeDeltas(deltas: AggregateDelta[], others: readonly AggregateDelta[]): AggregateDelta[] {
  if (others.length === 0) return deltas;
  const byPath = groupBy([...deltas, ...others], ({ key }) => key.path);
  let last: { deltas: Delta[]; sum: Totals } | undefined;
  return [...byPath.values()].map((additions) => {
    const [first] = additions as [AggregateDelta];
    if (additions.length === 1) return first;
    const ofPath = additions.map(({ delta }) => delta);
    if (!last || !isSame(last.deltas, ofPath)) last = { deltas: ofPath, sum: addTotals(additions) };
    return { key: first.key, ...last.sum };
  });
}

const isSame = <T>(a: readonly T[], b: readonly T[]) =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** A part of an aggregate, and of a second one that has the same delta. */
export interface Part {
  aggregate: AggregateDelta;
  pairedKey?: AggregateKey | undefined;
}

/** Deltas as parts. The two aggregates of a pair come one right after the other. */
export function pairUp(deltas: readonly AggregateDelta[]): Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < deltas.length; index++) {
    const aggregate = deltas[index]!;
    const next = deltas[index + 1];
    const isPair = next?.delta === aggregate.delta && PAIRED_KIND[aggregate.key.kind] === next.key.kind;
    parts.push({ aggregate, pairedKey: isPair ? next.key : undefined });
    if (isPair) index++;
  }
  return parts;
}

/** The documents that hold deltas as parts. */
export function partsOf(deltas: readonly AggregateDelta[], writerSuffix: string): AggregateDocument[] {
  return pairUp(deltas).map((part) => partOf(part, writerSuffix));
}

/** The document that holds a part. `writerSuffix` is unique among the parts of an aggregate: `<writer>.<batch>`. */
export function partOf({ aggregate, pairedKey }: Part, writerSuffix: string): AggregateDocument {
  const { key, delta, firstAt, lastAt } = aggregate;
  const part: AggregateDocument = {
    _id: `${key.path} ${writerSuffix}`,
    kind: key.kind,
    orgId: key.orgId,
    id: key.id,
    ...packDelta(delta),
  };
  if (pairedKey) part.also = `${pairedKey.path} ${writerSuffix}`;
  if (key.experiment !== undefined) part.experiment = key.experiment;
  if (key.day !== undefined) part.day = key.day;
  if (firstAt) part.firstAt = firstAt;
  if (lastAt) part.lastAt = lastAt;
  return part;
}

export function partIdsOf({ _id, also }: AggregateDocument): string[] {
  return also === undefined ? [_id] : [_id, also];
}

/** The batch that wrote a part: a time in milliseconds, read from the part's id. NaN for ids of other forms. */
export function batchNumberOf(partId: string): number {
  return Number.parseInt(partId.slice(partId.lastIndexOf('.') + 1), 36);
}
