import { pathWord } from '../aggregates/aggregateKey.ts';
import type { AggregateDocument } from './aggregate.ts';
import type { Models } from './database.ts';
import { addTotals, type Totals, totalsOf } from './readTotals.ts';

/** The totals of each variant of an experiment, over all orgs or in one, by name. */
export async function readVariants(
  models: Models,
  experiment: string,
  orgId?: string,
): Promise<Map<string, Totals>> {
  const path = `variant ${pathWord(experiment)}`;
  const variants = new Map<string, Totals>();
  const stripes = models.aggregates
    .find({ _id: { $gte: `${path} `, $lt: `${path}!` }, ...(orgId !== undefined && { orgId }) })
    .sort({ _id: 1 })
    .lean<AggregateDocument[]>()
    .cursor();
  for await (const stripe of stripes) {
    const known = variants.get(stripe.id);
    variants.set(stripe.id, addTotals(known ? [known, totalsOf(stripe)] : [totalsOf(stripe)]));
  }
  return new Map([...variants].filter(([, { delta }]) => delta.size > 0));
}
