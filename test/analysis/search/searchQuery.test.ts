import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { highlightsOf, parseQuery } from '../../../src/analysis/search/searchQuery.ts';
import { wordsOf } from '../../../src/analysis/search/words.ts';

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
  ])('in %j, %j finds %j', (text, query, expected) => {
    expect(found(text, query)).toEqual(expected);
  });
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
