import { figuresOf } from '../../aggregates/figures.ts';
import type { Totals } from '../../models/aggregates/readTotals.ts';

/** Totals as a response shows them. */
export function presentTotals({ delta, firstAt, lastAt }: Totals) {
  return { ...figuresOf(delta), firstAt, lastAt };
}
