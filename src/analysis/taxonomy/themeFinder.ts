import { stemOf } from '../text/stem.ts';
import { Tokens } from '../text/tokens.ts';
import { checkTaxonomy, MAX_TERM_WORDS } from './checkTaxonomy.ts';
import { flatThemes, phrasesOf, type Taxonomy } from './taxonomy.ts';

/** Words whose stems are remembered: people use few, and stemming takes longer than the rest. */
const REMEMBERED_WORDS = 50_000;
const NONE = -1;

/** A run of stems so far: the themes it is a term of, and those it is an exception to. */
interface Node {
  next: Map<number, Node>;
  themes: number[];
  exceptions: number[];
}

/** Finds themes in tokens from…to−1 of a text that was read. Each theme once, in the order of the taxonomy. */
export type FindThemes = (text: string, tokens: Tokens, from: number, to: number) => string[];

/** Makes a finder: one pass over the tokens, with a look-up for each run of up to four words that may become a term. */
export function createThemeFinder(taxonomy: Taxonomy): FindThemes {
  checkTaxonomy(taxonomy);
  const themes = flatThemes(taxonomy);
  const numberOf = new Map(themes.map(({ id }, number) => [id, number]));
  const parentOf = themes.map(({ parent }) => (parent === undefined ? NONE : numberOf.get(parent)!));
  const stems = new Map<string, number>();
  const root: Node = { next: new Map(), themes: [], exceptions: [] };
  const reader = new Tokens();
  const plant = (phrase: string): Node => {
    let node = root;
    reader.read(phrase);
    for (let at = 0; at < reader.count; at++) {
      const stem = stemOf(wordAt(phrase, reader, at));
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
    for (const phrase of phrasesOf(terms)) plant(phrase).themes.push(number);
    for (const phrase of phrasesOf(except)) plant(phrase).exceptions.push(number);
  });

  const stemOfHash = new Map<number, number>();
  const stemAt = (text: string, tokens: Tokens, at: number): number => {
    const hash = tokens.hash[at]!;
    let stem = stemOfHash.get(hash);
    if (stem === undefined) {
      stem = stems.get(stemOf(wordAt(text, tokens, at))) ?? NONE;
      if (stemOfHash.size >= REMEMBERED_WORDS) stemOfHash.clear();
      stemOfHash.set(hash, stem);
    }
    return stem;
  };
  /** Where the last exception to a theme ends; terms that begin before it do not count. */
  const exceptedTo = new Int32Array(themes.length);

  return (text, tokens, from, to) => {
    let found: Set<number> | undefined;
    exceptedTo.fill(0);
    for (let start = from; start < to; start++) {
      let node = root.next.get(stemAt(text, tokens, start));
      if (!node) continue;
      const told: number[] = [];
      for (let end = start + 1; node; end++) {
        for (const theme of node.exceptions) exceptedTo[theme] = Math.max(exceptedTo[theme]!, end);
        told.push(...node.themes);
        if (end >= to || end - start >= MAX_TERM_WORDS) break;
        node = node.next.get(stemAt(text, tokens, end));
      }
      for (const theme of told) {
        if (exceptedTo[theme]! > start) continue;
        found ??= new Set();
        found.add(theme);
        if (parentOf[theme]! >= 0) found.add(parentOf[theme]!);
      }
    }
    return found ? [...found].sort((a, b) => a - b).map((number) => themes[number]!.id) : [];
  };
}

function wordAt(text: string, tokens: Tokens, at: number): string {
  return text
    .slice(tokens.start[at], tokens.end[at])
    .toLowerCase()
    .replace(/['’‘`´]/g, '');
}
