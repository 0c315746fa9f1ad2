import { describe, expect, test } from '@jest/globals';
import { createWorld } from '../../../tools/demo/world.ts';
import { demo, wordsOf } from './measure.ts';

const languages = new Map(createWorld(1, 40, 2_000, 90).users.map(({ id, language }) => [id, language]));
const texts = demo
  .filter(({ improvements }) => improvements !== undefined)
  .map(({ improvements, userId }) => ({
    text: improvements!,
    language: languages.get(userId ?? '') ?? 'en',
  }));
const english = texts.filter(({ language }) => language === 'en').map(({ text }) => text);

describe("the demo's texts", () => {
  test('are in 55 to 65 % of feedback', () => {
    expect(texts.length / demo.length).toBeGreaterThan(0.55);
    expect(texts.length / demo.length).toBeLessThan(0.65);
  });

  test('rarely repeat if they are longer than three words', () => {
    const longer = english.map((text) => wordsOf(text)).filter((words) => words.length > 3);
    const different = new Set(longer.map((words) => words.join(' '))).size;
    expect(different / longer.length).toBeGreaterThan(0.95);
  });

  test('come in seven languages, most of them in English', () => {
    const share = (language: string) => texts.filter((each) => each.language === language).length / texts.length;
    const others = share('de') + share('fr') + share('es') + share('pt');
    expect(others).toBeGreaterThan(0.06);
    expect(others).toBeLessThan(0.1);
    for (const language of ['de', 'fr', 'es', 'pt', 'ja', 'pl']) expect(share(language)).toBeGreaterThan(0.001);
    expect(texts.some(({ text }) => /[\u3040-\u30ff]/.test(text))).toBe(true);
    expect(texts.some(({ language, text }) => language === 'de' && /\b(?:nicht|ich|und)\b/.test(text))).toBe(true);
  });

  test('are short, long, and anything between', () => {
    const lengths = english.map((text) => text.length);
    expect(lengths.filter((length) => length <= 12).length / lengths.length).toBeGreaterThan(0.05);
    expect(lengths.filter((length) => length > 300).length).toBeGreaterThan(300);
    expect(Math.max(...lengths)).toBeGreaterThan(600);
    expect(Math.max(...lengths)).toBeLessThan(1_300);
  });

  test.each([
    ['line breaks', /\n/],
    ['bullet lists', /^- .+\n- /m],
    ['web addresses', /https:\/\//],
    ['prices', /\$\d/],
    ['quoted labels', /"Something went wrong"/],
    ['emoji', /\p{Extended_Pictographic}/u],
    ['no capitals', /^i .* i /],
    ['no apostrophes', /\bdont\b/],
    ['a shouted word', /\b(?:NOT|NEVER|STILL|EVERY)\b/],
  ])('have %s', (_, pattern) => {
    expect(english.filter((text) => pattern.test(text)).length).toBeGreaterThan(3);
  });

  test('contain no unexpanded template', () => {
    expect(texts.filter(({ text }) => /[{}|<#]\w|\bundefined\b|@@/.test(text.replace(/#\d+/g, '')))).toEqual([]);
  });

  test('never repeat a word in a row by accident', () => {
    const meant = /^so$/i;
    const doubled = english.filter((text) => {
      const found = text.match(/(?<!\p{L})(\p{L}{2,}) +\1(?!\p{L})/iu);
      return found !== null && !meant.test(found[1]!);
    });
    expect(doubled).toEqual([]);
  });

  test('use "a" and "an" correctly', () => {
    const wrong = english.filter(
      (text) =>
        /(?<!\p{L})an? (?:a|an|the)(?!\p{L})/iu.test(text) ||
        /(?<!\p{L})a (?:[aio]|hour\b|honest)(?!ne\b|nce\b)[a-z]+/iu.test(text),
    );
    expect(wrong).toEqual([]);
  });
});
