import { FAMILY_OF, normalizedText, type Row, readSet, type SetName } from './dataSets.ts';
import { extractSample, type Sample, type Sources } from './extract.ts';

/** A training example. */
export interface Example {
  set: SetName;
  family: string;
  row: Row;
  /** P(positive) to learn, 0 to 1, and the weight of the example */
  probability: number;
  weight: number;
  normalizedText: string;
  sample: Sample;
}

/** A mean human rating r becomes the probability σ(2r). */
const RATING_SLOPE = 2;
/** Weight of a row rated near 0, which still leans to one side. */
const NEAR_ZERO_WEIGHT = 0.5;
/** Weight of a row whose label follows from its aspects. */
const IMPLIED_WEIGHT = 0.8;

/** Reads the examples of all data sets in a folder: rows that are positive or negative. Skips missing sets. */
export function readExamples(folder: string, sources: Sources): Example[] {
  const examples: Example[] = [];
  for (const set of Object.keys(FAMILY_OF) as SetName[])
    for (const row of readSet(folder, set) ?? []) {
      const target = targetOf(set, row);
      if (!target) continue;
      const sample = extractSample(row.text, sources);
      examples.push({
        set,
        family: FAMILY_OF[set],
        row,
        ...target,
        normalizedText: normalizedText(row.text),
        sample,
      });
    }
  return examples;
}

function targetOf(set: SetName, row: Row): { probability: number; weight: number } | undefined {
  const isPolar = row.label === 'pos' || row.label === 'neg';
  if (set === 'mams_acsa_val') return undefined;
  if (set.startsWith('vader_') && row.score !== undefined)
    return {
      probability: 1 / (1 + Math.exp(-RATING_SLOPE * row.score)),
      weight: isPolar ? 1 : NEAR_ZERO_WEIGHT,
    };
  if (isPolar) return { probability: row.label === 'pos' ? 1 : 0, weight: 1 };
  if (set === 'mams_acsa_train') {
    // A sentence has the polarity that all its polar aspects share.
    const polarities = new Set(row.aspects?.map(({ polarity }) => polarity));
    if (polarities.has('pos') !== polarities.has('neg'))
      return { probability: polarities.has('pos') ? 1 : 0, weight: IMPLIED_WEIGHT };
  }
  return undefined;
}
