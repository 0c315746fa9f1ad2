import { PAUSE_GAP, SENTENCE_GAP, type Tokens } from '../text/tokens.ts';
import { CONCESSIVE, CONTRAST, ELLIPTIC, NEGATOR, NO_ANSWER, PAUSED_CONTRAST } from '../text/wordClasses.ts';
import { downweightPast } from './tense.ts';

/** Max tokens after a negator that it negates (the scope of the negation). */
const NEGATION_SCOPE = 4;
/** Weight of a word before a contrast such as 'but'. */
const BEFORE_CONTRAST = 0.5;
/** Max tokens after the contrast in an ellipsis such as 'but it was not'. */
const MAX_ELLIPSIS = 5;

/**
 * Fills `negated` and `weight` of tokens from…to−1. A negation covers the next four tokens and ends at a pause or a
 * contrast. Words before a contrast in the same sentence count half, except before a concession such as 'although'. If
 * only 'it was not' follows the contrast, they are negated instead. A question answered by 'No' is negated too. Words
 * about the past count less if the text also speaks of the present.
 */
export function applyNegationAndContrast(tokens: Tokens, from: number, to: number): void {
  const { gap, classes, negated, weight } = tokens;
  let scope = 0;
  let sentence = from;
  /** Tokens before this index already have the weight of words before a contrast. */
  let downweightedTo = from;
  for (let index = from; index < to; index++) {
    const bits = classes[index]!;
    if (index > from && gap[index] === SENTENCE_GAP) {
      if (isAnsweredNo(tokens, index, to)) for (let asked = sentence; asked < index; asked++) negated[asked] = 1;
      sentence = downweightedTo = index;
    }
    const isContrast = isContrastAt(tokens, index);
    if (gap[index] !== 0 || isContrast) scope = 0;
    weight[index] = 1;
    negated[index] = scope > 0 ? 1 : 0;
    if (scope > 0) scope--;
    if (bits & NEGATOR) scope = NEGATION_SCOPE;
    if (isContrast && index > sentence) {
      if (isEllipsis(tokens, index + 1, to)) for (let denied = sentence; denied < index; denied++) negated[denied] = 1;
      else if ((bits & CONCESSIVE) === 0)
        for (; downweightedTo < index; downweightedTo++) weight[downweightedTo]! *= BEFORE_CONTRAST;
    }
  }
  downweightPast(tokens, from, to, isContrastAt);
}

/** True if the rest of the sentence is only 'it was not' or the like. */
function isEllipsis({ gap, classes }: Tokens, from: number, to: number): boolean {
  let hasNegator = false;
  let index = from;
  for (; index < to && (index === from || gap[index] !== SENTENCE_GAP); index++) {
    const bits = classes[index]!;
    if ((bits & ELLIPTIC) === 0 || index - from >= MAX_ELLIPSIS) return false;
    if (bits & NEGATOR) hasNegator = true;
  }
  return hasNegator && index > from;
}

/** True if the sentence before `index` is a question, and the next one is 'No' or begins with 'No' and a pause. */
function isAnsweredNo({ gap, classes, questionMarks }: Tokens, index: number, to: number): boolean {
  return (
    questionMarks[index - 1]! > 0 &&
    (classes[index]! & NO_ANSWER) !== 0 &&
    (index + 1 >= to || gap[index + 1] === SENTENCE_GAP || gap[index + 1] === PAUSE_GAP)
  );
}

/** True if the token contrasts the words after it with those before it. */
export function isContrastAt({ classes, gap }: Tokens, index: number): boolean {
  const bits = classes[index]!;
  return (bits & CONTRAST) !== 0 && ((bits & PAUSED_CONTRAST) === 0 || gap[index] !== 0);
}
