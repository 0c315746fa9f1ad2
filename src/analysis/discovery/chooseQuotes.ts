import { stemOf } from '../text/stem.ts';

/** A clause that may be quoted. */
export interface Quotable {
  text: string;
  /** key of the author: the user, or the feedback if it has no user */
  by: string;
}

/** Words of a quote. Shorter clauses say too little, longer ones are not read. */
const MIN_WORDS = 5;
const MAX_WORDS = 30;
/** Weight of centrality, 0 to 1, against difference from the quotes chosen before (λ of maximal marginal relevance). */
const CENTRALITY_WEIGHT = 0.7;
/** Min cosine of two clauses that say the same in the same words. */
const DUPLICATE_SIMILARITY = 0.8;
/** Min similarity of two clauses of the same author, so that other authors come first. */
const SAME_AUTHOR_SIMILARITY = 0.6;

/**
 * Chooses up to `limit` clauses of 5 to 30 words that represent all candidates. Each clause is a TF-IDF vector of its stems.
 * Its centrality is the cosine with the centroid of all (Radev et al., Information Processing and Management 40, 2004).
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) then prefers clauses unlike those chosen before. Ties go to
 * the earlier candidate.
 */
export function chooseQuotes<T extends Quotable>(candidates: readonly T[], limit: number): T[] {
  const vectors = vectorsOf(candidates.filter(({ text }) => isQuotable(text)));
  const centroid = sumOf(vectors.map(({ vector }) => vector));
  const rated = vectors.map((quote) => ({ ...quote, centrality: dot(quote.vector, centroid), similarity: 0 }));
  const maxCentrality = Math.max(...rated.map(({ centrality }) => centrality));
  const relevance = (quote: (typeof rated)[number]) =>
    (CENTRALITY_WEIGHT * quote.centrality) / maxCentrality - (1 - CENTRALITY_WEIGHT) * quote.similarity;
  const chosen: T[] = [];
  for (let rest = rated; rest.length > 0 && chosen.length < limit; ) {
    const next = rest.reduce((best, quote) => (relevance(quote) > relevance(best) ? quote : best));
    chosen.push(next.candidate);
    rest = rest.filter((quote) => {
      const cosine = dot(quote.vector, next.vector);
      const isSameAuthor = quote.candidate.by === next.candidate.by;
      quote.similarity = Math.max(quote.similarity, cosine, isSameAuthor ? SAME_AUTHOR_SIMILARITY : 0);
      return quote !== next && cosine < DUPLICATE_SIMILARITY;
    });
  }
  return chosen;
}

function isQuotable(text: string): boolean {
  const words = text.trim().split(/\s+/).length;
  return words >= MIN_WORDS && words <= MAX_WORDS;
}

type Vector = Map<string, number>;

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];

/** The TF-IDF vectors of the candidates, of length 1. Skips candidates without a word. */
function vectorsOf<T extends Quotable>(candidates: readonly T[]): { candidate: T; vector: Vector }[] {
  const stems = new Map<string, string>();
  const counted = candidates.map(({ text }) => {
    const counts: Vector = new Map();
    for (const word of wordsOf(text)) {
      const stem = stems.get(word) ?? stemOf(word);
      stems.set(word, stem);
      counts.set(stem, (counts.get(stem) ?? 0) + 1);
    }
    return counts;
  });
  const documentCounts = sumOf(counted.map((counts) => new Map([...counts.keys()].map((stem) => [stem, 1]))));
  return counted.flatMap((counts, index) => {
    const weights = [...counts].map(([stem, count]): [string, number] => [
      stem,
      count * Math.log((1 + candidates.length) / documentCounts.get(stem)!),
    ]);
    const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0));
    if (length === 0) return [];
    const vector: Vector = new Map(weights.map(([stem, weight]) => [stem, weight / length]));
    return [{ candidate: candidates[index]!, vector }];
  });
}

function sumOf(vectors: readonly Vector[]): Vector {
  const sum: Vector = new Map();
  for (const vector of vectors) for (const [stem, weight] of vector) sum.set(stem, (sum.get(stem) ?? 0) + weight);
  return sum;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (const [stem, weight] of a) sum += weight * (b.get(stem) ?? 0);
  return sum;
}
