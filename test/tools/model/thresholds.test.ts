import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { calibrationError, macroF1, reliability } from '../../../tools/model/evaluate/measures.ts';
import { judge, scoreSet } from '../../../tools/model/evaluate/sentimentCard.ts';
import { laptopCategory, scoreThemes } from '../../../tools/model/evaluate/themesCard.ts';
import { readSet, type SetName } from '../../../tools/model/train/dataSets.ts';

const folder = new URL('../../../../shared/data', import.meta.url).pathname;
const taxonomyOf = (name: string) =>
  parseTaxonomy(
    readFileSync(new URL(`../../analysis/taxonomy/domains/${name}.json`, import.meta.url), 'utf8'),
  );

describe('measures', () => {
  it('match their definitions', () => {
    const predictions = [
      { confidence: 0.95, isCorrect: true },
      { confidence: 0.95, isCorrect: false },
      { confidence: 0.55, isCorrect: true },
    ];
    expect(reliability(predictions).map(({ count }) => count)).toEqual([1, 2]);
    expect(calibrationError(predictions)).toBeCloseTo((0.45 + 2 * 0.45) / 3);
    expect(
      macroF1([
        ['pos', 'pos'],
        ['neg', 'pos'],
      ]),
    ).toBeCloseTo(1 / 3);
  });
});

// `npm run evaluate` measures quality without the family of each data set. This test checks that the shipped weights do not get worse.
(existsSync(folder) ? describe : describe.skip)(
  'the shipped weights, if the labelled data sets are present',
  () => {
    it.each<[SetName, number]>([
      ['uci_yelp', 0.9],
      ['uci_imdb', 0.9],
      ['vader_amazon', 0.85],
      ['aware_social_sent', 0.8],
      ['checklist_mft', 0.95],
    ])('have an accuracy in %s of at least %d', (set, minAccuracy) => {
      expect(scoreSet(set, judge(readSet(folder, set) ?? [])).accuracy).toBeGreaterThanOrEqual(minAccuracy);
    });

    it('classify requests as requests and not as praise', () => {
      const judged = judge(readSet(`${folder}/evaluate-only`, 'suggest_A_trial') ?? []);
      const suggestions = judged.filter(({ row }) => row.suggestion === 1);
      const praised = suggestions.filter(({ analysis }) => analysis.sentiment?.label === 'positive');
      const found = suggestions.filter(({ analysis }) => analysis.kind === 'request');
      expect(praised.length / suggestions.length).toBeLessThanOrEqual(0.1);
      expect(found.length / suggestions.length).toBeGreaterThanOrEqual(0.6);
    });

    it('find themes and the sentiment of each', () => {
      const restaurants = scoreThemes(readSet(folder, 'mams_acsa_val') ?? [], taxonomyOf('restaurant'));
      expect(restaurants.themes).toBeGreaterThanOrEqual(0.75);
      expect(restaurants.sentiment).toBeGreaterThanOrEqual(0.5);
      const laptops = readSet(`${folder}/evaluate-only`, 'laptop_acos_dev') ?? [];
      expect(scoreThemes(laptops, taxonomyOf('laptop'), laptopCategory).themes).toBeGreaterThanOrEqual(0.65);
    });
  },
);
