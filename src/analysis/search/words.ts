/** A word of a text. `start` (inclusive) and `end` (exclusive) are UTF-16 offsets in the original text. */
export interface Word {
  folded: string;
  start: number;
  end: number;
}

/** Max words of a text that are searched. A text has 10,000 characters at most. */
export const MAX_WORDS = 16_000;
/** Max UTF-16 code units of a folded word, and of one before. Of a longer word, only the beginning is searched. */
const MAX_UNITS = { folded: 64, typed: 256 };

/** Scripts that are written without spaces between words. Each letter of them is a word. */
const UNSPACED =
  '[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}\\p{scx=Tibetan}]';
const LETTERS = '\\p{L}\\p{N}';
/** Marks that follow a letter. Voicing marks of half width count as letters in Unicode. */
const MARKS = '[\\p{M}\uff9e\uff9f]';
const WORD = new RegExp(`[[${LETTERS}]&&${UNSPACED}]${MARKS}*|[[${LETTERS}\\p{M}]--${UNSPACED}]+`, 'gv');
const ASCII = /^[\0-\x7f]*$/;

/**
 * The words of a text in order: runs of letters and digits, and single letters of scripts without spaces. So a phrase finds
 * a word of such a script.
 */
export function wordsOf(text: string): Word[] {
  if (ASCII.test(text)) return asciiWordsOf(text.toLowerCase());
  const words: Word[] = [];
  for (const { 0: found, index: start } of text.matchAll(WORD)) {
    const folded = beginningOf(fold(beginningOf(found, MAX_UNITS.typed)), MAX_UNITS.folded);
    if (folded !== '') words.push({ folded, start, end: start + found.length });
    if (words.length === MAX_WORDS) break;
  }
  return words;
}

/** The same for a text in lower case and ASCII. A regular expression takes several times as long. */
function asciiWordsOf(text: string): Word[] {
  const words: Word[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index++) {
    const code = text.charCodeAt(index);
    const isInWord = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    if (isInWord && start < 0) start = index;
    if (isInWord || start < 0) continue;
    const folded = beginningOf(text.slice(start, index), MAX_UNITS.folded);
    if (words.length < MAX_WORDS) words.push({ folded, start, end: index });
    start = -1;
  }
  return words;
}

/** The first code units of a word, without half a character at the end. */
function beginningOf(word: string, max: number): string {
  if (word.length <= max) return word;
  return word.slice(0, /[\ud800-\udbff]/.test(word[max - 1]!) ? max - 1 : max);
}

/** Letters that Unicode does not decompose, as people type them without the right keyboard. */
const SPELLED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

/** A word without case, accents and differences of width: `Größe` and `GROSSE`, `ﾌｧｲﾙ` and `ファイル` are the same. */
function fold(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return word
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþıς]/g, (letter) => SPELLED[letter]!)
    .normalize('NFC');
}
