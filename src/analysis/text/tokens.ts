import {
  APOSTROPHE,
  characterKind,
  DIGIT,
  HIGH_SURROGATE,
  INVISIBLE,
  LATIN,
  LETTER,
  lowerUnit,
  PAUSE_SIGN,
  PICTOGRAPH,
  SENTENCE_END,
} from './characters.ts';
import { addUnit, HASH_SEED } from './hash.ts';
import { classesOf } from './wordClasses.ts';

/** Max UTF-16 units read of a text. More than any accepted text has. */
export const MAX_TEXT = 20_000;
/** Max characters of a word. Longer runs of letters are no token. */
const MAX_WORD = 40;

const AT_SIGN = 0x40;
/** `https://…`, `www.…` and `@name`, without the punctuation after them. */
const ADDRESS = /(?:https?:\/\/|www\.)\S*[^\s.,!?;:)]|@[\p{L}\p{N}_]+/iuy;

// Values of `gap`: punctuation between a token and the one before it.
export const PAUSE_GAP = 1;
export const SENTENCE_GAP = 2;

// Hashes of emoticons.
export const HAPPY_EMOTICON = 101;
export const SAD_EMOTICON = 102;

/**
 * The tokens of one text: words, emoji and emoticons. Each column has one value for each token, at its index. The columns
 * are reused for the next text.
 */
export class Tokens {
  count = 0;
  /** hash of the token in lower case */
  readonly hash = new Int32Array(MAX_TEXT + 1);
  /** UTF-16 offsets in the text: start inclusive, end exclusive */
  readonly start = new Int32Array(MAX_TEXT + 1);
  readonly end = new Int32Array(MAX_TEXT + 1);
  /** closed classes of the word, as bits */
  readonly classes = new Int32Array(MAX_TEXT + 1);
  /** `PAUSE_GAP` or `SENTENCE_GAP`, or 0 without such punctuation */
  readonly gap = new Uint8Array(MAX_TEXT + 1);
  /** 1 for a word of at least three letters, all capitals */
  readonly allCaps = new Uint8Array(MAX_TEXT + 1);
  /** number of marks right after the token, up to 9 */
  readonly exclamationMarks = new Uint8Array(MAX_TEXT + 1);
  readonly questionMarks = new Uint8Array(MAX_TEXT + 1);
  /** set by `readIntent`: 1 in a sentence that is a request */
  readonly inRequest = new Uint8Array(MAX_TEXT + 1);
  /** set by `readIntent`: strength of the sign of a problem, or of praise, that starts here, 0 to 1 */
  readonly problemSign = new Float64Array(MAX_TEXT + 1);
  readonly praiseSign = new Float64Array(MAX_TEXT + 1);
  /** set by `applyNegationAndContrast`: weight of the token, 0 to 1, and 1 if it is negated */
  readonly weight = new Float64Array(MAX_TEXT + 1);
  readonly negated = new Uint8Array(MAX_TEXT + 1);
  /** number of letters in the text, by script */
  latinLetters = 0;
  otherLetters = 0;
  /** number of capitals among the Latin letters */
  capitals = 0;

  /** Reads the tokens of a text, up to `MAX_TEXT` units. Linear time for any text. */
  read(text: string): this {
    const length = Math.min(text.length, MAX_TEXT);
    this.count = this.latinLetters = this.otherLetters = this.capitals = 0;
    let gap = 0;
    let offset = 0;
    while (offset < length) {
      const unit = text.charCodeAt(offset);
      const kind = characterKind(unit);
      const address = this.#addressAt(text, offset, unit);
      if (address > offset) {
        offset = Math.min(address, length);
        gap = Math.max(gap, PAUSE_GAP);
        continue;
      }
      if (kind === LATIN || kind === LETTER || kind === DIGIT) {
        offset = this.#readWord(text, offset, length, gap);
        gap = 0;
        continue;
      }
      if (kind === HIGH_SURROGATE || kind === PICTOGRAPH) {
        offset = this.#readPictograph(text, offset, length, gap, kind === HIGH_SURROGATE);
        gap = 0;
        continue;
      }
      const emoticon = unit === 0x3a || unit === 0x3b || unit === 0x3d || unit === 0x3c ? emoticonAt(text, offset) : 0;
      if (emoticon !== 0) {
        const size = emoticon >> 8;
        this.#add(emoticon & 0xff, offset, offset + size, gap);
        offset += size;
        gap = 0;
        continue;
      }
      if (kind === SENTENCE_END) {
        // A point inside a number or a name ends no sentence.
        const isBetweenWords = offset + 1 < length && isWordAt(text, offset + 1) && isWordAt(text, offset - 1);
        if (unit !== 0x2e || gap !== 0 || !isBetweenWords) gap = SENTENCE_GAP;
        const last = this.count - 1;
        if (last >= 0 && unit === 0x21 && this.exclamationMarks[last]! < 9) this.exclamationMarks[last]!++;
        if (last >= 0 && unit === 0x3f && this.questionMarks[last]! < 9) this.questionMarks[last]!++;
      } else if (kind === PAUSE_SIGN && gap === 0) gap = PAUSE_GAP;
      offset++;
    }
    return this;
  }

