// Kinds of UTF-16 units for the tokenizer.
export const SPACE = 1;
export const LATIN = 2;
/** letter of another script */
export const LETTER = 3;
export const DIGIT = 4;
export const APOSTROPHE = 5;
/** skipped: combining marks, zero-width signs, variation selectors */
export const INVISIBLE = 6;
/** `.`, `!`, `?`, `;`, line ends */
export const SENTENCE_END = 7;
/** ends a negation but no sentence: `,`, `:`, brackets */
export const PAUSE_SIGN = 8;
export const OTHER_SIGN = 9;
export const HIGH_SURROGATE = 10;
/** pictograph of one unit: hearts, check marks */
export const PICTOGRAPH = 11;

const kinds = new Uint8Array(65_536);
const lowers = new Uint16Array(65_536);

function kindOf(unit: number): number {
  const sign = String.fromCharCode(unit);
  if (sign === '\n' || '.!?;…。！？'.includes(sign)) return SENTENCE_END;
  if (/\s/.test(sign)) return SPACE;
  if ("'’‘`´".includes(sign)) return APOSTROPHE;
  if (',:()[]{}"“”—–'.includes(sign)) return PAUSE_SIGN;
  if (/\p{M}|[\u00ad\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff]/u.test(sign)) return INVISIBLE;
  if (/\p{L}/u.test(sign)) return /\p{Script=Latin}/u.test(sign) ? LATIN : LETTER;
  if (/\p{N}/u.test(sign)) return DIGIT;
  if (unit >= 0xd800 && unit <= 0xdbff) return HIGH_SURROGATE;
  if (unit >= 0x2190 && /\p{Extended_Pictographic}/u.test(sign)) return PICTOGRAPH;
  return OTHER_SIGN;
}

/** The kind of a UTF-16 unit. Cached at its first use, because filling the tables at import would take long. */
export function characterKind(unit: number): number {
  const cached = kinds[unit]!;
  if (cached !== 0) return cached;
  lowers[unit] = String.fromCharCode(unit).toLowerCase().charCodeAt(0);
  kinds[unit] = kindOf(unit);
  return kinds[unit]!;
}

/** The lower-case form of a unit. Call `characterKind` with the unit first. */
export function lowerUnit(unit: number): number {
  return lowers[unit]!;
}
