import type { SentimentLabel } from '../analysis.ts';
import { memoize } from '../memoize.ts';
import { flatThemes, phrasesOf, type Taxonomy } from '../taxonomy/taxonomy.ts';
import { stemOf } from '../text/stem.ts';
import { joiningWords, stopWords } from '../text/stopWords.ts';

/** A phrase of a text, once for each text, and the clause that has it first (UTF-16 offsets). */
export interface FoundPhrase {
  /** stems, separated by single spaces */
  stems: string;
  /** words in lower case, separated by single spaces */
  written: string;
  start: number;
  end: number;
  sentiment: SentimentLabel;
}

/** True if a phrase contains a term of a taxonomy. Takes `FoundPhrase.stems`. */
export type IsKnown = (stems: string) => boolean;

/** Max words of a phrase. */
const MAX_PHRASE_WORDS = 3;
/** Max letters of a word in a phrase. */
const MAX_WORD = 30;
/** Max phrases of a text, so that one text cannot displace the others. */
const MAX_PHRASES = 60;
/** Max words with a cached stem. */
const MAX_CACHED_WORDS = 50_000;

/** Creates the test for phrases that a taxonomy knows. */
export function knownBy(taxonomy: Taxonomy): IsKnown {
  const terms = new Set(
    flatThemes(taxonomy).flatMap(({ terms }) => phrasesOf(terms).map((term) => wordsIn(term).map(stemOf).join(' '))),
  );
  return (stems) => {
    const words = stems.split(' ');
    for (let from = 0; from < words.length; from++)
      for (let to = from + 1; to <= words.length; to++) if (terms.has(words.slice(from, to).join(' '))) return true;
    return false;
  };
}

/** The words of a text in lower case, without apostrophes. */
function wordsIn(text: string): string[] {
  const plain = text.toLowerCase().replace(/['’‘`´]/g, '');
  return plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

const cachedStem = memoize(MAX_CACHED_WORDS, stemOf);

/**
 * Finds phrases of one to three words in the clauses of an English text, without those that a taxonomy knows. A phrase is
 * within one clause, with only spaces or hyphens between its words. Stop words are neither first nor last; inside, only
 * joining words are allowed. Words with digits, other letters or signs of an address are in no phrase. Linear time, never
 * throws.
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
        const maxTo = Math.min(run.length, from + MAX_PHRASE_WORDS);
        for (let to = from + 1; to <= maxTo; to++) {
          if (found.size >= MAX_PHRASES) return [...found.values()];
          const last = run[to - 1]!;
          if (joiningWords.has(last)) continue;
          if (stopWords.has(last)) break;
          const words = run.slice(from, to);
          const stems = words.map(cachedStem);
          if (new Set(stems).size < stems.length) continue;
          const key = stems.join(' ');
          if (found.has(key) || isKnown(key)) continue;
          found.set(key, { stems: key, written: words.join(' '), start, end, sentiment: sentiment.label });
        }
      }
  }
  return [...found.values()];
}

/** Punctuation around a word. A word with other signs is code or an address. */
const SIGNS = /^[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Pd}\p{Extended_Pictographic}.,;:!?…"'*]*/u;
const WORD = /^[a-z][a-z'’-]*/iu;

/** The word of a chunk and the punctuation around it, or undefined if it is no word. */
function wordIn(chunk: string): { before: string; body: string; after: string } | undefined {
  const before = SIGNS.exec(chunk)?.[0] ?? '';
  const body = WORD.exec(chunk.slice(before.length))?.[0];
  if (body === undefined) return undefined;
  const after = chunk.slice(before.length + body.length);
  return SIGNS.exec(after)?.[0] === after ? { before, body, after } : undefined;
}

/** The runs of words of a clause with only white space or hyphens between them, in lower case. */
function runsOf(clause: string): string[][] {
  const runs: string[][] = [[]];
  const cut = () => {
    if (runs.at(-1)!.length > 0) runs.push([]);
  };
  for (const [chunk] of clause.matchAll(/\S+/g)) {
    const parts = wordIn(chunk.slice(0, 100));
    const isAddress = chunk.length > 100 || /[@/\\_]/.test(chunk);
    if (!parts || isAddress) {
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
