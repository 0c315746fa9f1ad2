import { checkTaxonomy, type Taxonomy } from './taxonomy.ts';
import { stemOf, wordsOf } from './tokens.ts';

const LONGEST_TERM = 3;

/** Finds the themes of a taxonomy in a clause's words: one pass, with a look-up for each run of up to three words. */
export function createThemeFinder(taxonomy: Taxonomy): (words: string[]) => Set<string> {
  checkTaxonomy(taxonomy);
  const themesOf = new Map<string, string[]>();
  for (const { id, terms } of taxonomy)
    for (const term of terms.split(',')) {
      const stems = wordsOf(term).map(stemOf);
      if (stems.length > LONGEST_TERM)
        throw new Error(`theme ${id}: ${term.trim()} has over ${LONGEST_TERM} words`);
      const key = stems.join(' ');
      themesOf.set(key, [...(themesOf.get(key) ?? []), id]);
    }
  return (words) => {
    const stems = words.map(stemOf);
    const found = new Set<string>();
    for (let start = 0; start < stems.length; start++) {
      let run = '';
      for (let end = start; end < Math.min(stems.length, start + LONGEST_TERM); end++) {
        run = run === '' ? stems[end]! : `${run} ${stems[end]}`;
        for (const theme of themesOf.get(run) ?? []) found.add(theme);
      }
    }
    return found;
  };
}
