import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../src/analysis/defaultTaxonomy.ts';
import { flatThemes } from '../../src/analysis/taxonomy.ts';

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const labelOf = (text: string) => analyze(text).sentiment?.label ?? 'unscored';

describe('analyze', () => {
  it('gives finite scores, valid offsets and known themes for any text', () => {
    const known = new Set(flatThemes(defaultTaxonomy).map((theme) => theme.id));
    const word = fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      'great',
      'slow',
      'but',
      '👍',
      '\ud800',
      "'",
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (sent) => {
        const { kind, language, sentiment, mentions, clauses } = analyze(sent);
        if (sentiment) {
          expect(Math.abs(sentiment.score)).toBeLessThanOrEqual(1);
          expect(Math.round(sentiment.score * 1000) / 1000).toBe(sentiment.score);
        }
        for (const { theme, start, end } of mentions) {
          expect(known.has(theme)).toBe(true);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(sent.length);
        }
        expect(analyze(sent)).toEqual({ version: 'linear-1', kind, language, sentiment, mentions, clauses });
      }),
    );
  });

  it.each([
    ['The new editor is wonderful', 'positive'],
    ['Exporting is terrible and I hate waiting', 'negative'],
    ['Please add a nice export, it would be great', 'neutral'],
    ['The coach is excellent, but the app is horrible', 'mixed'],
    ['Die App ist leider sehr langsam und nicht gut', 'negative'],
    ["L'application est très pratique et j'adore les rappels", 'positive'],
    ['La aplicación es muy lenta y se cierra sola', 'negative'],
    ['O aplicativo é excelente e muito fácil de usar', 'positive'],
    ['Questa app è molto lenta e non mi piace', 'unscored'],
    ['アプリがとても遅い', 'unscored'],
    ['   ', 'unscored'],
    ['constructor', 'neutral'],
  ])('reads %j as %s', (text, label) => expect(labelOf(text)).toBe(label));

  it('ties a theme to the clause that speaks of it', () => {
    const text = 'The coach is excellent, but the pages load slowly';
    const mention = analyze(text).mentions.find((one) => one.theme === 'performance');
    expect(text.slice(mention?.start, mention?.end)).toBe('the pages load slowly');
  });

  it.each(['a', '@', '#', '👍', "'", '<b>', 'a.', '1', ' but', '\u200f'])(
    'takes no long over 10,000 of %j',
    (unit) => {
      const started = performance.now();
      analyze(unit.repeat(10_000).slice(0, 10_000));
      expect(performance.now() - started).toBeLessThan(500);
    },
  );
});
