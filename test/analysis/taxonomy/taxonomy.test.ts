import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { flatThemes, type Taxonomy } from '../../../src/analysis/taxonomy/taxonomy.ts';

const coachingTaxonomy = parseTaxonomy(
  readFileSync(new URL('../../../tools/demo/taxonomies/coaching.json', import.meta.url), 'utf8'),
);
const theme = { id: 'speed', label: 'Speed', description: 'How fast it is.', terms: 'slow, load time' };
const themesOf = (text: string, taxonomy: Taxonomy) => [
  ...new Set(createAnalyzer({ taxonomy })(text).mentions.map((mention) => mention.theme)),
];

describe('a taxonomy', () => {
  it.each([
    ['{', /not JSON/],
    ['{}', /list of themes/],
    [JSON.stringify([{ ...theme, id: 'Speed!' }]), /theme "Speed!": the id must be kebab-case/],
    [JSON.stringify([theme, theme]), /theme "speed" appears twice/],
    [JSON.stringify([{ ...theme, terms: ' ' }]), /theme "speed": "terms" must be a string that is not blank/],
    [JSON.stringify([{ ...theme, words: 'slow' }]), /theme "speed": unknown field "words"/],
    [JSON.stringify([{ ...theme, terms: ', ,' }]), /theme "speed" has no terms/],
    [JSON.stringify([{ ...theme, terms: 'slow, --' }]), /theme "speed": "--" has no word/],
    [JSON.stringify([{ ...theme, except: '?!' }]), /theme "speed": "\?!" has no word/],
    [JSON.stringify([{ ...theme, except: 'a b c d e' }]), /theme "speed": "a b c d e" has more than 4 words/],
    [JSON.stringify([{ ...theme, terms: 'a b c d e' }]), /theme "speed": "a b c d e" has more than 4 words/],
    [
      JSON.stringify([{ ...theme, themes: [{ ...theme, id: 'a', themes: [{ ...theme, id: 'b' }] }] }]),
      /theme a: a sub-theme has no sub-themes/,
    ],
  ])('that breaks a rule is rejected, with the theme and the error: %s', (json, error) =>
    expect(() => parseTaxonomy(json)).toThrow(error),
  );

  it('matches any form of a word, sub-themes with their theme, and no exception', () => {
    const taxonomy = [{ ...theme, except: 'slow cooker', themes: [{ ...theme, id: 'start', terms: 'starting' }] }];
    expect(themesOf('It starts fine', taxonomy)).toEqual(['speed', 'start']);
    expect(themesOf('My slow cooker is great', taxonomy)).toEqual([]);
    expect(themesOf('The load times are bad', taxonomy)).toEqual(['speed']);
  });

  it.each(['restaurant', 'laptop'])('of the %s test set is valid', (name) => {
    const file = new URL(`domains/${name}.json`, import.meta.url);
    expect(parseTaxonomy(readFileSync(file, 'utf8')).length).toBeGreaterThan(5);
  });

  it.each([
    ['The pages take forever to load', 'performance'],
    ['It crashed twice today', 'reliability'],
    ['I was charged twice last month', 'billing'],
    ['Please send a reminder before each session', 'notifications'],
    ['I cannot log in with my password', 'account-access'],
    ['The dark mode hurts my eyes', 'design'],
  ])('for software finds in %j the theme %s', (text, id) => expect(themesOf(text, defaultTaxonomy)).toContain(id));

  it('for software has at least 25 themes, some with sub-themes', () => {
    expect(defaultTaxonomy.length).toBeGreaterThanOrEqual(25);
    expect(flatThemes(defaultTaxonomy).some(({ parent }) => parent !== undefined)).toBe(true);
  });

  it.each([
    ['We set a clear goal for the quarter', 'goal'],
    ['She helped me see where I stand today', 'reality'],
    ['We explored several options', 'options'],
    ['I left without any next steps', 'will'],
    ['I felt listened to', 'rapport'],
    ['The session felt rushed', 'pace'],
  ])('for coaching finds in %j the theme %s', (text, id) => expect(themesOf(text, coachingTaxonomy)).toContain(id));
});
