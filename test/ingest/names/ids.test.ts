import { describe, expect, it } from '@jest/globals';
import { idSchema, newIdSchema } from '../../../src/ingest/names/ids.ts';

const messageOf = (id: unknown, schema = newIdSchema) => schema.safeParse(id).error?.issues[0]?.message;

describe('a new id', () => {
  it.each([
    ['u-17', ' u-17'],
    ['u-17', 'u-17\u00a0\r\n'],
    ['u-17', '\ufeffu-17'],
    ['Zo\u00eb', 'Zo\u00eb'],
    ['Zoe\u0308', 'Zoe\u0308'],
    ['\u{1f44d}\ufe0f', '\u{1f44d}\ufe0f'],
    ['\u0646\u0639\u0645', '\u0646\u0639\u0645'],
    ['\u{1f44d}'.repeat(128), `${'\u{1f44d}'.repeat(128)} `],
  ])('%j is read from %j', (id, sent) => {
    expect(newIdSchema.parse(sent)).toBe(id);
  });

  it.each([
    [
      'u\u200b17',
      'holds U+200B (zero width space) at character 2; an id has letters, digits, punctuation and symbols only',
    ],
    ['u-17\u200b', expect.stringContaining('U+200B (zero width space) at character 5')],
    [' u 17', expect.stringContaining('U+0020 (space) at character 3')],
    ['\u{1f44d}\u00ad', expect.stringContaining('U+00AD (soft hyphen) at character 2')],
    ['a\u200db', expect.stringContaining('U+200D (zero width joiner)')],
    ['a\u202eb', expect.stringContaining('U+202E')],
    ['a\u0007', expect.stringContaining('U+0007 (control character)')],
    ['\u3164', expect.stringContaining('U+3164 (Hangul filler) at character 1')],
    ['a\u115fb', expect.stringContaining('U+115F (Hangul filler)')],
    ['a\ufe0f', expect.stringContaining('U+FE0F (variation selector) at character 2')],
    ['a\u034f', expect.stringContaining('U+034F')],
    ['a\uf8ff', expect.stringContaining('U+F8FF (private use)')],
    ['\ud83d', expect.stringContaining('U+D83D (half a surrogate pair)')],
    ['', expect.stringContaining('must be 1 to 128 visible characters')],
    [' \u00a0', expect.stringContaining('must be 1 to 128 visible characters')],
    ['x'.repeat(129), 'must be at most 128 characters'],
    [17, expect.stringContaining('must be 1 to 128 visible characters')],
  ])('is refused if it is %j, with the character and its place', (sent, message) => {
    expect(messageOf(sent)).toEqual(message);
  });
});

describe('an id that is asked for', () => {
  it('may hold what earlier releases took', () => {
    for (const id of ['a\u3164b', 'a\ufe0f', 'x\u034f', '\u1160']) {
      expect(messageOf(id)).toMatch(/^holds U/);
      expect(idSchema.parse(` ${id} `)).toBe(id);
    }
  });

  it('is refused like a new one otherwise', () => {
    for (const id of ['a b', 'a\u200bb', '', 'x'.repeat(129)]) expect(messageOf(id, idSchema)).toBe(messageOf(id));
  });
});
