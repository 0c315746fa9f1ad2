import { PAUSED, SENTENCE, type Tokens } from '../text/tokens.ts';
import { CONCESSION, CONTRAST, ELLIPTIC, NEGATOR, NO, WEAK_CONTRAST } from '../text/wordClasses.ts';
import { downweightPast } from './tense.ts';

const NEGATION_REACH = 4;
/** What a word counts that stands before 'but'. */
const BEFORE_CONTRAST = 0.5;
const MAX_ELLIPSIS = 5;

/**
 * Marks, in `negated` and `weight`, which tokens of from…to−1 are negated and what each counts. A negation reaches over
 * the next four tokens and ends at a pause or a contrast. What stands before a contrast in its sentence counts half;
 * where only 'it was not' follows, all before it is negated instead, and so is a question answered by 'No'.
 */
export function applyNegationAndContrast(tokens: Tokens, from: number, to: number): void {
  const { gap, classes, negated, weight } = tokens;
  let reach = 0;
  let sentence = from;
  /** Up to here, what stands before a contrast has been taken down. */
  let lowered = from;
  for (let at = from; at < to; at++) {
    const bits = classes[at]!;
    if (at > from && gap[at] === SENTENCE) {
      if (isAnsweredNo(tokens, at, to)) for (let one = sentence; one < at; one++) negated[one] = 1;
      sentence = lowered = at;
    }
    const isContrast = isContrastAt(tokens, at);
    if (gap[at] !== 0 || isContrast) reach = 0;
    weight[at] = 1;
    negated[at] = reach > 0 ? 1 : 0;
    if (reach > 0) reach--;
    if (bits & NEGATOR) reach = NEGATION_REACH;
    if (isContrast && at > sentence) {
      if (isEllipsis(tokens, at + 1, to)) for (let one = sentence; one < at; one++) negated[one] = 1;
      else if ((bits & CONCESSION) === 0) for (; lowered < at; lowered++) weight[lowered]! *= BEFORE_CONTRAST;
    }
  }
  downweightPast(tokens, from, to, isContrastAt);
}

/** Whether from here to the end of the sentence stands nothing but 'it was not' or the like. */
function isEllipsis({ gap, classes }: Tokens, from: number, to: number): boolean {
  let hasNegator = false;
  let at = from;
  for (; at < to && (at === from || gap[at] !== SENTENCE); at++) {
    const bits = classes[at]!;
    if ((bits & ELLIPTIC) === 0 || at - from >= MAX_ELLIPSIS) return false;
    if (bits & NEGATOR) hasNegator = true;
  }
  return hasNegator && at > from;
}

/** Whether the sentence before `at` asks, and the one at `at` says no and nothing else. */
function isAnsweredNo({ gap, classes, asks }: Tokens, at: number, to: number): boolean {
  return (
    asks[at - 1]! > 0 &&
    (classes[at]! & NO) !== 0 &&
    (at + 1 >= to || gap[at + 1] === SENTENCE || gap[at + 1] === PAUSED)
  );
}

/** Whether the token at `at` sets what follows against what came before. */
export function isContrastAt({ classes, gap }: Tokens, at: number): boolean {
  const bits = classes[at]!;
  return (bits & CONTRAST) !== 0 && ((bits & WEAK_CONTRAST) === 0 || gap[at] !== 0);
}
