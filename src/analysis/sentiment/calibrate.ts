import type { Sentiment, SentimentLabel } from '../analysis.ts';
import type { ModelScore } from './linearModel.ts';
import type { Calibration } from './weights.ts';

/** What tells texts with a leaning from neutral ones. */
export function leaningFeatures({ logit, strongest, features, tokens }: ModelScore): number[] {
  const size = Math.abs(logit);
  return [
    1,
    size / (1 + size),
    Math.min(size, 6) / 3,
    features[7]! + features[8]!,
    Math.max(features[1]!, -features[2]!),
    features[14]!,
    Math.abs(features[9]!),
    features[10]!,
    features[12]!,
    features[16]!,
    Math.min(strongest, 12) / 6,
    Math.log1p(tokens) - 2.5,
    features[15]! > 0 ? 1 : 0,
    features[19]!,
    features[21]!,
  ];
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Whether some word says how a text feels; 'not bad' and 'not an Italian flight' say only how it does not. */
export type LexiconCoverage = 'telling' | 'silent' | 'denying';

/** A conflict makes less certain; it never turns a side. */
const MIN_SLOPE = 0.1;

export interface Chances {
  /** P(positive | it leans) */
  positive: number;
  /** P(it leans) */
  leaning: number;
  telling: LexiconCoverage;
}

/** How much of what is said speaks for the other side, 0–1: where much is said for both, less is certain. */
export function conflictOf({ features }: ModelScore): number {
  return Math.min(features[7]!, features[8]!);
}

export function chancesOf(leaning: ModelScore, { slope, conflict, leaning: weights }: Calibration): Chances {
  return {
    positive: sigmoid(Math.max(slope + conflict * conflictOf(leaning), MIN_SLOPE) * leaning.logit),
    leaning: sigmoid(dot(weights, leaningFeatures(leaning))),
    telling: coverageOf(leaning),
  };
}

/**
 * P(it leans) below which a text is neutral: where some word says how it feels, where none does, and where all that is
 * said is how it does not feel.
 */
const LEANS_FROM: Record<LexiconCoverage, number> = { telling: 0.33, silent: 0.65, denying: 0.95 };

/** A clause says less than a whole text does, and is more often neutral. */
const CLAUSE_LEANS_FROM: Record<LexiconCoverage, number> = { telling: 0.5, silent: 0.75, denying: 0.95 };

export function labelOf({ positive, leaning, telling }: Chances, isClause = false): SentimentLabel {
  if (leaning < (isClause ? CLAUSE_LEANS_FROM : LEANS_FROM)[telling]) return 'neutral';
  return positive > 0.5 ? 'positive' : 'negative';
}

/**
 * Sentiment from chances. The score is P(positive) − P(negative): its sign says to which side even a neutral text
 * leans, so that it is 0 only where nothing is known. The confidence is the chance that it is this side, if any.
 */
export function sentimentOf(chances: Chances, label = labelOf(chances)): Sentiment {
  const { positive, leaning } = chances;
  const raw = leaning * (2 * positive - 1);
  const score = rounded(raw) === 0 ? Math.sign(raw) * 0.001 || 0 : rounded(raw);
  return { label, score, confidence: rounded(Math.max(positive, 1 - positive)) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Weight of a single word from which a text speaks for itself, where no word list knows any of it; a fault or a merit does, too. */
const STRONG_WORD = 2;

export function coverageOf({ features, strongest }: ModelScore): LexiconCoverage {
  if (features[14] === 1) {
    if (strongest >= STRONG_WORD || features[19]! + features[21]! > 0) return 'telling';
    return features[12] === 1 ? 'denying' : 'silent';
  }
  return features[15]! > 0 && features[18] === 1 ? 'denying' : 'telling';
}
