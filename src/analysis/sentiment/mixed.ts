import type { Sentiment } from '../analysis.ts';

/** Min score, without its sign, of a clause that counts for one side of a mixed text. */
const CLEAR_CLAUSE_SCORE = 0.35;
/** Min score, without its sign, of a text that is on one side in spite of its clauses. */
const CLEAR_TEXT_SCORE = 0.75;

/**
 * The sentiment of a text, changed to 'mixed' if its clauses clearly disagree and the text as a whole is not clearly on
 * one side. Takes the clauses about the present. The score stays; the confidence falls to that of the least certain side.
 */
export function withMixed(whole: Sentiment, clauses: readonly (readonly [unknown, Sentiment])[]): Sentiment {
  let best: Sentiment | undefined;
  let worst: Sentiment | undefined;
  for (const [, sentiment] of clauses) {
    if (!best || sentiment.score > best.score) best = sentiment;
    if (!worst || sentiment.score < worst.score) worst = sentiment;
  }
  if (!best || !worst || Math.abs(whole.score) >= CLEAR_TEXT_SCORE) return whole;
  if (best.score < CLEAR_CLAUSE_SCORE || worst.score > -CLEAR_CLAUSE_SCORE) return whole;
  const confidence = Math.min(whole.confidence, best.confidence, worst.confidence);
  return { label: 'mixed', score: whole.score, confidence };
}
