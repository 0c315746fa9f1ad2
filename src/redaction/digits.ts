/** Some digits in a row, and what stands between them and those before: nothing at the first. */
export interface DigitGroup {
  start: number;
  end: number;
  digits: string;
  before: string;
}

/** Fewer are no number of anything that is looked for. */
const MIN_DIGITS = 7;
const CHAIN = /\d+(?:[ \u00a0\u202f.\-\u2010-\u2013/()]{1,3}\d+)*/g;

/** Groups of digits with separators between them, as cards and phone numbers are written; each chain as long as it goes. */
export function* digitChains(text: string): Generator<DigitGroup[]> {
  for (const { 0: chain, index } of text.matchAll(CHAIN)) {
    if (chain.length < MIN_DIGITS) continue;
    const groups: DigitGroup[] = [];
    let end = 0;
    for (const { 0: digits, index: at } of chain.matchAll(/\d+/g)) {
      const before = chain.slice(end, at);
      end = at + digits.length;
      groups.push({ start: index + at, end: index + end, digits, before });
    }
    yield groups;
  }
}

/** The first digits of scripts that numbers are written in beside ASCII's: Arabic, Persian, Devanagari, Bengali, full width. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10];

/** A text with such digits as ASCII's; each in the place of its own. */
export function withAsciiDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹०-९০-৯０-９]/g, (digit) => {
    const code = digit.charCodeAt(0);
    return String(code - ZEROS.findLast((zero) => zero <= code)!);
  });
}
