/** What a UTF-16 unit is to the token reader. */
export const SPACE = 1;
export const LATIN = 2;
/** A letter of another script. */
export const LETTER = 3;
export const DIGIT = 4;
export const APOSTROPHE = 5;
/** Seen through: combining marks, zero-width signs, variation selectors. */
export const INVISIBLE = 6;
/** `.`, `!`, `?`, `;`, line ends */
export const SENTENCE_END = 7;
/** Ends a negation, but no sentence: `,`, `:`, brackets. */
export const PAUSE_SIGN = 8;
export const OTHER_SIGN = 9;
export const HIGH_SURROGATE = 10;
/** A sign that is a picture by itself: hearts, check marks. */
export const PICTOGRAPH = 11;

const kinds = new Uint8Array(65_536);
const lowers = new Uint16Array(65_536);

function kindOf(unit: number): number {
  const sign = String.fromCharCode(unit);
  if (sign === '\n' || '.!?;…。！？'.includes(sign)) return SENTENCE_END;
  if (/\s/.test(sign)) return SPACE;
  if ("'’‘`´".includes(sign)) return APOSTROPHE;
  if (',:()[]{}"“”—–'.includes(sign)) return PAUSE_SIGN;
  if (/\p{M}|[\u00ad\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff]/u.test(sign))
    return INVISIBLE;
  if (/\p{L}/u.test(sign)) return /\p{Script=Latin}/u.test(sign) ? LATIN : LETTER;
  if (/\p{N}/u.test(sign)) return DIGIT;
  if (unit >= 0xd800 && unit <= 0xdbff) return HIGH_SURROGATE;
  if (unit >= 0x2190 && /\p{Extended_Pictographic}/u.test(sign)) return PICTOGRAPH;
  return OTHER_SIGN;
}

/** The kind of a UTF-16 unit. Found out at its first use, since the tables would take long to fill at import. */
export function characterKind(unit: number): number {
  const known = kinds[unit]!;
  if (known !== 0) return known;
  lowers[unit] = String.fromCharCode(unit).toLowerCase().charCodeAt(0);
  kinds[unit] = kindOf(unit);
  return kinds[unit]!;
}

/** The lower-case form of a unit whose kind was asked for before. */
export function lowerUnit(unit: number): number {
  return lowers[unit]!;
}
