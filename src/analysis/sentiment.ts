import wink from 'wink-sentiment';
import type { Sentiment, SentimentLabel } from './analysis.ts';

/** Polite words of a request, which a lexicon takes for praise. */
const POLITE = new Set(
  'please support wish like love save share nice great good helpful useful perfect better best cool allow add want hope'.split(
    ' ',
  ),
);
const REQUEST =
  /\b(?:please|wish|could you|can you|would (?:be|like|love)|i'd (?:like|love)|it'd be|add|allow|let (?:me|us)|should|needs? (?:a|an|to|more)|if only)\b/i;
/** wink-sentiment looks words up in plain objects, where these names are found too. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase()));
const EMOJI = /\p{Extended_Pictographic}/gu;
const MAX_EMOJI = 50;

const LABEL_THRESHOLD = 0.1;

/**
 * Sentiment of one clause. wink-sentiment's sum s of word scores becomes s / √(s² + 15), VADER's squash, which is −1…1.
 * It is given short words and single emoji only, set apart by spaces: on long runs of letters it takes more than
 * quadratic time.
 */
export function clauseSentiment(clause: string, words: string[]): Sentiment {
  const isRequest = REQUEST.test(clause);
  const told = words.filter((word) => !INHERITED.has(word) && !(isRequest && POLITE.has(word)));
  const emoji = (clause.match(EMOJI) ?? []).slice(0, MAX_EMOJI);
  const sum = Number(wink([...told, ...emoji].join(' ')).score);
  return sentimentOf(Number.isFinite(sum) ? sum / Math.sqrt(sum * sum + 15) : 0);
}

/** Sentiment of a whole text: the mean of its clauses that say anything, or 'mixed' where they clearly disagree. */
export function textSentiment(clauses: Sentiment[]): Sentiment {
  const telling = clauses.filter((clause) => clause.score !== 0);
  const mean =
    telling.length > 0 ? telling.reduce((sum, clause) => sum + clause.score, 0) / telling.length : 0;
  const disagree = telling.some(({ score }) => score >= 0.25) && telling.some(({ score }) => score <= -0.25);
  return sentimentOf(mean, disagree ? 'mixed' : undefined);
}

function sentimentOf(raw: number, label?: SentimentLabel): Sentiment {
  const score = Math.round(raw * 1000) / 1000 || 0;
  const bySign = score >= LABEL_THRESHOLD ? 'positive' : score <= -LABEL_THRESHOLD ? 'negative' : 'neutral';
  return { label: label ?? bySign, score };
}
