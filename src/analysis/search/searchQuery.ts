import { type Word, wordsOf } from './words.ts';

/** Folded words that follow one another. */
export interface Phrase {
  words: string[];
  /** the last word is the beginning of one */
  isPrefix: boolean;
}

/** A text matches if it holds all phrases. */
export type SearchQuery = Phrase[];

/** A part of a text, in UTF-16 offsets: `start` is inclusive, `end` exclusive. */
export interface Highlight {
  start: number;
  end: number;
}

const CHUNK = /"([^"]*)"?|[^\s"]+/gu;
const QUOTES = /[“”„‟«»＂]/gu;

/**
 * Reads a query as typed: words in any order, and phrases in double quotes. The last word may be unfinished, unless it is in
 * quotes. Equal phrases are one. Returns no phrase for a query without any letter or digit.
 */
export function parseQuery(text: string): SearchQuery {
  const query: SearchQuery = [];
  for (const { 0: chunk, 1: quoted } of text.replace(QUOTES, '"').matchAll(CHUNK)) {
    const words = wordsOf(quoted ?? chunk).map(({ folded }) => folded);
    for (const phrase of query) phrase.isPrefix = false;
    if (words.length > 0) query.push({ words, isPrefix: quoted === undefined });
  }
  return [...new Map(query.map((phrase) => [JSON.stringify(phrase), phrase])).values()];
}

/** The parts of a text that a query finds, in order, without overlaps. Undefined if the text does not match. */
export function highlightsOf(text: string, query: SearchQuery): Highlight[] | undefined {
  const words = wordsOf(text);
  const found: Highlight[] = [];
  for (const phrase of query) {
    const ofPhrase = occurrencesOf(words, phrase);
    if (ofPhrase.length === 0) return undefined;
    found.push(...ofPhrase);
  }
  found.sort((a, b) => a.start - b.start);
  const merged: Highlight[] = [];
  for (const highlight of found) {
    const last = merged.at(-1);
    if (last && highlight.start < last.end) last.end = Math.max(last.end, highlight.end);
    else merged.push(highlight);
  }
  return merged;
}

function occurrencesOf(words: readonly Word[], { words: wanted, isPrefix }: Phrase): Highlight[] {
  const found: Highlight[] = [];
  const last = wanted.length - 1;
  for (let index = 0; index + last < words.length; index++) {
    const isFound = wanted.every((word, offset) => {
      const { folded } = words[index + offset]!;
      return isPrefix && offset === last ? folded.startsWith(word) : folded === word;
    });
    if (isFound) found.push({ start: words[index]!.start, end: words[index + last]!.end });
  }
  return found;
}
