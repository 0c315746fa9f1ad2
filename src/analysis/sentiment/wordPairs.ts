import { hashOfPair } from '../text/hash.ts';
import type { Tokens } from '../text/tokens.ts';

/** Mask that gives a negated word another hash. */
const NEGATED = 0x5bd1e995;
/** Hash of the imaginary word before the first word of a range. */
const START = 0x1b873593;

/** Factor on the sum of word weights in a range of `count` tokens. Long texts say more, but not in proportion. */
export function lengthScale(count: number): number {
  return 1 / Math.sqrt(count + 2);
}

/** The hash of a token and the one before it (a bigram). The first token is paired with the start of the range. */
export function pairAt({ hash, negated }: Tokens, index: number, from: number): number {
  const own = negated[index] ? hash[index]! ^ NEGATED : hash[index]!;
  if (index === from) return hashOfPair(START, own);
  return hashOfPair(negated[index - 1] ? hash[index - 1]! ^ NEGATED : hash[index - 1]!, own);
}