  /** The end of a web address or a handle that starts here, or 0. Addresses are no words of the text. */
  #addressAt(text: string, offset: number, unit: number): number {
    const sign = unit | 0x20;
    if (unit !== AT_SIGN && sign !== 0x68 && sign !== 0x77) return 0;
    if (isWordAt(text, offset - 1)) return 0;
    ADDRESS.lastIndex = offset;
    return ADDRESS.test(text) ? ADDRESS.lastIndex : 0;
  }

  #readWord(text: string, from: number, length: number, gap: number): number {
    let hash = HASH_SEED;
    let offset = from;
    let end = from;
    let letters = 0;
    let capitals = 0;
    let size = 0;
    let run = 0;
    let before = 0;
    for (; offset < length; offset++) {
      const unit = text.charCodeAt(offset);
      const kind = characterKind(unit);
      if (kind === LATIN) {
        const lower = lowerUnit(unit);
        letters++;
        if (lower !== unit) capitals++;
        run = lower === before ? run + 1 : 1;
        before = lower;
        end = offset + 1;
        // A third equal letter is skipped: 'sooo' and 'sooooo' are the same word.
        if (run > 2) continue;
        hash = addUnit(hash, lower);
        size++;
      } else if (kind === LETTER || kind === DIGIT) {
        if (kind === LETTER) this.otherLetters++;
        hash = addUnit(hash, unit);
        size++;
        before = unit;
        run = 1;
        end = offset + 1;
      } else if (kind === APOSTROPHE) {
        if (offset + 1 >= length || characterKind(text.charCodeAt(offset + 1)) !== LATIN) break;
      } else if (kind !== INVISIBLE) break;
    }
    this.latinLetters += letters;
    this.capitals += capitals;
    if (size <= MAX_WORD) {
      this.#add(hash, from, end, gap);
      if (capitals >= 3 && capitals === letters) this.allCaps[this.count - 1] = 1;
    }
    return offset;
  }

  #readPictograph(text: string, from: number, length: number, gap: number, isPair: boolean): number {
    const point = isPair ? text.codePointAt(from)! : text.charCodeAt(from);
    const size = point > 0xffff ? 2 : 1;
    // Skin tones and lone surrogates are no tokens.
    if ((isPair && size === 1) || (point >= 0x1f3fb && point <= 0x1f3ff)) return from + size;
    if (point > 0xffff && point < 0x1f000) this.otherLetters++;
    this.#add(hashOfPoint(point), from, Math.min(from + size, length), gap);
    return from + size;
  }

  #add(hash: number, start: number, end: number, gap: number): void {
    const index = this.count++;
    this.hash[index] = hash;
    this.start[index] = start;
    this.end[index] = end;
    this.gap[index] = gap;
    this.classes[index] = classesOf(hash);
    this.allCaps[index] = this.exclamationMarks[index] = this.questionMarks[index] = 0;
  }
}

/** The hash of an emoji, by its code point. */
export function hashOfPoint(point: number): number {
  return addUnit(addUnit(HASH_SEED, point & 0xffff), point >>> 16);
}

function isWordAt(text: string, offset: number): boolean {
  if (offset < 0) return false;
  const kind = characterKind(text.charCodeAt(offset));
  return kind === LATIN || kind === DIGIT;
}

/** An emoticon that starts here: its hash in the low 8 bits, its length above them. 0 for none. */
function emoticonAt(text: string, offset: number): number {
  if (text.charCodeAt(offset) === 0x3c) return text.charCodeAt(offset + 1) === 0x33 ? HAPPY_EMOTICON | (2 << 8) : 0;
  let mouth = offset + 1;
  const nose = text.charCodeAt(mouth);
  if (nose === 0x2d || nose === 0x27) mouth++;
  const sign = text.charCodeAt(mouth);
  const emoticon =
    sign === 0x29 || sign === 0x44 || sign === 0x5d
      ? HAPPY_EMOTICON
      : sign === 0x28 || sign === 0x5b || sign === 0x7c || (sign === 0x2f && text.charCodeAt(mouth + 1) !== 0x2f)
        ? SAD_EMOTICON
        : 0;
  return emoticon === 0 ? 0 : emoticon | ((mouth + 1 - offset) << 8);
}
