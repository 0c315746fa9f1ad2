import { pathWord } from '../../aggregates/aggregateKey.ts';
import type { Models } from '../database.ts';
import { type AggregateDocument, partsUnder } from './aggregateSchema.ts';
import { addPartAt, type Totals } from './readTotals.ts';

/** The totals of each variant of an experiment, by name, in one org or all. */
export async function readVariants(models: Models, experiment: string, orgId?: string): Promise<Map<string, Totals>> {
  const path = `variant ${pathWord(experiment)}`;
  const variants = new Map<string, Totals>();
  const parts = models.aggregates
    .find({ $or: partsUnder(path), ...(orgId !== undefined && { orgId }) })
    .sort({ _id: 1 })
    .lean<AggregateDocument[]>()
    .cursor();
  for await (const part of parts) addPartAt(variants, part.id, part);
  return new Map([...variants].filter(([, { delta }]) => delta.size > 0));
}
