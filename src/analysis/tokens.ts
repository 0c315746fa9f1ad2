import stemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';

/** Longer runs of letters are not words; the libraries below are slow on them. */
const MAX_WORD = 40;

/** The words of a text in lower case, in order; apostrophes stay within a word. Linear in the text. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}\p{N}']+/gu) ?? [];
  return words.filter((word) => word.length <= MAX_WORD);
}

/** Porter's stem of an English word; a word in other letters is its own stem. */
export function stemOf(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer.stem(word) : word;
}
