const VARIATION_SELECTOR = /^\p{VS}$/u;

/** Characters that leave no mark, by code point. */
const NAMES = new Map([
  [0xad, 'soft hyphen'],
  [0x34f, 'combining grapheme joiner'],
  [0x61c, 'Arabic letter mark'],
  [0x180e, 'Mongolian vowel separator'],
  [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'],
  [0x200d, 'zero width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0xfeff, 'byte order mark'],
]);
const KINDS: readonly [RegExp, string][] = [
  [/^[\u115f\u1160\u3164\uffa0]$/, 'Hangul filler'],
  [/^[\u202a-\u202e\u2066-\u2069]$/, 'control of the direction of text'],
  [VARIATION_SELECTOR, 'variation selector'],
  [/^\p{Cc}$/u, 'control character'],
  [/^\p{Cs}$/u, 'half a surrogate pair'],
  [/^\p{Z}$/u, 'space'],
  [/^\p{DI}$/u, 'invisible character'],
  [/^\p{Co}$/u, 'private use'],
  [/^\p{Cn}$/u, 'no character'],
];

/** Names a character and its place: `U+200B (zero width space) at character 5`. `index`: UTF-16 offset in the text. */
export function describeCharacter(text: string, index: number): string {
  const codePoint = text.codePointAt(index)!;
  const character = String.fromCodePoint(codePoint);
  const name = NAMES.get(codePoint) ?? KINDS.find(([kind]) => kind.test(character))?.[1];
  const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return `U+${hex}${name ? ` (${name})` : ''} at character ${[...text.slice(0, index)].length + 1}`;
}

/** Characters that leave no mark of their own (Default_Ignorable_Code_Point and controls). */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]/gu;
const LETTER = /^[\p{L}\p{M}\p{N}]$/u;
const MARK = /^\p{M}$/u;
/** Letters and marks of scripts whose letters change shape beside others, such as Arabic and Devanagari. */
const SHAPING =
  /^(?![\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Common}\p{scx=Inherited}\p{scx=Armenian}\p{scx=Georgian}\p{scx=Hebrew}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}])[\p{L}\p{M}]$/u;
const RIGHT_TO_LEFT =
  /[\p{scx=Arabic}\p{scx=Hebrew}\p{scx=Syriac}\p{scx=Thaana}\p{scx=Nko}\p{scx=Adlam}\p{scx=Mandaic}\p{scx=Samaritan}\p{scx=Hanifi_Rohingya}]/u;
const EMOJI_END = /^(?:\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}]|\ufe0f|\u20e3)$/u;
const EMOJI = /^\p{Extended_Pictographic}$/u;
const KEYCAP_BASE = /^[0-9#*]$/;
/** Signs that have an emoji style and a text style. */
const STYLED = /^(?:\p{Emoji}|(?![\0-\x7f])[\p{S}\p{P}])$/u;
/** Signs and letters that have variants. */
const VARYING = /^(?![\0-\x7f])[\p{Ideo}\p{Sm}\p{Po}]$/u;
const TAG = /^[\u{e0020}-\u{e007e}]$/u;
const TAG_END = '\u{e007f}';

/**
 * UTF-16 offset of the first character that cannot be seen and changes nothing that can; −1 without one. Joiners, marks of
 * direction, variation selectors and emoji tags are needed beside some characters, and hidden beside others.
 *
 * `except`: a character that is no fault
 */
export function hiddenCharacterAt(text: string, except = ''): number {
  if (text.search(HIDDEN) < 0) return -1;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    if (character === except) continue;
    const end = match.index + character.length;
    const after = end < text.length ? String.fromCodePoint(text.codePointAt(end)!) : '';
    if (!isNeeded(character, characterBefore(text, match.index), after, text)) return match.index;
  }
  return -1;
}

function isNeeded(character: string, before: string, after: string, text: string): boolean {
  switch (character) {
    case '\u200c':
    case '\u200d':
      return joins(before, after) || (character === '\u200d' && EMOJI_END.test(before) && EMOJI.test(after));
    case '\u200e':
    case '\u200f':
    case '\u061c':
      // Between two letters, a mark of direction changes nothing.
      return RIGHT_TO_LEFT.test(text) && !(LETTER.test(before) && LETTER.test(after));
    case '\ufe0e':
    case '\ufe0f':
      return KEYCAP_BASE.test(before) ? after === '\u20e3' : STYLED.test(before);
    case TAG_END:
      return TAG.test(before);
    default:
      if (TAG.test(character))
        return (EMOJI_END.test(before) || TAG.test(before)) && (TAG.test(after) || after === TAG_END);
      return VARIATION_SELECTOR.test(character) && (VARYING.test(before) || SHAPING.test(before));
  }
}

/** Whether a joiner changes the shape of the letters around it. At the end of a text it can only follow a mark (virama). */
function joins(before: string, after: string): boolean {
  if (after === '') return SHAPING.test(before) && MARK.test(before);
  return LETTER.test(before) && LETTER.test(after) && (SHAPING.test(before) || SHAPING.test(after));
}

function characterBefore(text: string, index: number): string {
  if (index === 0) return '';
  const isPair = index > 1 && text.codePointAt(index - 2)! > 0xffff;
  return text.slice(isPair ? index - 2 : index - 1, index);
}

/** White space and hidden characters, which leave no mark at the start or the end of a text. */
const BLANK = /^[\s\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f]$/;

/** The part of a text from its first to its last character that can be seen, as UTF-16 offsets. Equal without one. */
export function visiblePart(text: string): [start: number, end: number] {
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text[start]!)) start++;
  while (end > start && BLANK.test(text[end - 1]!) && !isJoinerAfterMark(text, end - 1)) end--;
  return [start, end];
}

function isJoinerAfterMark(text: string, index: number): boolean {
  return (text[index] === '\u200c' || text[index] === '\u200d') && joins(characterBefore(text, index), '');
}
