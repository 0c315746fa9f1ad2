import { isContrastAt } from '../sentiment/negation.ts';
import { PAUSE_GAP, SENTENCE_GAP, type Tokens } from './tokens.ts';
import { CONCESSIVE, JOINER } from './wordClasses.ts';

/** A clause: tokens from…to−1. */
export interface Clause {
  from: number;
  to: number;
}

/** A text of more clauses than this is read to this point. */
const MAX_CLAUSES = 200;
const MAX_PARTS = 20;

/**
 * Cuts at sentence ends and at words of contrast, which belong to no clause; a sentence that begins with 'although' is
 * cut at its first pause. Not at every comma or 'and', which hurts.
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
  for (let at = start; at < end; at++) {
    if (isContrastAt(tokens, at) || (at === start && tokens.classes[at]! & CONCESSIVE)) {
      // A contrast that ends its sentence, as in 'it is fine though', sets nothing against anything.
      if (at === end - 1) break;
      add(from, at);
      isConceding = at === start && (tokens.classes[at]! & CONCESSIVE) !== 0;
      from = at + 1;
    } else if (isConceding && tokens.gap[at] === PAUSE_GAP && at > from) {
      add(from, at);
      isConceding = false;
      from = at;
    }
  }
  add(from, end);
}

/** The first tokens of the parts of a clause, which begin at pauses and joining words, and the clause's end. */
export function segmentsOf({ gap, classes }: Tokens, { from, to }: Clause): number[] {
  const bounds = [from];
  for (let at = from + 1; at < to && bounds.length < MAX_PARTS; at++)
    if (gap[at] !== 0 || classes[at]! & JOINER) bounds.push(at);
  bounds.push(to);
  return bounds;
}
