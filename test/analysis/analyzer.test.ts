import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ANALYSIS_VERSION, createAnalyzer } from '../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { flatThemes } from '../../src/analysis/taxonomy/taxonomy.ts';
import { growthOver, leastMs, medianMs } from '../support/timing.ts';

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const labelOf = (text: string) => analyze(text).sentiment?.label ?? 'unscored';

describe('analyze', () => {
  it('has finite scores, valid offsets and known themes for any text', () => {
    const known = new Set(flatThemes(defaultTaxonomy).map((theme) => theme.id));
    const word = fc.constantFrom('constructor', '__proto__', 'toString', 'great', 'slow', 'but', '👍', '\ud800', "'");
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
          expect(sentiment.confidence).toBeGreaterThanOrEqual(0);
          expect(sentiment.confidence).toBeLessThanOrEqual(1);
        }
        for (const { theme } of mentions) expect(known.has(theme)).toBe(true);
        for (const { start, end, sentiment } of [...mentions, ...clauses]) {
          expect(Number.isFinite(sentiment.score)).toBe(true);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(sent.length);
        }
        expect(analyze(sent)).toEqual({
          version: ANALYSIS_VERSION,
          kind,
          language,
          sentiment,
          mentions,
          clauses,
        });
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
    ['It is slow', 'negative'],
    ['It takes forever to load', 'negative'],
    ['The page keeps crashing', 'negative'],
    ["I can't log in", 'negative'],
    ['The report is not from Monday', 'neutral'],
    ['It just works', 'positive'],
    ['Reminders arrive on time', 'positive'],
    ['They do not arrive on time', 'negative'],
    ['@sam thanks!', 'positive'],
    ['I read about it at https://example.com/crash/broken', 'neutral'],
    ['I used to hate the editor, but now I love it', 'positive'],
    ['The app was great in the past. Now it is a mess.', 'negative'],
  ])('reads %j as %s', (text, label) => expect(labelOf(text)).toBe(label));

  it('includes the booster in the clause of a problem', () => {
    const text = 'The pages are so slow';
    expect(analyze(text).mentions).toEqual([
      expect.objectContaining({ theme: 'performance', start: 0, end: text.length }),
    ]);
  });

  it('ignores addresses', () => {
    const text = 'https://example.com/calendar @calendar www.calendar.com/calendar. Export works';
    const { mentions, clauses } = analyze(text);
    expect(mentions.map(({ theme }) => theme)).not.toContain('calendar');
    expect(clauses.map(({ start, end }) => text.slice(start, end))).toEqual(['Export works']);
    expect(analyze('https://example.com').sentiment).toBeNull();
  });

  it('assigns a theme to the clause that mentions it', () => {
    const text = 'The coach is excellent, but the pages load slowly';
    const mention = analyze(text).mentions.find(({ theme }) => theme === 'performance');
    expect(text.slice(mention?.start, mention?.end)).toBe('the pages load slowly');
  });

  it.each([
    ['Please add a dark mode', 'request'],
    ['It would be nice if the app could remember my filters', 'request'],
    ['The app crashes whenever I save', 'problem'],
    ['It crashes on every save, please fix it', 'problem'],
    ['I love this coach', 'praise'],
    ['How do I change my password?', 'question'],
    ['We met on Tuesday.', 'other'],
    ['Bitte einen dunklen Modus ergänzen', 'request'],
    ['A aplicação trava e dá erro sempre', 'problem'],
  ])('takes %j for a %s', (text, kind) => expect(analyze(text).kind).toBe(kind));

  it.each([
    ['The calendar is slow', 'en'],
    ['Der Kalender ist zu langsam', 'de'],
    ["Le calendrier n'est pas très clair", 'fr'],
    ['El calendario es demasiado lento', 'es'],
    ['O calendário não é muito claro', 'pt'],
    ['Il calendario è troppo lento', null],
    ['Календарь очень медленный', null],
    ['👍', null],
  ])('recognises the language of %j as %s', (text, language) => expect(analyze(text).language).toBe(language));

  it('is less confident in other languages than in English', () => {
    expect(analyze('Die App ist furchtbar, schrecklich und langsam').sentiment?.confidence).toBeLessThanOrEqual(0.7);
    expect(analyze('The app is awful, terrible and slow').sentiment?.confidence).toBeGreaterThan(0.7);
  });

  it('reverses the sentiment after a denial or a negative answer', () => {
    expect(labelOf('I thought the app would be great, but it was not')).toBe('negative');
    expect(labelOf('Do I think this is a perfect tool? No')).toBe('negative');
    expect(labelOf('The app is not helpful')).toBe('negative');
  });

  it('gives each theme the sentiment of the segment that mentions it', () => {
    const { mentions } = analyze('The coach is wonderful, but the calendar takes forever to load.');
    const labels = new Map(mentions.map(({ theme, sentiment }) => [theme, sentiment.label]));
    expect(labels.get('coaching')).toBe('positive');
    expect(labels.get('performance')).not.toBe('positive');
    expect(labels.get('calendar')).not.toBe('positive');
  });

  const PROSE = 'The new calendar is slow, but I like that it shows what my coach and I agreed on. ';
  const textOf = (unit: string) => unit.repeat(Math.ceil(10_000 / unit.length)).slice(0, 10_000);
  const timeOfProse = medianMs(() => analyze(textOf(PROSE)), 31);
  /** Worst-case texts take a few times as long as prose. A quadratic algorithm would take hundreds of times as long. */
  const MAX_TIMES_PROSE = 25;
  const UNITS = [
    'a',
    'a ',
    '@',
    'www.',
    'http://.',
    '@',
    '#',
    '👍',
    "'",
    '<b>',
    'a.',
    '1',
    ' but',
    '\u200f',
    '\ud800',
    'constructor ',
    'é',
    '日本',
    'שלום ',
    'but it was not ',
    'great and bad, ',
    'please add ',
    '? No. ',
    '{"a":[1,2]};\n',
  ];
  it.each(UNITS)('is fast for 10,000 characters of %j', (unit) => {
    const text = textOf(unit);
    expect(medianMs(() => analyze(text), 31)).toBeLessThan(MAX_TIMES_PROSE * timeOfProse);
    expect(growthOver(unit, 5_000, analyze)).toBeLessThan(3);
  });

  it('takes linear time for any text', () => {
    const word = fc.constantFrom(
      'not',
      'but',
      'great',
      'slow',
      'and',
      'although',
      'no',
      '?',
      '!',
      '.',
      ',',
      'please',
      'it',
      'was',
      '👍',
      'x'.repeat(50),
      '\u0301',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const text = textOf(`${words.join(' ')} `);
        expect(leastMs(() => analyze(text), 3)).toBeLessThan(MAX_TIMES_PROSE * timeOfProse);
      }),
      { numRuns: 200 },
    );
  });
});
