import type { Tokens } from '../text/tokens.ts';
import { BOOSTER, DAMPENER, NEGATOR, POLITE } from '../text/wordClasses.ts';

/**
 * Index of each lexicon feature, in the array that `extractLexiconFeatures` fills and in `Weights.features`. The order is
 * part of the packed weights. "Value" is a word's polarity after all rules, about −5 to 5.
 */
export const FEATURE = {
  /** sum of all values, −1 to 1 */
  compound: 0,
  /** the largest and the smallest value, then those of the last and the first word, each ÷ 4 */
  maxValue: 1,
  minValue: 2,
  lastValue: 3,
  firstValue: 4,
  /** share of positive and of negative words among the words with a value, below 1 */
  positiveShare: 5,
  negativeShare: 6,
  /** sum of the positive values, and of the negative ones without their sign, 0 to 1 */
  positive: 7,
  negative: 8,
  /** up to four exclamation marks with the sign of the sum, −1 to 1 */
  exclamation: 9,
  /** 1 if a question mark is in the range, else 0 */
  hasQuestionMark: 10,
  /** ln(1 + tokens) − 2.5 */
  length: 11,
  /** 1 if a negator is in the range, else 0 */
  hasNegator: 12,
  /** up to four words in capitals, 0 to 1 */
  allCaps: 13,
  /** 1 if no word of the range has a value, else 0 */
  noLexiconWord: 14,
  /** negated negative words less negated positive words, −1 to 1 */
  negationBalance: 15,
  /** 1 if a token of a request is in the range, and the share of such tokens */
  hasRequest: 16,
  requestShare: 17,
  /** 1 if every word with a value is negated or itself a negator, else 0 */
  onlyNegated: 18,
  /** signs of a problem, negated signs of a problem, and signs of praise, each 0 to 1 */
  problemSigns: 19,
  negatedProblemSigns: 20,
  praiseSigns: 21,
} as const;

export const FEATURE_COUNT = Object.keys(FEATURE).length;

// Constants of VADER, measured on human ratings (Hutto and Gilbert, ICWSM 2014).
const BOOST = 0.293;
const ALL_CAPS_BOOST = 0.733;
const NEGATION_FACTOR = -0.74;
const EXCLAMATION_BOOST = 0.292;
/** VADER's α: x ÷ √(x² + α) maps any sum to −1…1. */
const NORMALIZATION = 15;

/**
 * Extracts the lexicon features of tokens from…to−1 into `out`, by rules in the manner of VADER. A word's polarity (−4 to
 * 4, `polarity[index]`) grows with a booster before it and with capitals, and turns with a negation. All features are
 * finite. Needs the tokens' intent and negation.
 */
export function extractLexiconFeatures(
  tokens: Tokens,
  from: number,
  to: number,
  polarity: Float64Array,
  out: Float64Array,
): void {
  const { classes, negated, weight, allCaps, exclamationMarks, questionMarks, inRequest, problemSign, praiseSign } =
    tokens;
  let sum = 0;
  let positive = 0;
  let negative = 0;
  let positiveCount = 0;
  let negativeCount = 0;
  let maxValue = 0;
  let minValue = 0;
  let firstValue = 0;
  let lastValue = 0;
  let exclamations = 0;
  let questions = 0;
  let negators = 0;
  let allCapsCount = 0;
  let negationBalance = 0;
  let plainCount = 0;
  let requestTokens = 0;
  let problems = 0;
  let negatedProblems = 0;
  let praises = 0;
  for (let index = from; index < to; index++) {
    exclamations += exclamationMarks[index]!;
    questions += questionMarks[index]!;
    allCapsCount += allCaps[index]!;
    requestTokens += inRequest[index]!;
    if (classes[index]! & NEGATOR) negators++;
    if (problemSign[index]! > 0) {
      if (negated[index]) negatedProblems += problemSign[index]! * weight[index]!;
      else problems += problemSign[index]! * weight[index]!;
    }
    if (praiseSign[index]! > 0 && !inRequest[index]) {
      if (negated[index]) problems += praiseSign[index]! * weight[index]!;
      else praises += praiseSign[index]! * weight[index]!;
    }
    let value = polarity[index]!;
    if (value === 0 || (inRequest[index] && classes[index]! & POLITE)) continue;
    const sign = value > 0 ? 1 : -1;
    if (allCaps[index]) value += ALL_CAPS_BOOST * sign;
    for (let back = 1; back <= 3 && index - back >= from; back++) {
      const bits = classes[index - back]!;
      const boost = bits & BOOSTER ? BOOST : bits & DAMPENER ? -BOOST : 0;
      if (boost !== 0) value += boost * sign * (1 - 0.05 * (back - 1));
    }
    value *= weight[index]!;
    if (negated[index]) {
      value *= NEGATION_FACTOR;
      if (sign > 0) negationBalance -= 1;
      else negationBalance += 1;
    } else if ((classes[index]! & NEGATOR) === 0) plainCount++;
    if (value === 0) continue;
    if (firstValue === 0) firstValue = value;
    lastValue = value;
    sum += value;
    if (value > 0) {
      positive += value;
      positiveCount++;
      if (value > maxValue) maxValue = value;
    } else {
      negative -= value;
      negativeCount++;
      if (value < minValue) minValue = value;
    }
  }
  const valueCount = positiveCount + negativeCount;
  const emphasized = sum + Math.sign(sum) * EXCLAMATION_BOOST * Math.min(exclamations, 4);
  out[FEATURE.compound] = normalize(emphasized);
  out[FEATURE.maxValue] = maxValue / 4;
  out[FEATURE.minValue] = minValue / 4;
  out[FEATURE.lastValue] = lastValue / 4;
  out[FEATURE.firstValue] = firstValue / 4;
  out[FEATURE.positiveShare] = positiveCount / (valueCount + 1);
  out[FEATURE.negativeShare] = negativeCount / (valueCount + 1);
  out[FEATURE.positive] = normalize(positive);
  out[FEATURE.negative] = normalize(negative);
  out[FEATURE.exclamation] = Math.sign(sum) * Math.min(exclamations, 4) * 0.25;
  out[FEATURE.hasQuestionMark] = questions > 0 ? 1 : 0;
  out[FEATURE.length] = Math.log1p(to - from) - 2.5;
  out[FEATURE.hasNegator] = negators > 0 ? 1 : 0;
  out[FEATURE.allCaps] = Math.min(allCapsCount, 4) * 0.25;
  out[FEATURE.noLexiconWord] = valueCount === 0 ? 1 : 0;
  out[FEATURE.negationBalance] = negationBalance / (Math.abs(negationBalance) + 1);
  out[FEATURE.hasRequest] = requestTokens > 0 ? 1 : 0;
  out[FEATURE.requestShare] = to > from ? requestTokens / (to - from) : 0;
  out[FEATURE.onlyNegated] = plainCount === 0 && valueCount > 0 ? 1 : 0;
  out[FEATURE.problemSigns] = problems / (problems + 1);
  out[FEATURE.negatedProblemSigns] = negatedProblems / (negatedProblems + 1);
  out[FEATURE.praiseSigns] = praises / (praises + 1);
}

function normalize(sum: number): number {
  return sum / Math.sqrt(sum * sum + NORMALIZATION);
}
