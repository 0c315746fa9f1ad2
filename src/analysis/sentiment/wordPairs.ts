import { hashOfPair } from '../text/hash.ts';
import type { Tokens } from '../text/tokens.ts';

const NEGATED = 0x5bd1e995;
/** Stands before the first word of a text. */
const START = 0x1b873593;

/** What one word counts in a text of `count` tokens: long texts say more, but not in proportion. */
export function scaleOf(count: number): number {
  return 1 / Math.sqrt(count + 2);
}

/** The hash of token `at` together with the one before it, or with the start of the text. */
export function pairAt({ hash, negated }: Tokens, at: number, from: number): number {
  const own = negated[at] ? hash[at]! ^ NEGATED : hash[at]!;
  if (at === from) return hashOfPair(START, own);
  return hashOfPair(negated[at - 1] ? hash[at - 1]! ^ NEGATED : hash[at - 1]!, own);
}
