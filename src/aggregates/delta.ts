/**
 * A delta is a vector of integers, addressed by field path: `{'n': 1, 'r.overallRating.4': 1, 's.negative': 1}`.
 * Deltas form a commutative group under addition, and that is the whole reason why totals stay exact: any order, any
 * split into batches and any cancellation of feedback gives the same sum.
 *
 * The paths:
 *
 * | path | counts |
 * | --- | --- |
 * | `n` | feedback |
 * | `r.<rating>.<1–5>` | feedback that gave this rating |
 * | `c.<question>.<choice>` | feedback that chose it; the choice is escaped, see `choiceKey` |
 * | `k.<kind>` | feedback by what its text is for |
 * | `s.<label>` | feedback by sentiment of its text; `unscored` where there is none |
 * | `s.sum` | sum of the sentiment scores, in thousandths |
 * | `t.<theme>.n` | mentions (clauses) |
 * | `t.<theme>.f` | feedback with at least one mention |
 * | `t.<theme>.s.<label>` | mentions by sentiment of the clause |
 * | `t.<theme>.r.<1–5>` | feedback with a mention, by its overall rating |
 */
export type Delta = Map<string, number>;

/** Adds `amount` at `path`; a path that comes to zero disappears, so that equal sums are equal maps. */
export function increment(delta: Delta, path: string, amount = 1): void {
  const sum = (delta.get(path) ?? 0) + amount;
  if (sum === 0) delta.delete(path);
  else delta.set(path, sum);
}

/** Adds `times` × `other` to `delta`, in place. `times` is −1 to take a contribution back. */
export function addDelta(delta: Delta, other: Delta, times = 1): Delta {
  // Not `for … of`, which makes an array of each.
  other.forEach((amount, path) => {
    increment(delta, path, amount * times);
  });
  return delta;
}
