import { describe, expect, it } from '@jest/globals';
import { createPortablePatterns } from '../../../src/api/docs/portablePattern.ts';

const portable = createPortablePatterns();

describe('a portable pattern', () => {
  it.each([
    String.raw`^[\p{L}\p{M}\p{N}\p{P}\p{S}]$`,
    String.raw`^[^\p{C}\p{Zl}\p{Zp}]$`,
    String.raw`^[^\p{L}\p{N}\p{M}'’,]$`,
    String.raw`^[\]\\^\p{Lu}-]$`,
  ])('of %s matches the same characters, and names no class of Unicode', (pattern) => {
    const written = portable(pattern);
    expect(written).not.toContain('\\p');
    const [before, after] = [new RegExp(pattern, 'u'), new RegExp(written, 'u')];
    const differing: number[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      if (before.test(character) !== after.test(character)) differing.push(code);
    }
    expect(differing).toEqual([]);
    // Half a surrogate pair is no character.
    expect(after.test('\ud800')).toBe(false);
  });

  it('is the pattern itself without such a class', () => {
    for (const pattern of ['^[a-z]{1,3}$', String.raw`^\d+\.\d$`, '', String.raw`\[\\p]`])
      expect(portable(pattern)).toBe(pattern);
  });
});
