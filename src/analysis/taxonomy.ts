/** A theme: something a product team can be in charge of. */
export interface Theme {
  /** kebab-case */
  id: string;
  label: string;
  /** Words and phrases of up to three words, separated by commas; any of a word's English forms matches. */
  terms: string;
}

export type Taxonomy = readonly Theme[];

const MAX_THEMES = 200;

/** Throws where a taxonomy breaks a rule, and names the theme. */
export function checkTaxonomy(taxonomy: Taxonomy): void {
  if (taxonomy.length > MAX_THEMES) throw new Error(`a taxonomy may have ${MAX_THEMES} themes at most`);
  const seen = new Set<string>();
  for (const { id, terms } of taxonomy) {
    if (!/^[a-z][a-z0-9-]{0,63}$/.test(id))
      throw new Error(`theme ${JSON.stringify(id)}: the id must be kebab-case`);
    if (seen.has(id)) throw new Error(`theme ${id} is there twice`);
    if (terms.trim() === '') throw new Error(`theme ${id} has no terms`);
    seen.add(id);
  }
}
