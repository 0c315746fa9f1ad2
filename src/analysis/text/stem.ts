import stemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';

/** Max letters of a word that is stemmed. */
const MAX_LENGTH = 30;

/** The stem of an English word in lower case (Porter, Program 14, 1980). A word with other letters is its own stem. */
export function stemOf(word: string): string {
  return word.length <= MAX_LENGTH && /^[a-z]+$/.test(word) ? stemmer.stem(word) : word;
}
