/** A run of digits and its UTF-16 offsets. `before` is the separator before it, empty for the first group of a chain. */
export interface DigitGroup {
  start: number;
  end: number;
  digits: string;
  before: string;
}

/** Min characters of a chain. Shorter ones are neither a card nor a phone number. */
const MIN_CHAIN_LENGTH = 7;
const CHAIN = /\d+(?:[ \u00a0\u202f.\-\u2010-\u2013/()]{1,3}\d+)*/g;

/** Finds chains of digit groups with separators between them, as in card and phone numbers. Each chain is maximal. */
export function* digitChains(text: string): Generator<DigitGroup[]> {
  for (const { 0: chain, index } of text.matchAll(CHAIN)) {
    if (chain.length < MIN_CHAIN_LENGTH) continue;
    const groups: DigitGroup[] = [];
    let end = 0;
    for (const { 0: digits, index: offset } of chain.matchAll(/\d+/g)) {
      const before = chain.slice(end, offset);
      end = offset + digits.length;
      groups.push({ start: index + offset, end: index + end, digits, before });
    }
    yield groups;
  }
}

/** The digit zero of other scripts: Arabic, Persian, Devanagari, Bengali, full width. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10];

/** Replaces digits of other scripts by ASCII digits. Offsets stay the same. */
export function withAsciiDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹०-९০-৯０-９]/g, (digit) => {
    const code = digit.charCodeAt(0);
    return String(code - ZEROS.findLast((zero) => zero <= code)!);
  });
}
