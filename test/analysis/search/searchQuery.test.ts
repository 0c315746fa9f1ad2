import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { highlightsOf, parseQuery } from '../../../src/analysis/search/searchQuery.ts';
import { type Word, wordsOf } from '../../../src/analysis/search/words.ts';

/** The parts of a text that a query finds. */
const found = (text: string, query: string) =>
  highlightsOf(text, parseQuery(query))?.map(({ start, end }) => text.slice(start, end));

describe('a query', () => {
  it.each([
    ['Sync is slow. Slow!', 'slow', ['slow', 'Slow']],
    ['The calendar sync is slow.', 'sync calendar', ['calendar', 'sync']],
    ['The calendar sync is slow.', '"calendar sync"', ['calendar sync']],
    ['The calendar, sync', '"Calendar Sync"', ['calendar, sync']],
    ['The sync of the calendar', '"calendar sync"', undefined],
    ['The calendar sync is slow.', 'calendar expensive', undefined],
    ['Slowness of the page', 'pag slow', undefined],
    ['Slowness of the page', 'page slow', ['Slowness', 'page']],
    ['Slowness of the page', '"slow"', undefined],
    ["I don’t like it, don't!", "don't", ['don’t', "don't"]],
    ['Größe und Farbe', 'GROSSE farbe', ['Größe', 'Farbe']],
    ['GROẞE', 'größe', ['GROẞE']],
    ['Un café très cher', 'cafe tres', ['café', 'très']],
    ['Un cafe\u0301 cher', 'café', ['cafe\u0301']],
    ['ΟΔΟΣ και οδός', 'οδος', ['ΟΔΟΣ', 'οδός']],
    ['同期が遅いです', '遅い', ['遅い']],
    ['同期が遅いです', '期遅', undefined],
    ['手机iPhone很慢', 'iphone', ['iPhone']],
    ['手机iPhone很慢', '手机 慢', ['手机', '慢']],
    ['ＡＢＣ', 'abc', ['ＡＢＣ']],
    ['속도가 느려요', '속도', ['속도가']],
    ['Приложение тормозит', 'приложение торм', ['Приложение', 'тормозит']],
    ['แอปช้ามาก', 'ช้า', ['ช้า']],
    ['a „zwei Wörter“ b', '„Zwei Wörter“', ['zwei Wörter']],
    ['only "one quote', '"one quo', undefined],
    ['version 2.10', '2.10', ['2.10']],
    ['aaa aaa aaa', '"aaa aaa"', ['aaa aaa aaa']],
    ['nothing', '…', []],
    ['ﾌﾟﾛｸﾞﾗﾑが遅い', 'プログラム', ['ﾌﾟﾛｸﾞﾗﾑ']],
    ['プログラム', 'ﾌﾟﾛｸﾞﾗﾑ', ['プログラム']],
  ])('in %j, %j finds %j', (text, query, expected) => {
    expect(found(text, query)).toEqual(expected);
  });
});

it('equal phrases of a query are one', () => {
  expect(parseQuery('Slow slow "a b" SLOW "A b" slow')).toEqual([
    { words: ['slow'], isPrefix: false },
    { words: ['a', 'b'], isPrefix: false },
    { words: ['slow'], isPrefix: true },
  ]);
});

it('a long word is found by its beginning', () => {
  const [long, other] = [`é${'x'.repeat(300)}y`, `e${'x'.repeat(300)}z`];
  expect(found(`${long} slow`, `${other} slow`)).toEqual([long, 'slow']);
  expect(found(other, `"${other}x"`)).toEqual([other]);
});

it('a folded word has 64 code units at most, and no half characters', () => {
  const long = [
    '\ufdfa'.repeat(10_000),
    `a${'\u{10400}'.repeat(200)}`,
    `${'e\u0301'.repeat(127)}e${'\u{10400}'.repeat(90)}`,
  ];
  for (const text of [...long, 'x'.repeat(10_000)]) {
    const [{ folded, end }, ...others] = wordsOf(text) as [Word];
    expect([others, end]).toEqual([[], text.length]);
    expect(folded.length).toBeGreaterThan(62);
    expect(folded.length).toBeLessThanOrEqual(64);
    expect(folded).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  }
});

it('the words of a text are its parts, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      let end = 0;
      for (const word of wordsOf(text)) {
        expect(word.start).toBeGreaterThanOrEqual(end);
        expect(word.end).toBeGreaterThan(word.start);
        ({ end } = word);
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});

it('a text is found by each of its words, in any case', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aÉßœİıΣςй 手カﾞ\u0301-.') }), (text) => {
      for (const { start, end } of wordsOf(text)) {
        const word = text.slice(start, end);
        if (!/[\p{L}\p{N}]/u.test(word)) continue;
        expect(found(text, `"${word}"`)).toContain(word);
      }
    }),
  );
});
