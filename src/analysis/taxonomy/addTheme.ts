import { InvalidTaxonomy } from './checkTaxonomy.ts';
import { phrasesOf, type Taxonomy, type Theme } from './taxonomy.ts';

/**
 * A taxonomy with one theme more: at its end, or under one of its themes. Where it has a theme of this id, that one gains
 * the terms that it lacks instead, and keeps its label and description.
 *
 * @throws WrongTaxonomy where it has no theme `under`
 */
export function addTheme(taxonomy: Taxonomy, added: Theme, under?: string): Taxonomy {
  let isThere = false;
  const gained = <T extends Omit<Theme, 'themes'>>(theme: T): T => {
    if (theme.id !== added.id) return theme;
    isThere = true;
    return { ...theme, terms: withTerms(theme.terms, added.terms) };
  };
  const themes = taxonomy.map((theme) => {
    const own = gained(theme);
    return own.themes ? { ...own, themes: own.themes.map(gained) } : own;
  });
  if (isThere) return themes;
  if (under === undefined) return [...themes, added];
  if (!themes.some(({ id }) => id === under))
    throw new InvalidTaxonomy(`there is no theme ${JSON.stringify(under)} to put it under`);
  return themes.map((theme) =>
    theme.id === under ? { ...theme, themes: [...(theme.themes ?? []), added] } : theme,
  );
}

function withTerms(terms: string, more: string): string {
  const known = phrasesOf(terms);
  const lacking = phrasesOf(more).filter((term) => !known.includes(term));
  return [...known, ...lacking].join(', ');
}
