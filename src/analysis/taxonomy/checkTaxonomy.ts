import { phrasesOf, type Taxonomy, type Theme } from './taxonomy.ts';

/** Max themes and sub-themes of a taxonomy. */
export const MAX_THEMES = 300;
/** Max terms and exceptions of a theme together. */
const MAX_TERMS = 400;
/** Max words of a term. */
export const MAX_TERM_WORDS = 4;
/** A word of a term, or of an exception. */
export const WORD = /[\p{L}\p{N}\p{M}'’]+/gu;
const TEXTS = ['id', 'label', 'description', 'terms'] as const;
const FIELDS = [...TEXTS, 'except', 'themes'];

/** Thrown for a taxonomy that breaks a rule. The message names the theme and the error. */
export class InvalidTaxonomy extends Error {
  override name = 'InvalidTaxonomy';
}

/** Parses a taxonomy file: `{ "themes": [...] }` or the list itself. @throws InvalidTaxonomy */
export function parseTaxonomy(json: string): Taxonomy {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new InvalidTaxonomy(`the taxonomy is not JSON: ${(error as Error).message}`);
  }
  const themes = Array.isArray(value) ? value : (value as { themes?: unknown } | null)?.themes;
  checkTaxonomy(themes);
  return themes;
}

/** Checks a taxonomy. @throws InvalidTaxonomy */
export function checkTaxonomy(themes: unknown): asserts themes is Taxonomy {
  if (!Array.isArray(themes) || themes.length === 0)
    throw new InvalidTaxonomy('a taxonomy is a list of themes, or an object with it under "themes"');
  const seen = new Set<string>();
  themes.forEach((theme, index) => {
    checkTheme(theme, `theme ${index + 1}`, seen);
    const subs: unknown = (theme as Theme).themes;
    const { id } = theme as Theme;
    if (subs === undefined) return;
    if (!Array.isArray(subs)) throw new InvalidTaxonomy(`theme ${id}: "themes" must be a list`);
    subs.forEach((sub, subIndex) => {
      checkTheme(sub, `theme ${id}, sub-theme ${subIndex + 1}`, seen);
      if ((sub as Theme).themes !== undefined)
        throw new InvalidTaxonomy(
          `theme ${(sub as Theme).id}: a sub-theme has no sub-themes: a taxonomy has two levels`,
        );
    });
  });
  if (seen.size > MAX_THEMES)
    throw new InvalidTaxonomy(`a taxonomy has at most ${MAX_THEMES} themes, not ${seen.size}`);
}

function checkTheme(theme: unknown, position: string, seen: Set<string>): asserts theme is Theme {
  if (typeof theme !== 'object' || theme === null) throw new InvalidTaxonomy(`${position} must be an object`);
  const fields = theme as Record<string, unknown>;
  const name = typeof fields.id === 'string' ? `theme ${JSON.stringify(fields.id)}` : position;
  for (const field of TEXTS)
    if (typeof fields[field] !== 'string' || fields[field].trim() === '')
      throw new InvalidTaxonomy(`${name}: "${field}" must be a string that is not blank`);
  for (const field of Object.keys(fields))
    if (!FIELDS.includes(field)) throw new InvalidTaxonomy(`${name}: unknown field ${JSON.stringify(field)}`);
  for (const [field, text] of Object.entries(fields))
    if (typeof text === 'string' && !text.isWellFormed())
      throw new InvalidTaxonomy(`${name}: "${field}" has a lone surrogate`);
  const { id, terms, except } = theme as Theme;
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(id)) throw new InvalidTaxonomy(`${name}: the id must be kebab-case`);
  if (seen.has(id)) throw new InvalidTaxonomy(`${name} appears twice`);
  seen.add(id);
  if (except !== undefined && typeof except !== 'string')
    throw new InvalidTaxonomy(`${name}: "except" must be a string`);
  const phrases = [...phrasesOf(terms), ...phrasesOf(except ?? '')];
  if (phrasesOf(terms).length === 0) throw new InvalidTaxonomy(`${name} has no terms`);
  if (phrases.length > MAX_TERMS) throw new InvalidTaxonomy(`${name} has more than ${MAX_TERMS} terms`);
  for (const phrase of phrases) {
    const words = phrase.match(WORD)?.length ?? 0;
    if (words === 0) throw new InvalidTaxonomy(`${name}: ${JSON.stringify(phrase)} has no word`);
    if (words > MAX_TERM_WORDS)
      throw new InvalidTaxonomy(`${name}: ${JSON.stringify(phrase)} has more than ${MAX_TERM_WORDS} words`);
  }
}
