import type { Sentiment, SentimentLabel } from '../analysis.ts';
import { FEATURE } from './lexiconFeatures.ts';
import type { ModelScore } from './linearModel.ts';
import type { Calibration } from './weights.ts';

/**
 * The 15 inputs of the neutral-polar classifier, which tells polar texts (positive or negative) from neutral ones. Their
 * order is that of `Calibration.polar`.
 */
export function polarFeatures({ logit, strongestWord, features, tokenCount }: ModelScore): number[] {
  const size = Math.abs(logit);
  return [
    1,
    size / (1 + size),
    Math.min(size, 6) / 3,
    features[FEATURE.positive]! + features[FEATURE.negative]!,
    Math.max(features[FEATURE.maxValue]!, -features[FEATURE.minValue]!),
    features[FEATURE.noLexiconWord]!,
    Math.abs(features[FEATURE.exclamation]!),
    features[FEATURE.hasQuestionMark]!,
    features[FEATURE.hasNegator]!,
    features[FEATURE.hasRequest]!,
    Math.min(strongestWord, 12) / 6,
    Math.log1p(tokenCount) - 2.5,
    features[FEATURE.negationBalance]! > 0 ? 1 : 0,
    features[FEATURE.problemSigns]!,
    features[FEATURE.praiseSigns]!,
  ];
}

/** The logistic function σ. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/**
 * Coverage of a text by opinion words: 'covered' if it has one, 'uncovered' if it has none, and 'negated-only' if it
 * only denies something, as in 'not bad' and 'not an Italian flight'.
 */
type LexiconCoverage = 'covered' | 'uncovered' | 'negated-only';

/** Min slope of the calibration, so that a conflict lowers the certainty but never reverses the sign. */
const MIN_SLOPE = 0.1;

/** Calibrated probabilities, 0 to 1. */
export interface Probabilities {
  /** P(positive | polar) */
  positive: number;
  /** P(polar): positive or negative, not neutral */
  polar: number;
  coverage: LexiconCoverage;
}

/** Conflict within a text, 0 to 1: the smaller of its positive and its negative sum. */
export function conflictOf({ features }: ModelScore): number {
  return Math.min(features[FEATURE.positive]!, features[FEATURE.negative]!);
}

/** Turns a score into probabilities by Platt scaling (Platt, 1999), with a slope that falls with the conflict. */
export function probabilitiesOf(score: ModelScore, { slope, conflict, polar }: Calibration): Probabilities {
  return {
    positive: sigmoid(Math.max(slope + conflict * conflictOf(score), MIN_SLOPE) * score.logit),
    polar: sigmoid(dot(polar, polarFeatures(score))),
    coverage: coverageOf(score),
  };
}

/** Min P(polar) of a text that is not neutral. Higher if no opinion word supports it. */
const POLAR_THRESHOLDS = { covered: 0.33, uncovered: 0.65, 'negated-only': 0.95 };

/** The same for a clause, which says less than a text and is neutral more often. */
const CLAUSE_POLAR_THRESHOLDS = { covered: 0.5, uncovered: 0.75, 'negated-only': 0.95 };

export function labelOf({ positive, polar, coverage }: Probabilities, isClause = false): SentimentLabel {
  if (polar < (isClause ? CLAUSE_POLAR_THRESHOLDS : POLAR_THRESHOLDS)[coverage]) return 'neutral';
  return positive > 0.5 ? 'positive' : 'negative';
}

/**
 * Sentiment from probabilities. The score is P(positive) − P(negative). A neutral text keeps the sign it leans to, so a
 * score is 0 only if nothing is known. The confidence is the probability of the more likely sign, 0.5 to 1.
 */
export function sentimentOf(probabilities: Probabilities, label = labelOf(probabilities)): Sentiment {
  const { positive, polar } = probabilities;
  const raw = polar * (2 * positive - 1);
  const score = rounded(raw) === 0 ? Math.sign(raw) * 0.001 || 0 : rounded(raw);
  return { label, score, confidence: rounded(Math.max(positive, 1 - positive)) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Min weight, in units of the logit, at which a word that no lexicon lists counts as an opinion word. */
const STRONG_WORD = 2;

function coverageOf({ features, strongestWord }: ModelScore): LexiconCoverage {
  if (features[FEATURE.noLexiconWord] === 1) {
    const hasSign = features[FEATURE.problemSigns]! + features[FEATURE.praiseSigns]! > 0;
    if (strongestWord >= STRONG_WORD || hasSign) return 'covered';
    return features[FEATURE.hasNegator] === 1 ? 'negated-only' : 'uncovered';
  }
  const isDenial = features[FEATURE.negationBalance]! > 0 && features[FEATURE.onlyNegated] === 1;
  return isDenial ? 'negated-only' : 'covered';
}
