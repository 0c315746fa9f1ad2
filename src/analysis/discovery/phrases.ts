import type { SentimentLabel } from '../analysis.ts';
import { flatThemes, phrasesOf, type Taxonomy } from '../taxonomy/taxonomy.ts';
import { stemOf } from '../text/stem.ts';
import { joiningWords, stopWords } from '../text/stopWords.ts';

/** A phrase in a text, once for each text: its stems, how it is written there, and the clause it was found in. */
export interface FoundPhrase {
  /** separated by single spaces */
  stems: string;
  written: string;
  start: number;
  end: number;
  sentiment: SentimentLabel;
}

/** Says whether a taxonomy speaks of a phrase already: one of its terms is in it. `stems` as in `PhraseFound`. */
export type IsKnown = (stems: string) => boolean;

const MAX_PHRASE = 3;
const MAX_WORD = 30;
/** A text of more phrases than this is read to this point, so that one text can't crowd out the others. */
const MAX_PHRASES = 60;
const REMEMBERED_WORDS = 50_000;

export function knownBy(taxonomy: Taxonomy): IsKnown {
  const terms = new Set(
    flatThemes(taxonomy).flatMap(({ terms }) =>
      phrasesOf(terms).map((term) => wordsIn(term).map(stemOf).join(' ')),
    ),
  );
  return (stems) => {
    const words = stems.split(' ');
    for (let from = 0; from < words.length; from++)
      for (let to = from + 1; to <= words.length; to++)
        if (terms.has(words.slice(from, to).join(' '))) return true;
    return false;
  };
}

/** The words of a phrase that somebody wrote, in lower case. */
export function wordsIn(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’‘`´]/g, '')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

const stems = new Map<string, string>();
function rememberedStem(word: string): string {
  let stem = stems.get(word);
  if (stem === undefined) {
    stem = stemOf(word);
    if (stems.size >= REMEMBERED_WORDS) stems.clear();
    stems.set(word, stem);
  }
  return stem;
}

/**
 * Phrases of one to three words in the clauses of an English text that a taxonomy does not know: in one clause, with no
 * sign between their words but a hyphen, no stop word at either end and none within but those that join. What has digits, signs of
 * an address, letters that are not English or over 30 of them is in no phrase. Linear in the text, never throws.
 */
export function phrasesIn(
  text: string,
  clauses: readonly { start: number; end: number; sentiment: { label: SentimentLabel } }[],
  isKnown: IsKnown,
): FoundPhrase[] {
  const found = new Map<string, FoundPhrase>();
  for (const { start, end, sentiment } of clauses) {
    for (const run of runsOf(text.slice(start, end)))
      for (let from = 0; from < run.length; from++) {
        if (stopWords.has(run[from]!)) continue;
        const most = Math.min(run.length, from + MAX_PHRASE);
        for (let to = from + 1; to <= most; to++) {
          if (found.size >= MAX_PHRASES) return [...found.values()];
          const last = run[to - 1]!;
          if (joiningWords.has(last)) continue;
          if (stopWords.has(last)) break;
          const words = run.slice(from, to);
          const own = words.map(rememberedStem);
          if (new Set(own).size < own.length) continue;
          const key = own.join(' ');
          if (found.has(key) || isKnown(key)) continue;
          found.set(key, { stems: key, written: words.join(' '), start, end, sentiment: sentiment.label });
        }
      }
  }
  return [...found.values()];
}

/** The signs of writing around a word; what has others is code or worse. */
const SIGNS = /^[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Pd}\p{Extended_Pictographic}.,;:!?…"'*]*/u;
const WORD = /^[a-z][a-z'’-]*/iu;

/** A word, and what is before and after it. */
function wordIn(chunk: string): { before: string; body: string; after: string } | undefined {
  const before = SIGNS.exec(chunk)?.[0] ?? '';
  const body = WORD.exec(chunk.slice(before.length))?.[0];
  if (body === undefined) return undefined;
  const after = chunk.slice(before.length + body.length);
  return SIGNS.exec(after)?.[0] === after ? { before, body, after } : undefined;
}

/** Words that follow each other with nothing between them but white space or a hyphen. */
function runsOf(clause: string): string[][] {
  const runs: string[][] = [[]];
  const cut = () => {
    if (runs.at(-1)!.length > 0) runs.push([]);
  };
  for (const [chunk] of clause.matchAll(/\S+/g)) {
    const parts = wordIn(chunk.slice(0, 100));
    const isSecret = chunk.length > 100 || /[@/\\_]/.test(chunk);
    if (!parts || isSecret) {
      cut();
      continue;
    }
    const { before, body, after } = parts;
    if (before !== '') cut();
    for (const word of body.toLowerCase().replace(/['’]/g, '').split('-')) {
      if (word.length < 2 || word.length > MAX_WORD) cut();
      else runs.at(-1)!.push(word);
    }
    if (after !== '') cut();
  }
  return runs;
}
