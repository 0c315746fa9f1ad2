import stemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';

/** Longer words are their own stems; none of them is English. */
const MAX_LENGTH = 30;

/** Porter's stem of an English word in lower case; a word in other letters is its own stem. */
export function stemOf(word: string): string {
  return word.length <= MAX_LENGTH && /^[a-z]+$/.test(word) ? stemmer.stem(word) : word;
}
