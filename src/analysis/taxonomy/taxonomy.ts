/** A theme: a subject that a product team can be responsible for. */
export interface Theme {
  /** kebab-case, unique in the taxonomy */
  id: string;
  label: string;
  /** scope of the theme, in one sentence */
  description: string;
  /** words and phrases of up to four words, separated by commas; every English form of a word matches */
  terms: string;
  /** phrases in which a term does not mean this theme, separated by commas */
  except?: string;
  /** sub-themes; a mention of one is a mention of the theme, too */
  themes?: readonly Omit<Theme, 'themes'>[];
}

export type Taxonomy = readonly Theme[];

/** A theme or a sub-theme, without nesting. */
export interface FlatTheme extends Omit<Theme, 'themes'> {
  /** id of the theme that a sub-theme is part of */
  parent: string | undefined;
}

export function flatThemes(taxonomy: Taxonomy): FlatTheme[] {
  return taxonomy.flatMap(({ themes = [], ...theme }) => [
    { ...theme, parent: undefined },
    ...themes.map((sub) => ({ ...sub, parent: theme.id })),
  ]);
}

/** The phrases of a comma-separated list, in Unicode's form NFC. */
export function phrasesOf(list: string): string[] {
  return list
    .normalize('NFC')
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
}
