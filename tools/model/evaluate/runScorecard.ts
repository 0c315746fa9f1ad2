import { join } from 'node:path';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import type { Taxonomy } from '../../../src/analysis/taxonomy/taxonomy.ts';
import { FAMILY_OF, type Row, readSet, type SetName } from '../train/dataSets.ts';
import { readExamples } from '../train/examples.ts';
import type { Sources } from '../train/extract.ts';
import { fitCalibration } from '../train/fitCalibration.ts';
import { SHIPPED } from '../train/foldWeights.ts';
import { CALIBRATING, readOutOfFamily } from '../train/train.ts';
import { f1, share } from './measures.ts';
import { createPeers } from './peers.ts';
import { hasSign, isPolar, type Judgement, judge, type SetScore, scoreSet } from './sentimentCard.ts';
import { laptopCategory, scoreThemes, type ThemeScore } from './themesCard.ts';

const TESTED: SetName[] = [
  'uci_yelp',
  'uci_imdb',
  'vader_amazon',
  'aware_social_sent',
  'senti4sd_so',
  'checklist_mft',
  'vader_tweets',
  'vader_nyt',
  'aware_social_review',
];

export interface SuggestionScore {
  rows: number;
  /** of the suggestions, how many are labelled positive */
  scoredPositive: number;
  f1: number;
  precision: number;
  recall: number;
}

export interface Scorecard {
  sets: { left: SetScore; shipped: SetScore; peers: Record<string, number>; judgements: Judgement[] }[];
  suggestions: SuggestionScore | undefined;
  themes: { set: string; score: ThemeScore }[];
}

/** Measures everything that a folder of labelled sets allows. Sets that are missing are left out. */
export function runScorecard({
  folder,
  sources,
  shipped,
  restaurant,
  laptop,
  report,
}: {
  folder: string;
  sources: Sources;
  shipped: Weights;
  restaurant: Taxonomy;
  laptop: Taxonomy;
  report: (line: string) => void;
}): Scorecard {
  const present = TESTED.filter((set) => readSet(folder, set));
  report(`learning without each family of ${present.length} sets`);
  const examples = readExamples(folder, sources);
  const { readings, weights } = readOutOfFamily(folder, present, examples, sources, SHIPPED);
  const peers = Object.entries(createPeers());
  const sets = present.map((set) => {
    report(`measuring ${set}`);
    const rows = readSet(folder, set)!;
    const family = FAMILY_OF[set];
    // Chances too are fitted without the family.
    const calibration = fitCalibration(
      readings.filter((one) => FAMILY_OF[one.set] !== family && CALIBRATING.includes(one.set)),
    );
    const judgements = judge(rows, { ...weights.get(family)!, calibration });
    const polar = rows.filter(isPolar);
    const accuracyOf = (peer: (text: string) => number) =>
      share(polar.filter((row) => hasSign(row, peer(row.text))).length, polar.length);
    return {
      left: scoreSet(set, judgements),
      shipped: scoreSet(set, judge(rows, shipped)),
      peers: Object.fromEntries(peers.map(([name, peer]) => [name, accuracyOf(peer)])),
      judgements,
    };
  });
  const evaluateOnly = join(folder, 'evaluate-only');
  const themes: Scorecard['themes'] = [];
  const addThemes = (set: string, rows: Row[] | undefined, score: (rows: Row[]) => ThemeScore) => {
    if (rows) themes.push({ set, score: score(rows) });
  };
  const withoutRestaurants = weights.get('restaurants');
  addThemes('mams_acsa_val', readSet(folder, 'mams_acsa_val'), (rows) =>
    scoreThemes(
      rows,
      restaurant,
      undefined,
      withoutRestaurants && { ...withoutRestaurants, calibration: shipped.calibration },
    ),
  );
  addThemes('laptop_acos_dev', readSet(evaluateOnly, 'laptop_acos_dev'), (rows) =>
    scoreThemes(rows, laptop, laptopCategory),
  );
  return { sets, suggestions: scoreSuggestions(readSet(evaluateOnly, 'suggest_A_trial')), themes };
}

function scoreSuggestions(rows: Row[] | undefined): SuggestionScore | undefined {
  if (!rows) return undefined;
  const judgements = judge(rows);
  const isSuggestion = ({ row }: Judgement) => row.suggestion === 1;
  const suggestions = judgements.filter(isSuggestion);
  const told = judgements.filter(({ analysis }) => analysis.kind === 'request');
  const right = told.filter(isSuggestion).length;
  return {
    rows: rows.length,
    scoredPositive: share(
      suggestions.filter(({ analysis }) => analysis.sentiment?.label === 'positive').length,
      suggestions.length,
    ),
    f1: f1(right, told.length - right, suggestions.length - right),
    precision: share(right, told.length),
    recall: share(right, suggestions.length),
  };
}
