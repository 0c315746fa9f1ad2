import type { Delta } from './delta.ts';

/** The themes with counts in some of the deltas, sorted by name. */
export function themesIn(...deltas: Delta[]): string[] {
  const themes = new Set<string>();
  for (const delta of deltas)
    for (const path of delta.keys()) {
      const theme = /^t\.([^.]+)\.f$/.exec(path)?.[1];
      if (theme !== undefined) themes.add(theme);
    }
  return [...themes].sort();
}
