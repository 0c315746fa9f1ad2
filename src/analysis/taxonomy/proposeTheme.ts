import type { FlatTheme, Theme } from './taxonomy.ts';

/** Terms of a proposal: more would be read by nobody. */
const MAX_TERMS = 12;

/**
 * A theme made of phrases, which a taxonomy takes as it is. `phrases` are as people write them, the name of the theme
 * first; one that has another of them in it adds nothing and is left out.
 */
export function proposeTheme(phrases: readonly string[], known: readonly FlatTheme[]): Theme {
  const [name = ''] = phrases;
  const ids = new Set(known.map(({ id }) => id));
  const base = name.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '') || 'phrase';
  let id = base.slice(0, 60);
  for (let n = 2; ids.has(id); n++) id = `${base.slice(0, 60)}-${n}`;
  const terms = [...new Set(phrases)].filter(
    (phrase) => !phrases.some((other) => other !== phrase && ` ${phrase} `.includes(` ${other} `)),
  );
  const label = name.charAt(0).toUpperCase() + name.slice(1);
  const others = terms.filter((term) => term !== name).slice(0, 3);
  return {
    id,
    label,
    description: `What is said of “${[name, ...others].join('”, “')}”.`,
    terms: terms.slice(0, MAX_TERMS).join(', '),
  };
}
