import { join } from 'node:path';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import type { Taxonomy } from '../../../src/analysis/taxonomy/taxonomy.ts';
import { FAMILY_OF, type Row, readSet, type SetName } from '../train/dataSets.ts';
import { readExamples } from '../train/examples.ts';
import type { Sources } from '../train/extract.ts';
import { fitCalibration } from '../train/fitCalibration.ts';
import { SHIPPED_LIMITS } from '../train/foldWeights.ts';
import { CALIBRATION_SETS, scoreOutOfFamily } from '../train/train.ts';
import { f1, ratio } from './measures.ts';
import { createPeers } from './peers.ts';
import { hasSign, isPolar, type JudgedRow, judge, type SetScore, scoreSet } from './sentimentCard.ts';
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
  /** share of the suggestions that are labelled positive, 0 to 1 */
  scoredPositive: number;
  f1: number;
  precision: number;
  recall: number;
}

export interface Scorecard {
  sets: { leftOut: SetScore; shipped: SetScore; peers: Record<string, number>; judged: JudgedRow[] }[];
  suggestions: SuggestionScore | undefined;
  themes: { set: string; score: ThemeScore }[];
}

/** Measures the analysis on all data sets in a folder. Skips missing sets. */
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
  report(`training without each family of ${present.length} data sets`);
  const examples = readExamples(folder, sources);
  const { scores, weights } = scoreOutOfFamily(folder, present, examples, sources, SHIPPED_LIMITS);
  const peers = Object.entries(createPeers());
  const sets = present.map((set) => {
    report(`measuring ${set}`);
    const rows = readSet(folder, set)!;
    const family = FAMILY_OF[set];
    // The calibration is fitted without the family, too.
    const calibration = fitCalibration(
      scores.filter((score) => FAMILY_OF[score.set] !== family && CALIBRATION_SETS.includes(score.set)),
    );
    const judged = judge(rows, { ...weights.get(family)!, calibration });
    const polar = rows.filter(isPolar);
    const accuracyOf = (peer: (text: string) => number) =>
      ratio(polar.filter((row) => hasSign(row, peer(row.text))).length, polar.length);
    return {
      leftOut: scoreSet(set, judged),
      shipped: scoreSet(set, judge(rows, shipped)),
      peers: Object.fromEntries(peers.map(([name, peer]) => [name, accuracyOf(peer)])),
      judged,
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
  const judged = judge(rows);
  const isSuggestion = ({ row }: JudgedRow) => row.suggestion === 1;
  const suggestions = judged.filter(isSuggestion);
  const requests = judged.filter(({ analysis }) => analysis.kind === 'request');
  const right = requests.filter(isSuggestion).length;
  return {
    rows: rows.length,
    scoredPositive: ratio(
      suggestions.filter(({ analysis }) => analysis.sentiment?.label === 'positive').length,
      suggestions.length,
    ),
    f1: f1(right, requests.length - right, suggestions.length - right),
    precision: ratio(right, requests.length),
    recall: ratio(right, suggestions.length),
  };
}
