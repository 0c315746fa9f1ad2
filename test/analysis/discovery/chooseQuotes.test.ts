import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseQuotes } from '../../../src/analysis/discovery/chooseQuotes.ts';

const said = (...texts: string[]) => texts.map((text, n) => ({ text, by: `somebody ${n}` }));
const textsOf = (chosen: { text: string }[]) => chosen.map(({ text }) => text);

describe('quotes', () => {
  const slow = [
    'the pages take very long to load in the morning',
    'every page takes long to load on my phone',
    'it takes long until the pages load after lunch',
    'pages load so slowly that I go for coffee',
  ];
  const sync = ['sync between phone and laptop hangs for minutes', 'the sync of my laptop hangs again'];

  it('start with the most central clause and continue with different ones', () => {
    const [first, second] = textsOf(chooseQuotes(said(...slow, ...sync, 'my aunt likes green tea and old trains'), 2));
    expect(slow).toContain(first);
    expect(slow).not.toContain(second);
  });

  it('have 5 to 30 words and no duplicates', () => {
    const long = Array.from({ length: 31 }, (_, n) => `word${n}`).join(' ');
    expect(chooseQuotes(said('so slow', long, '… … … … … …'), 5)).toEqual([]);
    expect(textsOf(chooseQuotes(said(slow[0]!, slow[0]!, `${slow[0]!.toUpperCase()}!`), 5))).toEqual([slow[0]]);
  });

  it('come from different authors first', () => {
    const candidates = [
      ...slow.map((text) => ({ text, by: 'the same' })),
      { text: 'long waits until my pages finally load each day', by: 'another' },
    ];
    expect(chooseQuotes(candidates, 2).map(({ by }) => by)).toContain('another');
  });

  it('are candidates, at most as many as requested, and deterministic', () => {
    const candidate = fc.record({
      text: fc
        .array(fc.oneof(fc.constantFrom('slow', 'pages', 'load', 'constructor', '__proto__', '👍'), fc.string()), {
          maxLength: 12,
        })
        .map((words) => words.join(' ')),
      by: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (candidates, limit) => {
        const chosen = chooseQuotes(candidates, limit);
        expect(chosen.length).toBeLessThanOrEqual(limit);
        expect(new Set(chosen).size).toBe(chosen.length);
        for (const quote of chosen) expect(candidates).toContain(quote);
        expect(chooseQuotes(candidates, limit)).toEqual(chosen);
      }),
    );
  });
});
