import type { Delta } from './delta.ts';

/** The themes with counts in some of the deltas, sorted by name. */
export function themesIn(...deltas: Delta[]): string[] {
  const themes = new Set<string>();
  for (const delta of deltas)
    delta.forEach((_, path) => {
      // Ids of themes have no dots. A pattern takes three times as long.
      if (path.startsWith('t.') && path.endsWith('.f')) themes.add(path.slice(2, -2));
    });
  return [...themes].sort();
}
