import { phrasesOf, type Taxonomy, type Theme } from './taxonomy.ts';

const MAX_THEMES = 300;
const MAX_TERMS = 400;
export const LONGEST_TERM = 4;
const TEXTS = ['id', 'label', 'description', 'terms'] as const;
const FIELDS = [...TEXTS, 'except', 'themes'];

/** What a file may hold: `{ "themes": [...] }` or the list itself. Throws an Error that names the theme and its fault. */
export function parseTaxonomy(json: string): Taxonomy {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`the taxonomy is not JSON: ${(error as Error).message}`);
  }
  const themes = Array.isArray(value) ? value : (value as { themes?: unknown } | null)?.themes;
  checkTaxonomy(themes);
  return themes;
}

/** Throws where a taxonomy breaks a rule, and names the theme. */
export function checkTaxonomy(themes: unknown): asserts themes is Taxonomy {
  if (!Array.isArray(themes) || themes.length === 0)
    throw new Error('a taxonomy is a list of themes, or an object with it under "themes"');
  const seen = new Set<string>();
  themes.forEach((theme, at) => {
    checkTheme(theme, `theme ${at + 1}`, seen);
    const subs: unknown = (theme as Theme).themes;
    const { id } = theme as Theme;
    if (subs === undefined) return;
    if (!Array.isArray(subs)) throw new Error(`theme ${id}: "themes" must be a list`);
    subs.forEach((sub, index) => {
      checkTheme(sub, `theme ${id}, sub-theme ${index + 1}`, seen);
      if ((sub as Theme).themes !== undefined)
        throw new Error(`theme ${(sub as Theme).id}: a taxonomy has two levels, sub-themes have none`);
    });
  });
  if (seen.size > MAX_THEMES) throw new Error(`a taxonomy may have ${MAX_THEMES} themes, not ${seen.size}`);
}

function checkTheme(theme: unknown, place: string, seen: Set<string>): asserts theme is Theme {
  if (typeof theme !== 'object' || theme === null) throw new Error(`${place} must be an object`);
  const fields = theme as Record<string, unknown>;
  const name = typeof fields.id === 'string' ? `theme ${JSON.stringify(fields.id)}` : place;
  for (const field of TEXTS)
    if (typeof fields[field] !== 'string' || fields[field].trim() === '')
      throw new Error(`${name}: "${field}" must be a text`);
  for (const field of Object.keys(fields))
    if (!FIELDS.includes(field)) throw new Error(`${name}: there is no field ${JSON.stringify(field)}`);
  const { id, terms, except } = theme as Theme;
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(id)) throw new Error(`${name}: the id must be kebab-case`);
  if (seen.has(id)) throw new Error(`${name} is there twice`);
  seen.add(id);
  if (except !== undefined && typeof except !== 'string') throw new Error(`${name}: "except" must be a text`);
  const phrases = [...phrasesOf(terms), ...phrasesOf(except ?? '')];
  if (phrasesOf(terms).length === 0) throw new Error(`${name} has no terms`);
  if (phrases.length > MAX_TERMS) throw new Error(`${name} has over ${MAX_TERMS} terms`);
  for (const phrase of phrases) {
    const words = phrase.match(/[\p{L}\p{N}\p{M}'’]+/gu)?.length ?? 0;
    if (words === 0) throw new Error(`${name}: ${JSON.stringify(phrase)} has no word`);
    if (words > LONGEST_TERM)
      throw new Error(`${name}: ${JSON.stringify(phrase)} has over ${LONGEST_TERM} words`);
  }
}
