import { expect, it } from '@jest/globals';
import { hiddenCharacterAt } from '../../../src/ingest/names/hiddenCharacters.ts';
import { isPlain } from '../../../src/ingest/names/isPlain.ts';

it('takes only characters that can be seen, and that no other composes with', () => {
  const plain: string[] = [];
  for (let unit = 0; unit <= 0xffff; unit++)
    if (isPlain(String.fromCharCode(unit), 1, true)) plain.push(String.fromCharCode(unit));
  expect(plain.length).toBeGreaterThan(30_000);
  const wrong = plain.filter(
    (character) =>
      hiddenCharacterAt(character) >= 0 ||
      /[\p{M}\p{Z}\p{C}\u1100-\u11ff]/u.test(character) ||
      character.normalize('NFC') !== character,
  );
  expect(wrong).toEqual([]);
});

it.each([
  ['Very easy', true, true],
  ['Oui, \u00e0 10 \u20ac', true, true],
  ['\u0414\u0430, \u0437\u0430 10', true, true],
  ['u-17', false, true],
  ['a b', false, false],
  ['a  b', true, false],
  [' a', true, false],
  ['a ', true, false],
  ['', true, false],
  ['', false, false],
  ['a\u00adb', true, false],
  ['a\u00a0b', true, false],
  ['e\u0301', true, false],
  ['x'.repeat(11), true, false],
])('%j, spaced %s: %s', (text, isSpaced, expected) => {
  expect(isPlain(text, 10 + (text.startsWith('x') ? 0 : 10), isSpaced)).toBe(expected);
});
