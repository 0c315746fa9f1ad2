import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { unpackWeights } from '../../../src/analysis/sentiment/weights.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { readLexicon } from '../../../tools/model/train/lexicon.ts';
import { packWeights } from '../../../tools/model/train/packWeights.ts';
import { train } from '../../../tools/model/train/train.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const THINGS = {
  vader_amazon: ['editor', 'report', 'calendar', 'sign in'],
  vader_nyt: ['search', 'reminder', 'menu', 'chart'],
};
const rowsOf = (things: string[], label: string, score: number, says: string[]) =>
  things.flatMap((thing) => says.map((said) => JSON.stringify({ text: `The ${thing} ${said}.`, label, score })));
const rows = (things: string[]) => [
  ...rowsOf(things, 'pos', 2, ['is zorbic', 'works like a charm', 'is a joy']),
  ...rowsOf(things, 'neg', -2, ['is grumfy', 'is a mess', 'never works']),
  ...rowsOf(things, 'neu', 0, ['is in the menu', 'has two parts']),
];
for (const [set, things] of Object.entries(THINGS))
  writeFileSync(join(folder, `${set}.jsonl`), rows(things).join('\n'));

const learn = () =>
  packWeights(
    train(
      folder,
      { lexicon: readLexicon(), vectors: undefined, seen: new Map() },
      { words: 10_000, pairs: 200, candidates: 0 },
    ),
  );

describe('train', () => {
  const packed = learn();

  it('learns the same weights from the same data, to the last bit', () => {
    expect(learn()).toEqual(packed);
  });

  it('learns weights that the analysis can load, and the sentiment of a word in the data', () => {
    const analyze = createAnalyzer({ taxonomy: defaultTaxonomy, weights: unpackWeights(packed) });
    expect(analyze('The calendar is zorbic').sentiment?.score).toBeGreaterThan(0);
    expect(analyze('The calendar is grumfy').sentiment?.score).toBeLessThan(0);
  });
});
