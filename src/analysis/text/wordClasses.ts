import { hashOfWord } from './hash.ts';
import { HashValues } from './hashTable.ts';

// Closed word classes that the rules use, as bits.
export const NEGATOR = 1;
/** splits clauses and lowers the weight of the words before it */
export const CONTRAST = 2;
export const BOOSTER = 4;
export const DAMPENER = 8;
/** polite and wishing words, which are no praise within a request */
export const POLITE = 16;
/** words that an ellipsis such as 'it was not' may have beside the negator */
export const ELLIPTIC = 32;
export const NO_ANSWER = 64;
/** contrasts that keep the weight of the words before them: 'although', 'despite' */
export const CONCESSIVE = 128;
/** contrasts only after a pause: 'yet', 'while' */
export const PAUSED_CONTRAST = 256;
/** words between segments of a clause: 'and', 'or' */
export const JOINER = 512;

const WORDS: [number, string][] = [
  [
    NEGATOR,
    `not no never none nobody nothing neither nor nowhere cannot cant can't won't don't doesn't didn't isn't
    aren't wasn't weren't hasn't haven't hadn't couldn't wouldn't shouldn't ain't mustn't needn't without hardly barely
    scarcely rarely seldom n't doesn didn isn wasn couldn wouldn hasn haven aren weren shouldn nah nope lacks lacking`,
  ],
  [CONTRAST, 'but however although though yet except whereas unfortunately nevertheless nonetheless while'],
  [JOINER, 'and or plus & because'],
  [PAUSED_CONTRAST, 'yet while'],
  [CONCESSIVE, 'although though despite while whereas except'],
  [
    BOOSTER,
    `very really so too extremely super absolutely totally completely incredibly highly most especially
    particularly truly quite deeply remarkably seriously utterly fully definitely exceptionally hugely purely thoroughly
    amazingly awfully insanely way much more`,
  ],
  [
    DAMPENER,
    'slightly somewhat kinda kind-of bit little partly fairly almost occasionally marginally sort sorta less moderately mildly',
  ],
  [
    POLITE,
    `please pls plz support supports supporting wish wishes love loved like liked save saves saved share shares
    sharing nice great good helpful useful perfect better best cool allow allowed want hope hoping thanks thank help helps
    improve improved improvement awesome amazing handy appreciate appreciated glad happy easy easier easily simple fun
    welcome neat enhance ability capable enable worth beneficial benefit sweet excellent fantastic wonderful ideal`,
  ],
  [
    ELLIPTIC,
    `it they he she this that these those i we you was were is are did do does am been be really at all
    had has have could would`,
  ],
  [NO_ANSWER, 'no nope nah never'],
];

const bitsOf = new Map<number, number>();
for (const [bit, words] of WORDS)
  for (const word of words.split(/\s+/)) bitsOf.set(hashOfWord(word), (bitsOf.get(hashOfWord(word)) ?? 0) | bit);
for (const [hash, bits] of bitsOf) if (bits & NEGATOR) bitsOf.set(hash, bits | ELLIPTIC);

const table = new HashValues(bitsOf);

/** The classes of a word by its hash, as bits. 0 for a word of no closed class. */
export const classesOf = (hash: number): number => table.valueOf(hash);
