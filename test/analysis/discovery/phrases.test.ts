import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { knownBy, phrasesIn } from '../../../src/analysis/discovery/phrases.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { growthOver } from '../../support/timing.ts';

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const isKnown = knownBy(defaultTaxonomy);
const phrases = (text: string) => phrasesIn(text, analyze(text).clauses, isKnown);
const written = (text: string) => phrases(text).map((phrase) => phrase.written);

describe('phrases in a text', () => {
  it('are the subjects of a clause, of one to three words', () => {
    expect(written('The breathing exercise room was too warm, and the whiteboard markers were dry.')).toEqual(
      expect.arrayContaining(['whiteboard', 'whiteboard markers', 'warm', 'markers']),
    );
    expect(phrases('Whiteboard markers. A marker on whiteboards.').map(({ stems }) => stems)).toEqual(
      expect.arrayContaining(['whiteboard', 'whiteboard marker', 'marker on whiteboard']),
    );
  });

  it('contain no term of the taxonomy', () => {
    const found = written('The calendar sync is slow and the invoices of the calendar gadget are wrong.');
    expect(found.some((phrase) => /calendar|slow|invoice/.test(phrase))).toBe(false);
    expect(found).toContain('gadget');
  });

  it('do not cross a sign, an address, a number or a secret', () => {
    const found = written(
      'Mail ann.smith@example.org or see https://example.org/token/abc, my pin 4711 x9y8z7 ' +
        `${'q'.repeat(31)} snake_case www.example.org. Garden, terrace (roof).`,
    );
    expect(found).toEqual(expect.arrayContaining(['garden', 'terrace', 'roof']));
    expect(found.join(', ')).not.toMatch(/ann|smith|example|http|token|abc|4711|x9|qqq|snake|www|garden terrace/);
  });

  it('never throw, are bounded and take linear time for any text', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'constructor',
        '__proto__',
        '<b>',
        '\u200b',
        '🙂',
        "o'",
        '-',
        '--',
        'na-',
        'the',
        'x'.repeat(500),
      ),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (some) => {
        for (const text of [some.join(''), some.join(' ')]) {
          const all = phrasesIn(text, [{ start: 0, end: text.length, sentiment: { label: 'neutral' } }], isKnown);
          expect(all.length).toBeLessThanOrEqual(60);
          for (const { stems } of all) expect(stems.length).toBeLessThanOrEqual(3 * 31);
        }
      }),
    );
  });

  it.each(["a'-", '- ', "'", 'ab-'])('take at most about twice the time for twice the text of %j', (unit) => {
    const growth = growthOver(unit, 5_000, (text) =>
      phrasesIn(text, [{ start: 0, end: text.length, sentiment: { label: 'neutral' } }], isKnown),
    );
    expect(growth).toBeLessThan(3);
  });
});
