import { type AggregateKey, keysOf } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta, Countable } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { deleteAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { SUBTRACTION_LOCK } from '../mongodb/internalState.ts';
import { type AggregateDocument, keysOfPart, partsUnder, pathOfPart } from './aggregateSchema.ts';
import { type LostBounds, refreshSpans } from './refreshSpans.ts';
import { splitParts } from './splitParts.ts';

/** A range of ids for each costs MongoDB some time to plan. */
const READ_AT_ONCE = 64;

export interface Subtraction {
  key: AggregateKey;
  /** the earliest and the latest that it loses */
  from: Date;
  to: Date;
}

/**
 * Makes aggregates ready to lose feedback: called in the transaction that takes it out, when it is out, and before `gains`
 * are added. An aggregate that then counts nothing is removed, with what names it, and what it would gain is taken from
 * `gains`; one that loses its earliest or latest has its times set anew.
 *
 * @returns how many aggregates are gone
 */
export async function prepareSubtraction(
  models: Models,
  gains: Map<string, AggregateDelta>,
  losses: readonly Subtraction[],
  session: Transaction,
): Promise<number> {
  if (losses.length === 0) return 0;
  // Of two that each take out what the other still sees, one has to run again: they meet here.
  await models.internalState.collection.updateOne(
    { _id: SUBTRACTION_LOCK as never },
    { $inc: { value: 1 } },
    { session, upsert: true },
  );
  const found = await readParts(models, losses, session);
  const parts = new Map<string, AggregateDocument[]>();
  for (const part of found)
    for (const { path } of keysOfPart(part)) parts.set(path, [...(parts.get(path) ?? []), part]);

  const emptied = new Set<string>();
  const lessened: LostBounds[] = [];
  let gone = 0;
  for (const { key, from, to } of losses) {
    const own = parts.get(key.path) ?? [];
    const left = own.reduce((sum, { n }) => sum + n, gains.get(key.path)?.delta.get('n') ?? 0);
    if (left === 0) {
      if (own.length > 0) gone++;
      emptied.add(key.path);
      gains.delete(key.path);
      continue;
    }
    const first = !own.some(({ firstAt }) => firstAt && firstAt < from);
    const last = !own.some(({ lastAt }) => lastAt && lastAt > to);
    if (first || last) lessened.push({ key, first, last });
  }
  const changed = new Set([...emptied, ...lessened.map(({ key }) => key.path)]);
  const names = await splitParts(models, found, changed, session);
  await deleteAll(
    models.aggregates,
    names.filter((name) => emptied.has(pathOfPart(name))),
    session,
  );
  await refreshSpans(models, lessened, session);
  return gone;
}

/** `takeBackFrom` the aggregates that some feedback counted in. */
export function subtract(
  models: Models,
  gains: Map<string, AggregateDelta>,
  lost: readonly Countable[],
  session: Transaction,
): Promise<number> {
  return prepareSubtraction(models, gains, [...subtractionsOf(lost).values()], session);
}

function subtractionsOf(lost: readonly Countable[]): Map<string, Subtraction> {
  const losses = new Map<string, Subtraction>();
  for (const one of lost)
    for (const key of keysOf(one)) {
      const at = one.createdAt;
      const known = losses.get(key.path) ?? { key, from: at, to: at };
      if (at < known.from) known.from = at;
      if (at > known.to) known.to = at;
      losses.set(key.path, known);
    }
  return losses;
}

/** The parts of these aggregates, and with them perhaps others. */
async function readParts(
  models: Models,
  losses: readonly Subtraction[],
  session: Transaction,
): Promise<AggregateDocument[]> {
  const parts = new Map<string, AggregateDocument>();
  for (let at = 0; at < losses.length; at += READ_AT_ONCE) {
    const paths = losses.slice(at, at + READ_AT_ONCE).map(({ key }) => key.path);
    const found = await models.aggregates
      .find({ $or: paths.flatMap(partsUnder) }, null, { session })
      .lean<AggregateDocument[]>();
    for (const part of found) parts.set(part._id, part);
  }
  return [...parts.values()];
}
