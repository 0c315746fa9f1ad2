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

/** UTF-16 units of a text that are read; more than any accepted text has. */
export const MAX_TEXT = 20_000;
/** Longer runs of letters are not words. */
const MAX_WORD = 40;

const AT_SIGN = 0x40;
/** `https://…`, `www.…` and `@name`, without the signs that end a sentence. */
const ADDRESS = /(?:https?:\/\/|www\.)\S*[^\s.,!?;:)]|@[\p{L}\p{N}_]+/iuy;

/** What comes between a token and the one before. */
export const PAUSE_GAP = 1;
export const SENTENCE_GAP = 2;

/** Hashes of tokens that are not words. */
export const HAPPY_EMOTICON = 101;
export const SAD_EMOTICON = 102;

/**
 * The tokens of one text, in columns that are used again for the next: words, emoji and emoticons, each with the hash
 * of its lower-case form, its place, and what came before it.
 */
export class Tokens {
  count = 0;
  readonly hash = new Int32Array(MAX_TEXT + 1);
  readonly start = new Int32Array(MAX_TEXT + 1);
  readonly end = new Int32Array(MAX_TEXT + 1);
  /** Closed classes of the word, as bits. */
  readonly classes = new Int32Array(MAX_TEXT + 1);
  /** `PAUSED` or `SENTENCE` where a sign of the kind stands between the token before and this one, else 0. */
  readonly gap = new Uint8Array(MAX_TEXT + 1);
  /** 1 for a word in capitals of three letters or more. */
  readonly allCaps = new Uint8Array(MAX_TEXT + 1);
  /** Exclamation and question marks right after the token. */
  readonly exclamationMarks = new Uint8Array(MAX_TEXT + 1);
  readonly questionMarks = new Uint8Array(MAX_TEXT + 1);
  /** Filled by `readFrames`: 1 in sentences that ask for something. */
  readonly inRequest = new Uint8Array(MAX_TEXT + 1);
  /** Filled by `readFrames`: how sure a sign of a fault, or of a merit, begins here, 0–1. */
  readonly problemSign = new Float64Array(MAX_TEXT + 1);
  readonly praiseSign = new Float64Array(MAX_TEXT + 1);
  /** Filled by `markTokens`: what a token counts, and whether it is negated. */
  readonly weight = new Float64Array(MAX_TEXT + 1);
  readonly negated = new Uint8Array(MAX_TEXT + 1);
  latinLetters = 0;
  otherLetters = 0;
  /** Capital letters among the Latin ones. */
  capitals = 0;

  /** Reads a text, to `MAX_TEXT` units at most. Linear in the text, whatever it is. */
  read(text: string): this {
    const length = Math.min(text.length, MAX_TEXT);
    this.count = this.latinLetters = this.otherLetters = this.capitals = 0;
    let gap = 0;
    let at = 0;
    while (at < length) {
      const unit = text.charCodeAt(at);
      const kind = characterKind(unit);
      const address = this.#addressAt(text, at, unit);
      if (address > at) {
        at = Math.min(address, length);
        gap = Math.max(gap, PAUSE_GAP);
        continue;
      }
      if (kind === LATIN || kind === LETTER || kind === DIGIT) {
        at = this.#readWord(text, at, length, gap);
        gap = 0;
        continue;
      }
      if (kind === HIGH_SURROGATE || kind === PICTOGRAPH) {
        at = this.#readPicture(text, at, length, gap, kind === HIGH_SURROGATE);
        gap = 0;
        continue;
      }
      const face = unit === 0x3a || unit === 0x3b || unit === 0x3d || unit === 0x3c ? faceAt(text, at) : 0;
      if (face !== 0) {
        const size = face >> 8;
        this.#add(face & 0xff, at, at + size, gap);
        at += size;
        gap = 0;
        continue;
      }
      if (kind === SENTENCE_END) {
        // A point within a number or a name is none.
        const isInner =
          unit === 0x2e &&
          at + 1 < length &&
          isWordUnit(text.charCodeAt(at + 1)) &&
          gap === 0 &&
          isDigitBefore(text, at);
        if (!isInner) gap = SENTENCE_GAP;
        const last = this.count - 1;
        if (last >= 0 && unit === 0x21 && this.exclamationMarks[last]! < 9) this.exclamationMarks[last]!++;
        if (last >= 0 && unit === 0x3f && this.questionMarks[last]! < 9) this.questionMarks[last]!++;
      } else if (kind === PAUSE_SIGN && gap === 0) gap = PAUSE_GAP;
      at++;
    }
    return this;
  }

