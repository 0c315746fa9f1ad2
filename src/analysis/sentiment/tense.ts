import { hashOfWord } from '../text/hash.ts';
import { PhraseTable } from '../text/phraseTable.ts';
import { SENTENCE_GAP, type Tokens } from '../text/tokens.ts';

/** Weight of a word about a past that a present is set against. */
const PAST_WEIGHT = 0.25;

// Bits of the times that phrases tell: a past that is over, the present, and a habit ('I am used to it'), which is no past.
const PAST = 1;
const PRESENT = 2;
const HABIT = 4;
const timeWords = new PhraseTable([
  [PAST, 'used to, in the past, previously, formerly, at first, back then, years ago'],
  [HABIT, 'am used to, is used to, are used to, was used to, get used to, got used to, getting used to, be used to'],
  [PRESENT, 'now, nowadays, these days, currently, today, lately, recently'],
]);
const NOW = hashOfWord('now');
const SUBJECTS = new Set(
  "i it its it's i'm we you they he she this that the my there nothing everything".split(' ').map(hashOfWord),
);

/**
 * Lowers the weight of what a text says of the past, if it speaks of the present too: 'I used to hate it, but now I like
 * it'. A part of a text ends with its sentence, at a contrast, and at 'now' before a subject: 'it was fine now it crashes'.
 */
export function downweightPast(
  tokens: Tokens,
  from: number,
  to: number,
  isContrastAt: (tokens: Tokens, index: number) => boolean,
): void {
  const { gap, hash, weight } = tokens;
  if (timesIn(tokens, from, to) !== (PAST | PRESENT)) return;
  let start = from;
  for (let end = from + 1; end <= to; end++) {
    const isEnd =
      end === to ||
      gap[end] === SENTENCE_GAP ||
      isContrastAt(tokens, end) ||
      (hash[end] === NOW && end + 1 < to && SUBJECTS.has(hash[end + 1]!));
    if (!isEnd) continue;
    if (timesIn(tokens, start, end) === PAST)
      for (let index = start; index < end; index++) weight[index]! *= PAST_WEIGHT;
    start = end;
  }
}

/** True if `downweightPast` lowered the weight of a token of the range. A contrast alone leaves more weight. */
export function isPast({ weight }: Tokens, from: number, to: number): boolean {
  return weight.subarray(from, to).some((value) => value > 0 && value <= PAST_WEIGHT);
}

/** The times that a range of tokens speaks of, `PAST` and `PRESENT`, as bits. */
function timesIn(tokens: Tokens, from: number, to: number): number {
  let times = 0;
  for (let index = from; index < to; index++) {
    const time = timeWords.valueAt(tokens, index, to);
    if (time === HABIT) index += 2;
    else times |= time;
  }
  return times;
}
