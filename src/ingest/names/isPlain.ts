const SPACE = 0x20;

/**
 * Whether a text needs no closer look: up to `max` UTF-16 units that can be seen and do not compose (Unicode's form NFC), and
 * between them single spaces, if `isSpaced`. True for nearly all ids and labels, and far cheaper than a regular expression.
 */
export function isPlain(text: string, max: number, isSpaced: boolean): boolean {
  const { length } = text;
  if (length > max) return false;
  let previous = SPACE;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === SPACE ? !isSpaced || previous === SPACE : !(unit > SPACE && unit < 0x7f) && !isPlainLetter(unit))
      return false;
    previous = unit;
  }
  return previous !== SPACE;
}

/** Letters and punctuation of the commonest scripts, without combining marks. */
const isPlainLetter = (unit: number) =>
  (unit > 0xa0 && unit < 0x300 && unit !== 0xad) || // Latin
  (unit >= 0x400 && unit <= 0x481) || // Cyrillic
  (unit >= 0x4e00 && unit <= 0x9fff) || // Han
  (unit >= 0x3041 && unit <= 0x3096) || // Hiragana
  (unit >= 0x30a1 && unit <= 0x30fe) || // Katakana
  (unit >= 0xac00 && unit <= 0xd7a3) || // Hangul
  (unit >= 0x621 && unit <= 0x63a) || // Arabic
  (unit >= 0x641 && unit <= 0x64a) ||
  (unit >= 0x5d0 && unit <= 0x5ea) || // Hebrew
  (unit >= 0x391 && unit <= 0x3ce && unit !== 0x3a2) || // Greek
  (unit >= 0x1ea0 && unit <= 0x1ef9) || // Vietnamese
  (unit >= 0x2010 && unit <= 0x2026) || // dashes and quotes
  unit === 0x20ac; // euro
