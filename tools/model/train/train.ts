import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { FAMILY_OF, type Row, readSet, type SetName } from './dataSets.ts';
import { type Example, readExamples } from './examples.ts';
import type { Sources } from './extract.ts';
import { fitCalibration } from './fitCalibration.ts';
import { fitPolarity } from './fitPolarity.ts';
import { foldWeights, type Limits } from './foldWeights.ts';
import { type HeldOutScore, scoreRows, weightsWithout } from './leaveOut.ts';

/** Data sets that the calibration is fitted on: their labels are for whole texts. */
export const CALIBRATION_SETS: SetName[] = [
  'uci_yelp',
  'uci_imdb',
  'vader_amazon',
  'vader_nyt',
  'vader_tweets',
  'senti4sd_so',
  'aware_social_sent',
];

/** Scores each family by a model that learned from the other families only. */
export function scoreOutOfFamily(
  folder: string,
  sets: SetName[],
  examples: Example[],
  sources: Sources,
  limits: Limits,
): { scores: HeldOutScore[]; weights: Map<string, Weights> } {
  const scores: HeldOutScore[] = [];
  const weights = new Map<string, Weights>();
  for (const family of new Set(sets.map((set) => FAMILY_OF[set]))) {
    const members = sets.filter((set) => FAMILY_OF[set] === family);
    const rowsOf = new Map<SetName, Row[]>(members.map((set) => [set, readSet(folder, set) ?? []]));
    if ([...rowsOf.values()].every((rows) => rows.length === 0)) continue;
    const without = weightsWithout(family, [...rowsOf.values()].flat(), examples, sources, limits);
    weights.set(family, without);
    for (const [set, rows] of rowsOf) scores.push(...scoreRows(without, set, rows));
  }
  return { scores, weights };
}

/** Learns from all data sets of a folder. The same folder gives the same weights, to the last bit. */
export function train(folder: string, sources: Sources, limits: Limits): Weights {
  const examples = readExamples(folder, sources);
  const { scores } = scoreOutOfFamily(folder, CALIBRATION_SETS, examples, sources, limits);
  const weights = foldWeights(fitPolarity(examples), sources, limits);
  return { ...weights, calibration: fitCalibration(scores) };
}
