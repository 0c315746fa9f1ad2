import type { FlatTheme, Theme } from './taxonomy.ts';

/** Max terms of a proposal, so that people read them all. */
const MAX_TERMS = 12;

/**
 * A theme for a group of phrases, valid in a taxonomy. `phrases` are in written form; the first one names the theme. A
 * phrase that contains another one matches nothing more and is no term.
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
    description: `Feedback about “${[name, ...others].join('”, “')}”.`,
    terms: terms.slice(0, MAX_TERMS).join(', '),
  };
}
