import { isContrastAt } from '../sentiment/negation.ts';
import { PAUSE_GAP, SENTENCE_GAP, type Tokens } from './tokens.ts';
import { CONCESSIVE, JOINER } from './wordClasses.ts';

/** A clause: tokens from…to−1. */
export interface Clause {
  from: number;
  to: number;
}

/** Max clauses of a text. The rest of the text has none. */
const MAX_CLAUSES = 200;
/** Max bounds of segments in a clause. */
const MAX_BOUNDS = 20;

/**
 * Splits a text into clauses: at the ends of sentences and at words of contrast, which belong to no clause. A sentence that
 * begins with 'although' is also split at its first pause. Splitting at every comma or 'and' lowers accuracy.
 */
export function clausesOf(tokens: Tokens): Clause[] {
  const clauses: Clause[] = [];
  const { count, gap } = tokens;
  for (let start = 0; start < count && clauses.length < MAX_CLAUSES; ) {
    let end = start + 1;
    while (end < count && gap[end] !== SENTENCE_GAP) end++;
    cutSentence(tokens, start, end, clauses);
    start = end;
  }
  return clauses.slice(0, MAX_CLAUSES);
}

function cutSentence(tokens: Tokens, start: number, end: number, clauses: Clause[]): void {
  const add = (from: number, to: number) => {
    if (to > from) clauses.push({ from, to });
  };
  let from = start;
  let isConceding = false;
  for (let index = start; index < end; index++) {
    if (isContrastAt(tokens, index) || (index === start && tokens.classes[index]! & CONCESSIVE)) {
      // A contrast at the end of its sentence has no other side: 'it is fine though'.
      if (index === end - 1) break;
      add(from, index);
      isConceding = index === start && (tokens.classes[index]! & CONCESSIVE) !== 0;
      from = index + 1;
    } else if (isConceding && tokens.gap[index] === PAUSE_GAP && index > from) {
      add(from, index);
      isConceding = false;
      from = index;
    }
  }
  add(from, end);
}

/** The bounds of a clause's segments: the first token of each, then the end. Segments start at pauses and joining words. */
export function segmentsOf({ gap, classes }: Tokens, { from, to }: Clause): number[] {
  const bounds = [from];
  for (let index = from + 1; index < to && bounds.length < MAX_BOUNDS; index++)
    if (gap[index] !== 0 || classes[index]! & JOINER) bounds.push(index);
  bounds.push(to);
  return bounds;
}
