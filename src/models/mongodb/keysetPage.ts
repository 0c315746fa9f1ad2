/** Condition that matches documents after a position, in the order of `field`, ties by `_id` (keyset pagination). */
export function afterPosition(
  field: string,
  position: { value: unknown; id: string },
  directions: { value: 1 | -1; id: 1 | -1 } = { value: 1, id: 1 },
): { $or: Record<string, unknown>[] } {
  const operator = (direction: 1 | -1) => (direction === 1 ? '$gt' : '$lt');
  const { value, id } = position;
  return {
    $or: [
      { [field]: { [operator(directions.value)]: value } },
      { [field]: value, _id: { [operator(directions.id)]: id } },
    ],
  };
}

/** A page of `limit` items out of one more that were found, and the position of its last item if more follow. */
export function pageOf<Item, Position>(
  found: readonly Item[],
  limit: number,
  positionOf: (item: Item) => Position,
): { items: Item[]; next: Position | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? positionOf(last) : null };
}
