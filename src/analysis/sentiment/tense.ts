import { hashOfWord } from '../text/hash.ts';
import { PhraseTable } from '../text/phraseTable.ts';
import { SENTENCE, type Tokens } from '../text/tokens.ts';

/** What a word of a past counts that a present is set against. */
const PAST_WEIGHT = 0.25;

/** Words of a past that is over, of a habit, which is not over ('I am used to it'), and of the present. */
const PAST = 1;
const PRESENT = 2;
const HABIT = 4;
const timeWords = new PhraseTable([
  [PAST, 'used to, in the past, previously, formerly, at first, back then, years ago'],
  [
    HABIT,
    'am used to, is used to, are used to, was used to, get used to, got used to, getting used to, be used to',
  ],
  [PRESENT, 'now, nowadays, these days, currently, today, lately, recently'],
]);
const NOW = hashOfWord('now');
const SUBJECTS = new Set(
  "i it its it's i'm we you they he she this that the my there nothing everything".split(' ').map(hashOfWord),
);

/**
 * Takes weight from what a text tells of the past where it tells of the present too: 'I used to hate it, but now I like
 * it'. A part of a text ends at a sentence's end, at a contrast, and where 'now' goes on with a subject: 'it was fine now
 * it crashes'.
 */
export function downweightPast(
  tokens: Tokens,
  from: number,
  to: number,
  isContrastAt: (tokens: Tokens, at: number) => boolean,
): void {
  const { gap, hash, weight } = tokens;
  if (timesOf(tokens, from, to) !== (PAST | PRESENT)) return;
  let start = from;
  for (let at = from + 1; at <= to; at++) {
    const isEnd =
      at === to ||
      gap[at] === SENTENCE ||
      isContrastAt(tokens, at) ||
      (hash[at] === NOW && at + 1 < to && SUBJECTS.has(hash[at + 1]!));
    if (!isEnd) continue;
    if (timesOf(tokens, start, at) === PAST)
      for (let one = start; one < at; one++) weight[one]! *= PAST_WEIGHT;
    start = at;
  }
}

/** Whether `lowerPast` took weight from the tokens of a range. A contrast alone takes less. */
export function isPast({ weight }: Tokens, from: number, to: number): boolean {
  return weight.subarray(from, to).some((one) => one > 0 && one <= PAST_WEIGHT);
}

/** The times that a range of tokens tells of, `PAST` and `PRESENT`, as bits. */
function timesOf(tokens: Tokens, from: number, to: number): number {
  let told = 0;
  for (let at = from; at < to; at++) {
    const time = timeWords.valueAt(tokens, at, to);
    if (time === HABIT) at += 2;
    else told |= time;
  }
  return told;
}
