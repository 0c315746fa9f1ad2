import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { calibrationError, macroF1, reliability } from '../../../tools/model/evaluate/measures.ts';
import { judge, scoreSet } from '../../../tools/model/evaluate/sentimentCard.ts';
import { laptopCategory, scoreThemes } from '../../../tools/model/evaluate/themesCard.ts';
import { readSet, type SetName } from '../../../tools/model/train/dataSets.ts';

const folder = new URL('../../../../shared/data', import.meta.url).pathname;
const taxonomyOf = (name: string) =>
  parseTaxonomy(readFileSync(new URL(`../../analysis/taxonomy/domains/${name}.json`, import.meta.url), 'utf8'));

describe('the measures of a model', () => {
  it('equal their definitions', () => {
    const judged = [
      { confidence: 0.95, isCorrect: true },
      { confidence: 0.95, isCorrect: false },
      { confidence: 0.55, isCorrect: true },
    ];
    expect(reliability(judged).map(({ count }) => count)).toEqual([1, 2]);
    expect(calibrationError(judged)).toBeCloseTo((0.45 + 2 * 0.45) / 3);
    expect(
      macroF1([
        ['pos', 'pos'],
        ['neg', 'pos'],
      ]),
    ).toBeCloseTo(1 / 3);
  });
});

// `npm run evaluate` measures the training, without the family of each set. These are floors for the shipped weights.
(existsSync(folder) ? describe : describe.skip)('the shipped weights, if the labelled sets are present', () => {
  it.each<[SetName, number]>([
    ['uci_yelp', 0.9],
    ['uci_imdb', 0.9],
    ['vader_amazon', 0.85],
    ['aware_social_sent', 0.8],
    ['checklist_mft', 0.95],
  ])('tell positive from negative in %s in %d of the rows', (set, least) => {
    expect(scoreSet(set, judge(readSet(folder, set) ?? [])).accuracy).toBeGreaterThanOrEqual(least);
  });

  it('recognise 60 % of requests, and take at most 10 % for praise', () => {
    const judgements = judge(readSet(`${folder}/evaluate-only`, 'suggest_A_trial') ?? []);
    const suggestions = judgements.filter(({ row }) => row.suggestion === 1);
    const praised = suggestions.filter(({ analysis }) => analysis.sentiment?.label === 'positive');
    const found = suggestions.filter(({ analysis }) => analysis.kind === 'request');
    expect(praised.length / suggestions.length).toBeLessThanOrEqual(0.1);
    expect(found.length / suggestions.length).toBeGreaterThanOrEqual(0.6);
  });

  it('find themes and the sentiment towards each', () => {
    const restaurants = scoreThemes(readSet(folder, 'mams_acsa_val') ?? [], taxonomyOf('restaurant'));
    expect(restaurants.themes).toBeGreaterThanOrEqual(0.75);
    expect(restaurants.sentiment).toBeGreaterThanOrEqual(0.5);
    const laptops = readSet(`${folder}/evaluate-only`, 'laptop_acos_dev') ?? [];
    expect(scoreThemes(laptops, taxonomyOf('laptop'), laptopCategory).themes).toBeGreaterThanOrEqual(0.65);
  });
});
