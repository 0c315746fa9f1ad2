/** Caches the results of a pure function. Empties the cache at `max` results, so its memory is bounded. */
export function memoize<Key, Value>(max: number, make: (key: Key) => Value): (key: Key) => Value {
  const cache = new Map<Key, Value>();
  return (key) => {
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    if (cache.size >= max) cache.clear();
    const value = make(key);
    cache.set(key, value);
    return value;
  };
}
