/** A class of characters, or an escaped character outside of one, which may be a bracket. */
const CHARACTER_CLASS = /\\.|\[(?:[^[\]\\]|\\.)*\]/g;
/** Characters with a meaning in a class. */
const SPECIAL = /[\\\]^[-]/;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CODE_POINT = 0x10ffff;

/**
 * A regular expression with each class of Unicode written as the ranges that this process knows, which all readers of
 * JSON Schema understand in the same way: Python and POSIX have no `\p{L}`, and releases of Unicode differ.
 */
export function createPortablePatterns(): (pattern: string) => string {
  const known = new Map<string, string>();
  let characters: string | undefined;
  return (pattern) =>
    pattern.replace(CHARACTER_CLASS, (unicodeClass) => {
      if (!unicodeClass.includes('\\p{')) return unicodeClass;
      let ranges = known.get(unicodeClass);
      if (ranges === undefined) {
        characters ??= allCharacters();
        ranges = rangesOf(unicodeClass, characters);
        known.set(unicodeClass, ranges);
      }
      return ranges;
    });
}

/** Every code point in order, without surrogates, which are no characters. */
function allCharacters(): string {
  const utf16 = Buffer.alloc(4 * (LAST_CODE_POINT + 1));
  let bytes = 0;
  for (let point = 0; point <= LAST_CODE_POINT; point++)
    if (point < FIRST_SURROGATE || point > LAST_SURROGATE) {
      // UTF-16 has a pair of surrogates for a point beyond 16 bits.
      if (point > 0xffff) bytes = utf16.writeUInt16LE(FIRST_SURROGATE + ((point - 0x10000) >> 10), bytes);
      bytes = utf16.writeUInt16LE(point > 0xffff ? 0xdc00 + ((point - 0x10000) & 0x3ff) : point, bytes);
    }
  return utf16.toString('utf16le', 0, bytes);
}

function rangesOf(unicodeClass: string, characters: string): string {
  const runs = characters.matchAll(new RegExp(`${unicodeClass}+`, 'gu'));
  const ranges = [...runs].flatMap(([run]) => splitAtSurrogates(run)).map(rangeOf);
  return `[${ranges.join('')}]`;
}

/** The code points before and after the surrogates are neighbours in the text, but a range would cover surrogates. */
function splitAtSurrogates(run: string): string[] {
  const index = run.indexOf('\uE000');
  return index > 0 ? [run.slice(0, index), run.slice(index)] : [run];
}

function rangeOf(run: string): string {
  const first = String.fromCodePoint(run.codePointAt(0)!);
  // The last code point is two units long if it ends with the second half of a pair.
  const last = String.fromCodePoint(run.codePointAt(run.length - (/[\uDC00-\uDFFF]$/.test(run) ? 2 : 1))!);
  if (first === last) return literal(first);
  return `${literal(first)}-${literal(last)}`;
}

/** A character in a class. Control characters and blanks are escaped, since they would not be seen. */
function literal(character: string): string {
  if (SPECIAL.test(character)) return `\\${character}`;
  const code = character.codePointAt(0)!;
  return code <= 0x20 || (code >= 0x7f && code <= 0xa0) || (/^[\p{Z}\p{Cf}]$/u.test(character) && code <= 0xffff)
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : character;
}
