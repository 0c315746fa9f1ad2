/**
 * A delta is a vector of integers, addressed by field path: `{'n': 1, 'r.overallRating.4': 1, 's.negative': 1}`.
 * Deltas form a commutative group under addition, and that is the whole reason why totals stay exact: any order, any
 * split into batches and any cancellation of feedback gives the same sum.
 *
 * The paths are those of the stored aggregate, so that a delta is also the argument of its `$inc`:
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
export function bump(delta: Delta, path: string, amount = 1): void {
  const sum = (delta.get(path) ?? 0) + amount;
  if (sum === 0) delta.delete(path);
  else delta.set(path, sum);
}

/** Adds `times` × `other` to `delta`, in place. `times` is −1 to take a contribution back. */
export function addDelta(delta: Delta, other: Delta, times = 1): Delta {
  for (const [path, amount] of other) bump(delta, path, amount * times);
  return delta;
}

/** A delta as it is stored: one object inside another for each step of a path. */
export function nested(delta: Delta): StoredDelta {
  // Without a prototype, since a step may be `__proto__`.
  const empty = (): Record<string, unknown> => Object.create(null);
  const stored = empty();
  for (const [path, amount] of delta) {
    const steps = path.split('.');
    const last = steps.pop()!;
    let at = stored;
    for (const step of steps) {
      at[step] ??= empty();
      at = at[step] as Record<string, unknown>;
    }
    at[last] = amount;
  }
  return stored;
}

/** The delta in a stored (nested) aggregate: the integers below `n`, `r`, `c`, `k`, `s` and `t`, as paths. */
export function deltaOf(stored: StoredDelta): Delta {
  const delta: Delta = new Map();
  for (const field of ['n', 'r', 'c', 'k', 's', 't'] as const) flatten(delta, field, stored[field]);
  return delta;
}

export interface StoredDelta {
  n?: unknown;
  r?: unknown;
  c?: unknown;
  k?: unknown;
  s?: unknown;
  t?: unknown;
}

function flatten(delta: Delta, path: string, value: unknown): void {
  if (typeof value === 'number') bump(delta, path, value);
  else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) flatten(delta, `${path}.${key}`, inner);
}
