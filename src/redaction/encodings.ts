/** A text with its encoded characters decoded. `offsetOf` gives the offset in the text for one in `plain`. */
export interface Decoded {
  plain: string;
  offsetOf(offset: number): number;
}

/**
 * A character that is written in another way: as an HTML entity, percent-encoded (once or more often), in full width, or as
 * the word for `@` or the dot in brackets, in the languages of feedback.
 */
const ENCODED =
  /&#0{0,5}(?<decimal>\d{2,3});?|&#x0{0,5}(?<hex>[2-7][\da-f]);?|&(?<entity>commat|period|lowbar|plus|hyphen);|%(?:25){0,3}(?<percent>[2-7][\da-f])|(?<wide>[\uff01-\uff5e\ufe6b])|\s{0,2}[([{<«]\s?(?:(?<at>at|ät|arroba|arobase|chiocciola|małpa|собака)|dot|punkt|punto|point|ponto|kropka|точка)\s?[)\]}>»]\s{0,2}/giu;
/** A character that every encoding has. */
const MAY_BE_ENCODED = /[&%([{<«\uff01-\uff5e\ufe6b]/;
const ENTITIES: Record<string, string> = { commat: '@', period: '.', lowbar: '_', plus: '+', hyphen: '-' };

/** Decodes printable ASCII characters. Takes linear time, and returns most texts as they are. */
export function decode(text: string): Decoded {
  const asIs = { plain: text, offsetOf: (offset: number) => offset };
  if (!MAY_BE_ENCODED.test(text)) return asIs;
  /** for each decoded character: its offset in `plain`, and by how much the texts differ in length after it */
  const shifts: { after: number; by: number }[] = [];
  let plain = '';
  let from = 0;
  for (const { 0: encoded, index, groups } of text.matchAll(ENCODED)) {
    const character = characterOf(groups!);
    if (character === undefined) continue;
    plain += text.slice(from, index) + character;
    from = index + encoded.length;
    shifts.push({ after: plain.length, by: from - plain.length });
  }
  plain += text.slice(from);
  return { plain, offsetOf: (offset) => offset + shiftAt(offset, shifts) };
}

/** Binary search, since a text may have thousands of encoded characters and of findings. */
function shiftAt(offset: number, shifts: readonly { after: number; by: number }[]): number {
  let [low, high] = [0, shifts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shifts[middle]!.after <= offset) low = middle + 1;
    else high = middle;
  }
  return shifts[low - 1]?.by ?? 0;
}

/** The character that is meant; undefined if it is not printable ASCII. */
function characterOf(groups: Record<string, string | undefined>): string | undefined {
  const { decimal, hex, entity, percent, wide, at } = groups;
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()];
  if (wide !== undefined) return wide === '\ufe6b' ? '@' : String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
  const digits = hex ?? percent;
  if (decimal === undefined && digits === undefined) return at === undefined ? '.' : '@';
  const code = decimal === undefined ? Number.parseInt(digits!, 16) : Number(decimal);
  return code > 32 && code < 127 ? String.fromCharCode(code) : undefined;
}
