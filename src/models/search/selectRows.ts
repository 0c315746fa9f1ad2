import type { SearchQuery } from '../../analysis/search/searchQuery.ts';
import { type Bucket, PLACES } from './encodeBlock.ts';
import { type FilterTerms, type TermCondition, WORD_TERM } from './filterTerms.ts';

/** Rows of a block that match, as 1 for each of them, and their clauses about the theme. */
export interface Selection {
  rows: Uint8Array;
  count: number;
  clauses: number;
}

/** The condition of a word of a query. */
function wordCondition(word: string, isPrefix: boolean): TermCondition {
  const term = `${WORD_TERM}${word}`;
  return isPrefix ? { prefix: term, test: () => true } : { terms: [term] };
}

/** The conditions on terms, of filters and of words. */
export function allConditions(filter: FilterTerms, words: SearchQuery): TermCondition[] {
  const ofWords = words.flatMap((phrase) =>
    phrase.words.map((word, index) => wordCondition(word, phrase.isPrefix && index === phrase.words.length - 1)),
  );
  return [...filter.conditions, ...ofWords];
}

/** The numbers of the buckets that hold the terms of a condition. `firsts`: the first term of each bucket, in order. */
export function bucketsOf(firsts: readonly string[], condition: TermCondition): number[] {
  if ('terms' in condition) {
    const found = condition.terms.map((term) => lastUpTo(firsts, term)).filter((index) => index >= 0);
    return [...new Set(found)];
  }
  const first = Math.max(0, lastUpTo(firsts, condition.prefix));
  const last = lastUpTo(firsts, `${condition.prefix}\uffff`);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** The number of the last of some sorted texts that is not after a text; −1 if all are. */
function lastUpTo(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

type Postings = Uint16Array | Uint32Array;

/** The postings of each term that meets a condition. */
function postingsOf(buckets: readonly Bucket[], condition: TermCondition): Postings[] {
  const found: Postings[] = [];
  for (const { terms, starts, postings } of buckets) {
    const add = (index: number) => found.push(postings.subarray(starts[index], starts[index + 1]));
    if ('terms' in condition)
      for (const term of condition.terms) {
        const index = lastUpTo(terms, term);
        if (terms[index] === term) add(index);
      }
    else {
      const { prefix, test } = condition;
      for (let index = Math.max(0, lastUpTo(terms, prefix)); index < terms.length; index++) {
        const term = terms[index]!;
        if (term.startsWith(prefix) && test(term.slice(prefix.length))) add(index);
        else if (term > prefix && !term.startsWith(prefix)) break;
      }
    }
  }
  return found;
}

/**
 * Selects the rows of a block that meet all conditions and hold all phrases.
 *
 * @param bucketsFor the buckets that hold the terms of a condition
 * @param isInTime whether a row is in the range of time; undefined: all are
 */
export function selectRows(
  size: number,
  { filter, words }: { filter: FilterTerms; words: SearchQuery },
  bucketsFor: (condition: TermCondition) => Bucket[],
  isInTime?: (row: number) => boolean,
): Selection {
  // The number of conditions, in order, that each row meets. Millions of postings pass these loops in a query.
  const met = new Uint8Array(size);
  let conditions = 0;
  for (const condition of filter.conditions) {
    for (const ofTerm of postingsOf(bucketsFor(condition), condition))
      for (let index = 0; index < ofTerm.length; index++) {
        const row = ofTerm[index]!;
        if (met[row] === conditions) met[row] = conditions + 1;
      }
    conditions++;
  }
  for (const { words: wanted, isPrefix } of words) {
    const ofWords = wanted.map((word, index) => {
      const condition = wordCondition(word, isPrefix && index === wanted.length - 1);
      return postingsOf(bucketsFor(condition), condition);
    });
    const found = ofWords.length === 1 ? ofWords[0]! : [sequences(ofWords.map(merge))];
    for (const places of found)
      for (let index = 0; index < places.length; index++) {
        const row = Math.floor(places[index]! / PLACES);
        if (met[row] === conditions) met[row] = conditions + 1;
      }
    conditions++;
  }
  const rows = new Uint8Array(size);
  let count = 0;
  for (let row = 0; row < size; row++) {
    if (met[row] !== conditions || isInTime?.(row) === false) continue;
    rows[row] = 1;
    count++;
  }
  let clauses = 0;
  if (filter.clauses && count > 0)
    for (const ofTerm of postingsOf(bucketsFor(filter.clauses), filter.clauses))
      for (let index = 0; index < ofTerm.length; index++) clauses += rows[ofTerm[index]!]!;
  return { rows, count, clauses };
}

/** All postings of several terms, in order. */
function merge(lists: readonly Postings[]): Postings {
  if (lists.length === 1) return lists[0]!;
  const merged = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const list of lists) {
    merged.set(list, offset);
    offset += list.length;
  }
  return merged.sort();
}

/** The places of the first list that are followed by the next place in the next list, and so on. */
function sequences([first, ...others]: Postings[]): Postings {
  let found = first!;
  others.forEach((next, distance) => {
    let index = 0;
    found = found.filter((place) => {
      const wanted = place + distance + 1;
      while (index < next.length && next[index]! < wanted) index++;
      return next[index] === wanted;
    });
  });
  return found;
}
