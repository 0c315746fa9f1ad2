import { InvalidTaxonomy } from './checkTaxonomy.ts';
import { phrasesOf, type Taxonomy, type Theme } from './taxonomy.ts';

/** Thrown for a theme that is to go under one that the taxonomy has not. */
export class UnknownParent extends InvalidTaxonomy {
  override name = 'UnknownParent';
}

/**
 * Adds a theme to a taxonomy: at its end, or as a sub-theme of the theme `under`. If the taxonomy has a theme with this id,
 * adds the missing terms to it and keeps its label and description.
 *
 * @throws UnknownParent if there is no theme `under`
 */
export function addTheme(taxonomy: Taxonomy, added: Theme, under?: string): Taxonomy {
  let isKnown = false;
  const extended = <T extends Omit<Theme, 'themes'>>(theme: T): T => {
    if (theme.id !== added.id) return theme;
    isKnown = true;
    return { ...theme, terms: withTerms(theme.terms, added.terms) };
  };
  const themes = taxonomy.map((theme) => {
    const next = extended(theme);
    return next.themes ? { ...next, themes: next.themes.map(extended) } : next;
  });
  if (isKnown) return themes;
  if (under === undefined) return [...themes, added];
  if (!themes.some(({ id }) => id === under)) throw new UnknownParent(`there is no theme ${JSON.stringify(under)}`);
  return themes.map((theme) => (theme.id === under ? { ...theme, themes: [...(theme.themes ?? []), added] } : theme));
}

function withTerms(terms: string, more: string): string {
  const known = phrasesOf(terms);
  const lacking = phrasesOf(more).filter((term) => !known.includes(term));
  return [...known, ...lacking].join(', ');
}
