import { createTextAnalyzer } from '../analyzer.ts';
import { defaultTaxonomy } from '../taxonomy/defaultTaxonomy.ts';
import { knownBy, phrasesIn } from './phrases.ts';

/** Creates the function that finds the phrases of a text which discovery counts: those that the default themes lack. */
export function createFindPhrases() {
  const read = createTextAnalyzer();
  const isKnown = knownBy(defaultTaxonomy);
  return (text: string) => phrasesIn(text, read(text, () => []).clauses, isKnown);
}
