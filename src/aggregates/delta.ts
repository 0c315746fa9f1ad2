/**
 * A delta is a vector of integers, addressed by path: `{'n': 1, 'r.overallRating.4': 1, 's.negative': 1}`. Deltas form a
 * commutative group under addition. This keeps totals exact: the sum is the same in any order, for any split into batches
 * and after any subtraction.
 *
 * The paths:
 *
 * | path | counts |
 * | --- | --- |
 * | `n` | feedback |
 * | `r.<rating>.<1–5>` | feedback that gave this rating |
 * | `c.<question>.<choice>` | feedback that chose it; the choice is escaped, see `choiceKey` |
 * | `k.<kind>` | feedback by kind of its text |
 * | `s.<label>` | feedback by sentiment label of its text; `unscored` without one |
 * | `s.sum` | sum of the sentiment scores, in thousandths |
 * | `t.<theme>.n` | mentions (clauses) |
 * | `t.<theme>.f` | feedback with at least one mention |
 * | `t.<theme>.s.<label>` | mentions by sentiment of the clause |
 * | `t.<theme>.r.<1–5>` | feedback with a mention, by its overall rating |
 */
export type Delta = Map<string, number>;

/** Adds `amount` at `path`. Deletes a path that becomes 0, so that equal sums are equal maps. */
export function increment(delta: Delta, path: string, amount = 1): void {
  const sum = (delta.get(path) ?? 0) + amount;
  if (sum === 0) delta.delete(path);
  else delta.set(path, sum);
}

/** Adds `factor` × `other` to `delta`, in place, and returns it. A `factor` of −1 subtracts. */
export function addDelta(delta: Delta, other: Delta, factor = 1): Delta {
  // `for … of` would allocate an array for each entry.
  other.forEach((amount, path) => {
    increment(delta, path, amount * factor);
  });
  return delta;
}
