import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { labelFilterSchema, labelSchema, readLabel, spellingsOf } from '../../../src/ingest/names/labels.ts';

const labelOf = (text: string) => readLabel(text).label;
const faultOf = (text: string) => readLabel(text).fault;

describe('a label', () => {
  it.each([
    ['Very easy', ' Very easy'],
    ['Very easy', 'Very easy\u00a0'],
    ['Very easy', '\ufeffVery easy\r\n'],
    ['Very easy', '\u200bVery easy\u200b '],
    ['Very easy', '\u202aVery easy\u202c'],
    ['Very easy', '\u2068Very easy\u2069'],
    ['Very easy', 'Very\u00a0easy'],
    ['Very easy', 'Very  \u2009 easy'],
    ['Very easy', '\tVery\u3000easy\u2028'],
    ['tr\u00e8s facile', 'tre\u0300s facile'],
    ['\uac00\uae4c\uc6c0', '\u1100\u1161\u1101\u1161\u110b\u116e\u11b7'],
    ['\u00c5', '\u212b'],
    ['\u0646\u0639\u0645', '\u200f\u0646\u0639\u0645\u200f'],
    ['\u0645\u06cc', '\u0645\u06cc\u200c'],
    ['\u{1f468}', '\u{1f468}\u200d'],
    ['\u1784\u17b6\u1799\u178e\u17b6\u179f\u17cb', '\u1784\u17b6\u1799\u200b\u178e\u17b6\u179f\u17cb'],
  ])('%j is stored for %j', (label, sent) => {
    expect(labelOf(sent)).toBe(label);
  });

  it.each([
    ['Persian with ZWNJ', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Latin in Persian', 'iPhone\u200c\u0647\u0627'],
    ['Hindi with ZWNJ', '\u0915\u094d\u200c\u0937'],
    ['Marathi with ZWJ', '\u0926\u0941\u0938\u0931\u094d\u200d\u092f\u093e'],
    ['Sinhala with ZWJ', '\u0dc1\u0dca\u200d\u0dbb\u0dd3'],
    ['Malayalam with a last ZWJ', '\u0d05\u0d35\u0d28\u0d4d\u200d'],
    ['Arabic with a mark of direction', '\u0646\u0639\u0645 (10$\u200f)'],
    ['Hebrew with a mark of direction', 'C++\u200e \u05d8\u05d5\u05d1'],
    ['a family', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'],
    ['a flag with ZWJ', '\u{1f3f3}\ufe0f\u200d\u{1f308}'],
    ['a profession with skin tone', '\u{1f9d1}\u{1f3fd}\u200d\u2695\ufe0f'],
    ['the flag of Scotland', 'to \u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['a keycap', '1\ufe0f\u20e3 once'],
    ['a heart', '\u2764\ufe0f'],
    ['an emoji that is a letter', '\u2139\ufe0f'],
    ['an ideograph with a variant', '\u845b\u{e0100}'],
    ['Mongolian with a variant', '\u182d\u180b'],
    ['private use', 'Mac \uf8ff'],
    ['quotes and signs', '\u201cYes\u201d \u2013 \u20ac 10, 50 % \u00ab ok \u00bb'],
  ])('is stored as sent if it is %s', (_, sent) => {
    expect(labelOf(sent)).toBe(sent);
  });

  it.each([
    ['Very\u200beasy', /^holds U\+200B \(zero width space\) at character 5, which cannot be seen/],
    ['\u{1f44d}\u{1f44d}a\u00adb', /U\+00AD \(soft hyphen\) at character 4/],
    ['  x\u202ey', /U\+202E \(right-to-left override\) at character 4/],
    ['a\u2066b\u2069c', /U\+2066 \(control of the direction of text\)/],
    ['Very\u200d easy', /U\+200D \(zero width joiner\)/],
    ['Ve\u200cry', /U\+200C/],
    ['\u0646\u0639\u200f\u0645', /U\+200F \(right-to-left mark\)/],
    ['yes\u200e!', /U\+200E/],
    ['a\ufeffb', /U\+FEFF \(byte order mark\)/],
    ['a\ufe0fb', /U\+FE0F \(variation selector\)/],
    ['7\ufe0f', /U\+FE0F/],
    ['\u{1f600}\u200dx', /U\+200D/],
    ['x\u{e0067}\u{e007f}', /U\+E0067/],
    ['\u{1f3f4}\u{e0067}\u{e0062}', /U\+E0067|U\+E0062/],
    ['\u{1f600}\u{e007f}', /U\+E007F/],
    ['\u3164', /U\+3164 \(Hangul filler\) at character 1/],
    ['a\u034fb', /U\+034F \(combining grapheme joiner\)/],
    ['a\tb', /U\+0009 \(control character\) at character 2/],
    ['a\r\nb', /U\+000D \(control character\)/],
    ['\0a', /U\+0000 \(control character\) at character 1/],
    ['a\ud800', /U\+D800 \(half a surrogate pair\) at character 2/],
    ['a\u2028b', /U\+2028/],
    ['a\uffffb', /U\+FFFF/],
    [' \u200b\u00a0', /is blank/],
    ['', /is blank/],
    ['x'.repeat(101), /at most 100 characters/],
    ['\u{1f600}'.repeat(101), /at most 100 characters/],
    ['\u0958'.repeat(60), /at most 100 characters/],
    [`a${' '.repeat(99)}b`, /at most 100 characters/],
  ])('is refused if it is %j, with the character and its place', (sent, fault) => {
    expect(faultOf(sent)).toMatch(fault);
  });

  it('may have 100 characters besides blanks at its ends', () => {
    expect(labelOf(` ${'x'.repeat(100)}${' '.repeat(1_000)}`)).toBe('x'.repeat(100));
    expect(labelOf('\u{1f600}'.repeat(100))).toBe('\u{1f600}'.repeat(100));
  });

  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(' ', '\u00a0', '\u200b', '\u200c', '\u200d', '\u200f', '\ufe0f', '\u0301', 'e', '\u0e01', '\u0646'),
    fc.constantFrom('\u{1f3f4}', '\u{e0067}', '\u{e007f}', '\u094d', '\u0915', '\u{1f468}', '7', '\u20e3', '\ufeff'),
  );
  const anyText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  it('is stored as itself if it is sent again, and differs from no other by how its ends or spaces are typed', () => {
    let labels = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const label = labelOf(text);
        if (label === undefined) return;
        labels++;
        expect(labelOf(label)).toBe(label);
        expect(labelOf(`\u00a0${text}\u200b\n`)).toBe(label);
        expect(labelOf(label.replaceAll(' ', ' \u202f'))).toBe(label);
        expect(labelOf(label.normalize('NFD'))).toBe(label);
        expect(label).not.toMatch(
          /^\s|\s$|\s\s|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00a0\u200b\u2066-\u2069\u202a-\u202e\ufeff]/u,
        );
      }),
      { numRuns: 1_000 },
    );
    expect(labels).toBeGreaterThan(50);
  });

  it('fits the JSON Schema, and so does everything that is stored as it', () => {
    const pattern = new RegExp(labelSchema.meta()?.pattern as string, 'u');
    fc.assert(
      fc.property(anyText, (text) => {
        if (labelOf(text) !== undefined) expect([text, pattern.test(text)]).toEqual([text, true]);
      }),
      { numRuns: 500 },
    );
    for (const refused of ['', ' ', '\u00a0\n', 'x'.repeat(101)]) expect(pattern.test(refused)).toBe(false);
  });

  it('is searched for as it is stored now, and as it was typed', () => {
    expect(spellingsOf('Very easy')).toEqual(['Very easy']);
    expect(spellingsOf('Very easy ')).toEqual(['Very easy', 'Very easy ']);
    expect(spellingsOf('a\u034fb')).toEqual(['a\u034fb']);
  });

  it('is searched for with 100 characters at most', () => {
    const long = `${' '.repeat(10_000)}Very easy${' '.repeat(10_000)}`;
    expect(labelFilterSchema.parse(long)).toBe('Very easy');
    expect(labelFilterSchema.parse('Very easy ')).toBe('Very easy ');
  });
});
