import { stemOf } from '../text/stem.ts';
import { Tokens } from '../text/tokens.ts';
import { checkTaxonomy, MAX_TERM_WORDS } from './checkTaxonomy.ts';
import { flatThemes, phrasesOf, type Taxonomy } from './taxonomy.ts';

/** Max words with a cached stem. Stemming takes longer than all other steps. */
const MAX_CACHED_WORDS = 50_000;
const NONE = -1;

/** A node of the trie of terms: the themes that the stems up to here are a term of, or an exception to. */
interface TrieNode {
  next: Map<number, TrieNode>;
  themes: number[];
  exceptions: number[];
}

/** Finds the ids of themes in tokens from…to−1 of a text. Each theme once, in the order of the taxonomy. */
export type FindThemes = (text: string, tokens: Tokens, from: number, to: number) => string[];

/** Creates a finder of themes: a trie of stems, so one pass over the tokens finds all terms. @throws InvalidTaxonomy */
export function createThemeFinder(taxonomy: Taxonomy): FindThemes {
  checkTaxonomy(taxonomy);
  const themes = flatThemes(taxonomy);
  const numberOf = new Map(themes.map(({ id }, number) => [id, number]));
  const parentOf = themes.map(({ parent }) => (parent === undefined ? NONE : numberOf.get(parent)!));
  const stems = new Map<string, number>();
  const root: TrieNode = { next: new Map(), themes: [], exceptions: [] };
  const reader = new Tokens();
  const insert = (phrase: string): TrieNode => {
    let node = root;
    reader.read(phrase);
    for (let index = 0; index < reader.count; index++) {
      const stem = stemOf(wordAt(phrase, reader, index));
      if (!stems.has(stem)) stems.set(stem, stems.size);
      const number = stems.get(stem)!;
      let next = node.next.get(number);
      if (!next) {
        next = { next: new Map(), themes: [], exceptions: [] };
        node.next.set(number, next);
      }
      node = next;
    }
    return node;
  };
  themes.forEach(({ terms, except = '' }, number) => {
    for (const phrase of phrasesOf(terms)) insert(phrase).themes.push(number);
    for (const phrase of phrasesOf(except)) insert(phrase).exceptions.push(number);
  });

  const stemOfHash = new Map<number, number>();
  const stemAt = (text: string, tokens: Tokens, index: number): number => {
    const hash = tokens.hash[index]!;
    let stem = stemOfHash.get(hash);
    if (stem === undefined) {
      stem = stems.get(stemOf(wordAt(text, tokens, index))) ?? NONE;
      if (stemOfHash.size >= MAX_CACHED_WORDS) stemOfHash.clear();
      stemOfHash.set(hash, stem);
    }
    return stem;
  };
  /** The end of the last exception of each theme. A term that starts before it does not count. */
  const exceptedTo = new Int32Array(themes.length);

  return (text, tokens, from, to) => {
    let found: Set<number> | undefined;
    exceptedTo.fill(0);
    for (let start = from; start < to; start++) {
      let node = root.next.get(stemAt(text, tokens, start));
      if (!node) continue;
      const matches: number[] = [];
      for (let end = start + 1; node; end++) {
        for (const theme of node.exceptions) exceptedTo[theme] = Math.max(exceptedTo[theme]!, end);
        matches.push(...node.themes);
        if (end >= to || end - start >= MAX_TERM_WORDS) break;
        node = node.next.get(stemAt(text, tokens, end));
      }
      for (const theme of matches) {
        if (exceptedTo[theme]! > start) continue;
        found ??= new Set();
        found.add(theme);
        if (parentOf[theme]! >= 0) found.add(parentOf[theme]!);
      }
    }
    return found ? [...found].sort((a, b) => a - b).map((number) => themes[number]!.id) : [];
  };
}

function wordAt(text: string, tokens: Tokens, index: number): string {
  const word = text.slice(tokens.start[index], tokens.end[index]);
  return word.toLowerCase().replace(/['’‘`´]/g, '');
}
