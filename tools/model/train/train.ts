import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { FAMILY_OF, type Row, readSet, type SetName } from './dataSets.ts';
import { type Example, readExamples } from './examples.ts';
import type { Sources } from './extract.ts';
import { fitCalibration } from './fitCalibration.ts';
import { fitPolarity } from './fitPolarity.ts';
import { foldWeights, type Limits } from './foldWeights.ts';
import { type Reading, readWith, weightsWithout } from './leaveOut.ts';

/** Sets whose labels say positive, negative or neutral of single texts: what chances are fitted on. */
export const CALIBRATING: SetName[] = [
  'uci_yelp',
  'uci_imdb',
  'vader_amazon',
  'vader_nyt',
  'vader_tweets',
  'senti4sd_so',
  'aware_social_sent',
];

/** The readings of each family by a model that learned from the others. */
export function readOutOfFamily(
  folder: string,
  sets: SetName[],
  examples: Example[],
  sources: Sources,
  limits: Limits,
): { readings: Reading[]; weights: Map<string, Weights> } {
  const readings: Reading[] = [];
  const weights = new Map<string, Weights>();
  for (const family of new Set(sets.map((set) => FAMILY_OF[set]))) {
    const members = sets.filter((set) => FAMILY_OF[set] === family);
    const rowsOf = new Map<SetName, Row[]>(members.map((set) => [set, readSet(folder, set) ?? []]));
    if ([...rowsOf.values()].every((rows) => rows.length === 0)) continue;
    const without = weightsWithout(family, [...rowsOf.values()].flat(), examples, sources, limits);
    weights.set(family, without);
    for (const [set, rows] of rowsOf) readings.push(...readWith(without, set, rows));
  }
  return { readings, weights };
}

/** Learns from all sets of a folder. The same folder gives the same weights, to the last bit. */
export function train(folder: string, sources: Sources, limits: Limits): Weights {
  const examples = readExamples(folder, sources);
  const { readings } = readOutOfFamily(folder, CALIBRATING, examples, sources, limits);
  const weights = foldWeights(fitPolarity(examples), sources, limits);
  return { ...weights, calibration: fitCalibration(readings) };
}
