/** A theme: something a product team can be in charge of. */
export interface Theme {
  /** kebab-case, unique in the taxonomy */
  id: string;
  label: string;
  /** what belongs here and what does not, in a sentence */
  description: string;
  /** Words and phrases of up to four words, separated by commas; any of a word's English forms matches. */
  terms: string;
  /** Phrases in which a term does not speak of this theme, separated by commas. */
  except?: string;
  /** Sub-themes. What mentions one mentions the theme too. */
  themes?: readonly Omit<Theme, 'themes'>[];
}

export type Taxonomy = readonly Theme[];

/** A theme or sub-theme by itself, with the one it is part of. */
export interface FlatTheme extends Omit<Theme, 'themes'> {
  parent: string | undefined;
}

export function flatThemes(taxonomy: Taxonomy): FlatTheme[] {
  return taxonomy.flatMap(({ themes = [], ...theme }) => [
    { ...theme, parent: undefined },
    ...themes.map((sub) => ({ ...sub, parent: theme.id })),
  ]);
}

/** The phrases of a list, each as its words. */
export function phrasesOf(list: string): string[] {
  return list
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
}
