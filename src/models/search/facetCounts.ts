import type { Counts } from '../feedback/findFeedback.ts';
import type { Bucket } from './encodeBlock.ts';
import { FACET_PREFIXES, type Facet, facetOf, type Indexed, termsOf } from './filterTerms.ts';

/** Number of feedback, and of those with each term that is a value of a facet. `clauses`: how often they have it. */
export interface FacetCounts {
  count: number;
  terms: Map<string, Counts>;
}

const PREFIXES = new Set<string>(FACET_PREFIXES);

/** Adds the terms of some terms of a block. `rows`: 1 for each feedback that counts. */
export function addFacetTerms(sum: FacetCounts, { terms, starts, postings }: Bucket, rows: Uint8Array): void {
  terms.forEach((term, index) => {
    if (!PREFIXES.has(term[0]!)) return;
    let [count, clauses, last] = [0, 0, -1];
    for (let at = starts[index]!; at < starts[index + 1]!; at++) {
      const row = postings[at]!;
      if (rows[row] !== 1) continue;
      clauses++;
      if (row !== last) count++;
      last = row;
    }
    if (count > 0) addTerm(sum, term, { count, clauses });
  });
}

/** Adds the terms of one feedback. */
export function addFacetsOf(sum: FacetCounts, feedback: Indexed): void {
  const own = new Map<string, number>();
  termsOf(feedback, (term) => {
    if (PREFIXES.has(term[0]!)) own.set(term, (own.get(term) ?? 0) + 1);
  });
  sum.count++;
  for (const [term, clauses] of own) addTerm(sum, term, { count: 1, clauses });
}

function addTerm({ terms }: FacetCounts, term: string, { count, clauses }: Counts): void {
  const known = terms.get(term);
  if (!known) terms.set(term, { count, clauses });
  else {
    known.count += count;
    known.clauses += clauses;
  }
}

/** The values of one facet, and the number of feedback with each. */
export type FacetValues = { value: string; count: number; clauses: number }[];

/** The values of each facet, those of the most feedback first, ties by value. */
export function facetsOf({ terms }: FacetCounts): Map<Facet, FacetValues> {
  const facets = new Map<Facet, FacetValues>();
  for (const [term, counts] of terms) {
    const { facet, value } = facetOf(term)!;
    const values = facets.get(facet) ?? [];
    facets.set(facet, values);
    values.push({ value, ...counts });
  }
  for (const values of facets.values()) values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return facets;
}
