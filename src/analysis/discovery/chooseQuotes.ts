import { stemOf } from '../text/stem.ts';

/** A clause that may be quoted. */
export interface Quotable {
  text: string;
  /** Who says it; the same for all that one person, or one feedback of nobody in particular, says. */
  by: string;
}

/** Shorter clauses say too little alone, longer ones are not read. */
const [SHORTEST, LONGEST] = [5, 30];
/** What representing the others counts for, against differing from those chosen before. */
const CENTRALITY_WEIGHT = 0.7;
/** Above this two clauses say the same in the same words. */
const SAME = 0.8;
/** How alike two clauses of one person count at least, so that somebody else is heard before. */
const SAME_PERSON = 0.6;

/**
 * A few clauses that stand for all: clauses of 5 to 30 words, each a vector of its stems' TF-IDF among the candidates,
 * rated by the cosine with the candidates' centroid (Radev et al., Information Processing and Management 40, 2004) and
 * taken one after the other by maximal marginal relevance, so that the next says something else than those before
 * (Carbonell and Goldstein, SIGIR 1998). Of equals, the one that comes first in `candidates`.
 */
export function chooseQuotes<T extends Quotable>(candidates: readonly T[], limit: number): T[] {
  const rest = vectorsOf(candidates.filter(({ text }) => isQuotable(text)));
  const centroid = sumOf(rest.map(({ vector }) => vector));
  const rated = rest.map((one) => ({ ...one, centrality: dot(one.vector, centroid), likeness: 0 }));
  const most = Math.max(...rated.map(({ centrality }) => centrality));
  const value = (one: (typeof rated)[number]) =>
    (CENTRALITY_WEIGHT * one.centrality) / most - (1 - CENTRALITY_WEIGHT) * one.likeness;
  const chosen: T[] = [];
  for (let left = rated; left.length > 0 && chosen.length < limit; ) {
    const next = left.reduce((best, one) => (value(one) > value(best) ? one : best));
    chosen.push(next.candidate);
    left = left.filter((one) => {
      const alike = dot(one.vector, next.vector);
      const isSamePerson = one.candidate.by === next.candidate.by;
      one.likeness = Math.max(one.likeness, alike, isSamePerson ? SAME_PERSON : 0);
      return one !== next && alike < SAME;
    });
  }
  return chosen;
}

function isQuotable(text: string): boolean {
  const words = text.trim().split(/\s+/).length;
  return words >= SHORTEST && words <= LONGEST;
}

type Vector = Map<string, number>;

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];

/** Vectors of length 1; clauses without a word have none, and are left out. */
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
  const having = sumOf(counted.map((counts) => new Map([...counts.keys()].map((stem) => [stem, 1]))));
  return counted.flatMap((counts, index) => {
    const weights = [...counts].map(([stem, count]): [string, number] => [
      stem,
      count * Math.log((1 + candidates.length) / having.get(stem)!),
    ]);
    const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0));
    if (length === 0) return [];
    const vector: Vector = new Map(weights.map(([stem, weight]) => [stem, weight / length]));
    return [{ candidate: candidates[index]!, vector }];
  });
}

function sumOf(vectors: readonly Vector[]): Vector {
  const sum: Vector = new Map();
  for (const vector of vectors)
    for (const [stem, weight] of vector) sum.set(stem, (sum.get(stem) ?? 0) + weight);
  return sum;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (const [stem, weight] of a) sum += weight * (b.get(stem) ?? 0);
  return sum;
}