  /** Where an address ends that begins here, of a page or of a person: no words of what is said. 0 without one. */
  #addressAt(text: string, at: number, unit: number): number {
    const sign = unit | 0x20;
    if (unit !== AT_SIGN && sign !== 0x68 && sign !== 0x77) return 0;
    if (at > 0 && isWordUnit(text.charCodeAt(at - 1))) return 0;
    ADDRESS.lastIndex = at;
    return ADDRESS.test(text) ? ADDRESS.lastIndex : 0;
  }

  #readWord(text: string, from: number, length: number, gap: number): number {
    let hash = HASH_SEED;
    let at = from;
    let end = from;
    let letters = 0;
    let capitals = 0;
    let size = 0;
    let run = 0;
    let before = 0;
    for (; at < length; at++) {
      const unit = text.charCodeAt(at);
      const kind = characterKind(unit);
      if (kind === LATIN) {
        const lower = lowerUnit(unit);
        letters++;
        if (lower !== unit) capitals++;
        run = lower === before ? run + 1 : 1;
        before = lower;
        end = at + 1;
        // 'sooo' and 'sooooo' are one word
        if (run > 2) continue;
        hash = addUnit(hash, lower);
        size++;
      } else if (kind === LETTER || kind === DIGIT) {
        if (kind === LETTER) this.otherLetters++;
        hash = addUnit(hash, unit);
        size++;
        before = unit;
        run = 1;
        end = at + 1;
      } else if (kind === APOSTROPHE) {
        if (at + 1 >= length || characterKind(text.charCodeAt(at + 1)) !== LATIN) break;
      } else if (kind !== INVISIBLE) break;
    }
    this.latinLetters += letters;
    this.capitals += capitals;
    if (size <= MAX_WORD) {
      this.#add(hash, from, end, gap);
      if (capitals >= 3 && capitals === letters) this.allCaps[this.count - 1] = 1;
    }
    return at;
  }

  #readPicture(text: string, from: number, length: number, gap: number, isPair: boolean): number {
    const point = isPair ? text.codePointAt(from)! : text.charCodeAt(from);
    const size = point > 0xffff ? 2 : 1;
    // Skin tones say nothing, half a pair is nothing.
    if ((isPair && size === 1) || (point >= 0x1f3fb && point <= 0x1f3ff)) return from + size;
    if (point > 0xffff && point < 0x1f000) this.otherLetters++;
    this.#add(
      addUnit(addUnit(HASH_SEED, point & 0xffff), point >>> 16),
      from,
      Math.min(from + size, length),
      gap,
    );
    return from + size;
  }

  #add(hash: number, start: number, end: number, gap: number): void {
    const at = this.count++;
    this.hash[at] = hash;
    this.start[at] = start;
    this.end[at] = end;
    this.gap[at] = gap;
    this.classes[at] = classesOf(hash);
    this.allCaps[at] = this.exclamationMarks[at] = this.questionMarks[at] = 0;
  }
}

/** The hash that an emoji is read as. */
export function hashOfEmoji(picture: string): number {
  const point = picture.codePointAt(0) ?? 0;
  return addUnit(addUnit(HASH_SEED, point & 0xffff), point >>> 16);
}

function isWordUnit(unit: number): boolean {
  const kind = characterKind(unit);
  return kind === LATIN || kind === DIGIT;
}

function isDigitBefore(text: string, at: number): boolean {
  return at > 0 && isWordUnit(text.charCodeAt(at - 1));
}

/** An emoticon that begins here: its hash, and its length in the bits above eight; 0 for none. */
function faceAt(text: string, at: number): number {
  if (text.charCodeAt(at) === 0x3c) return text.charCodeAt(at + 1) === 0x33 ? HAPPY_EMOTICON | (2 << 8) : 0;
  let mouth = at + 1;
  const nose = text.charCodeAt(mouth);
  if (nose === 0x2d || nose === 0x27) mouth++;
  const sign = text.charCodeAt(mouth);
  const face =
    sign === 0x29 || sign === 0x44 || sign === 0x5d
      ? HAPPY_EMOTICON
      : sign === 0x28 ||
          sign === 0x5b ||
          sign === 0x7c ||
          (sign === 0x2f && text.charCodeAt(mouth + 1) !== 0x2f)
        ? SAD_EMOTICON
        : 0;
  return face === 0 ? 0 : face | ((mouth + 1 - at) << 8);
}
