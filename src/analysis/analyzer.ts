import type { Analyze, Mention, Sentiment } from './analysis.ts';
import { clausesOf } from './clauses.ts';
import { isEnglish } from './language.ts';
import { clauseSentiment, textSentiment } from './sentiment.ts';
import type { Taxonomy } from './taxonomy.ts';
import { createThemeFinder } from './themes.ts';
import { wordsOf } from './tokens.ts';

/** Changes with anything that changes what an analysis says. */
export const ANALYSIS_VERSION = 'lexicon-1';
const NEUTRAL: Sentiment = { label: 'neutral', score: 0 };
/** UTF-16 units; more than any accepted text has. */
const MAX_TEXT = 20_000;

/** Sentiment by lexicon and themes by taxonomy. Throws where the taxonomy breaks a rule. */
export function createAnalyzer({ taxonomy }: { taxonomy: Taxonomy }): Analyze {
  const findThemes = createThemeFinder(taxonomy);
  return (text) => {
    const version = ANALYSIS_VERSION;
    if (text === undefined || text.trim() === '') return { version, sentiment: null, mentions: [] };
    const read = text.slice(0, MAX_TEXT);
    const isScored = isEnglish(read, wordsOf(read));
    const sentiments: Sentiment[] = [];
    const mentions: Mention[] = [];
    for (const { start, end } of clausesOf(read)) {
      const clause = read.slice(start, end);
      const words = wordsOf(clause);
      const sentiment = isScored ? clauseSentiment(clause, words) : NEUTRAL;
      sentiments.push(sentiment);
      for (const theme of findThemes(words)) mentions.push({ theme, start, end, sentiment });
    }
    return { version, sentiment: isScored ? textSentiment(sentiments) : null, mentions };
  };
}
