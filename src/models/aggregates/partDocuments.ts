import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { packDelta } from '../../aggregates/packDelta.ts';
import { type AggregateDocument, keysOfPart, PAIRED_KIND } from './aggregateSchema.ts';
import { addTotals, type Totals, totalsOf } from './readTotals.ts';

/** What parts add up to, by each aggregate that they are of; the same delta where two are of the same parts. */
export function sumsOf(parts: readonly AggregateDocument[]): AggregateDelta[] {
  const found = new Map<string, { key: AggregateKey; all: Totals[] }>();
  for (const part of parts) {
    const totals = totalsOf(part);
    for (const key of keysOfPart(part)) {
      const known = found.get(key.path);
      if (known) known.all.push(totals);
      else found.set(key.path, { key, all: [totals] });
    }
  }
  let last: { all: Totals[]; sum: Totals } | undefined;
  return [...found.values()].map(({ key, all }) => {
    if (!last || !isSame(last.all, all)) last = { all, sum: addTotals(all) };
    return { key, ...last.sum };
  });
}

const isSame = <T>(a: readonly T[], b: readonly T[]) =>
  a.length === b.length && a.every((one, at) => one === b[at]);

/** Gains with others added to them, one of each aggregate; the same delta where two gain the same. */
export function mergeDeltas(gains: AggregateDelta[], others: readonly AggregateDelta[]): AggregateDelta[] {
  if (others.length === 0) return gains;
  const ofPath = new Map<string, AggregateDelta[]>();
  for (const gain of [...gains, ...others]) {
    const known = ofPath.get(gain.key.path);
    if (known) known.push(gain);
    else ofPath.set(gain.key.path, [gain]);
  }
  let last: { deltas: Delta[]; sum: Totals } | undefined;
  return [...ofPath.values()].map((all) => {
    const [gain] = all as [AggregateDelta];
    if (all.length === 1) return gain;
    const deltas = all.map(({ delta }) => delta);
    if (!last || !isSame(last.deltas, deltas)) last = { deltas, sum: addTotals(all) };
    return { key: gain.key, ...last.sum };
  });
}

/** A gain as it is left: as a part of its aggregate, and of a second one that gains the same. */
export interface Part {
  aggregate: AggregateDelta;
  pairedKey?: AggregateKey | undefined;
}

export function pairUp(gains: readonly AggregateDelta[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < gains.length; at++) {
    const gain = gains[at]!;
    const next = gains[at + 1];
    const isPair = next?.delta === gain.delta && PAIRED_KIND[gain.key.kind] === next.key.kind;
    parts.push({ aggregate: gain, pairedKey: isPair ? next.key : undefined });
    if (isPair) at++;
  }
  return parts;
}

/** The documents that hold gains as parts. */
export function partsOf(gains: readonly AggregateDelta[], word: string): AggregateDocument[] {
  return pairUp(gains).map((part) => partOf(part, word));
}

/** The document that holds a part; `word` tells it from the other parts of its aggregates. */
export function partOf({ aggregate, pairedKey }: Part, word: string): AggregateDocument {
  const { key, delta, firstAt, lastAt } = aggregate;
  const part: AggregateDocument = {
    _id: `${key.path} ${word}`,
    kind: key.kind,
    orgId: key.orgId,
    id: key.id,
    ...packDelta(delta),
  };
  if (pairedKey) part.also = `${pairedKey.path} ${word}`;
  if (key.experiment !== undefined) part.experiment = key.experiment;
  if (key.day !== undefined) part.day = key.day;
  if (firstAt) part.firstAt = firstAt;
  if (lastAt) part.lastAt = lastAt;
  return part;
}

export function partIdsOf({ _id, also }: AggregateDocument): string[] {
  return also === undefined ? [_id] : [_id, also];
}

/** When a part was left, as its name says; not a number where it was not named by a writer. */
export function batchNumberOf(name: string): number {
  return Number.parseInt(name.slice(name.lastIndexOf('.') + 1), 36);
}
