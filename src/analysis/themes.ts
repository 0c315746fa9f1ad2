import { checkTaxonomy, type Taxonomy } from './taxonomy.ts';
import { stemOf, wordsOf } from './tokens.ts';

const LONGEST_TERM = 3;
/** Words whose stems are remembered: people use few, and stemming takes longer than the rest. */
const REMEMBERED_WORDS = 50_000;

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
  const known = new Map<string, string>();
  const stemOfKnown = (word: string) => {
    let stem = known.get(word);
    if (stem === undefined) {
      stem = stemOf(word);
      if (known.size >= REMEMBERED_WORDS) known.clear();
      known.set(word, stem);
    }
    return stem;
  };
  return (words) => {
    const stems = words.map(stemOfKnown);
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
