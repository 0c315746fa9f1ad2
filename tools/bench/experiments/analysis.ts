import wink from 'wink-sentiment';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { generateDemo } from '../../demo/generateDemo.ts';
import type { Experiment } from '../support/figure.ts';

const REPEATS = 5;
const UNTIL = new Date('2026-03-02T00:00:00Z');
const WORDS = 20;

let texts: string[] = [];

/** Texts of the demo, joined to about twenty words each. */
function collect(): string[] {
  const collected: string[] = [];
  let text = '';
  for (const { improvements } of generateDemo({ until: UNTIL })) {
    if (improvements === undefined) continue;
    text = text === '' ? improvements : `${text} ${improvements}`;
    if (text.split(/\s+/).length < WORDS - 4) continue;
    collected.push(
      text
        .split(/\s+/)
        .slice(0, WORDS + 4)
        .join(' '),
    );
    text = '';
  }
  return collected;
}

async function reading(read: (text: string) => unknown): Promise<number> {
  const since = performance.now();
  for (let round = 0; round < REPEATS; round++) for (const text of texts) read(text);
  return (REPEATS * texts.length) / ((performance.now() - since) / 1000);
}

/** Speed of the whole analysis (sentiment, kind, language, clauses, themes) against sentiment by a word list alone. */
export const analysisExperiment: Experiment = {
  rounds: 5,
  async setUp() {
    texts = collect();
  },
  subjects: {
    analysis: () => reading(createAnalyzer({ taxonomy: defaultTaxonomy })),
    'wink-sentiment alone': () => reading(wink),
  },
  figures: [
    {
      name: 'analysis',
      title: 'the whole analysis of texts of 20 words, on one core, against wink-sentiment alone',
      subject: 'analysis',
      baseline: 'wink-sentiment alone',
      unit: 'texts/s',
      must: 0.5,
      aim: 1,
      better: 'higher',
    },
  ],
};
