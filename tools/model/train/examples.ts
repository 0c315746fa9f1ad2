import { essenceOf, FAMILY_OF, type Row, readSet, type SetName } from './dataSets.ts';
import { readSample, type Sample, type Sources } from './extract.ts';

/** A text to learn from. */
export interface Example {
  set: SetName;
  family: string;
  row: Row;
  /** P(positive) that the model should give, and what the example counts */
  chance: number;
  weight: number;
  essence: string;
  sample: Sample;
}

/** A mean human rating r becomes the chance σ(2r). */
const RATING_SLOPE = 2;
/** Rows rated near 0 still say to which side they lean. */
const NEAR_ZERO_WEIGHT = 0.5;
const IMPLIED_WEIGHT = 0.8;

/** All rows of the sets in a folder that say whether a text is positive or negative. Sets that are missing are left out. */
export function readExamples(folder: string, sources: Sources): Example[] {
  const examples: Example[] = [];
  for (const set of Object.keys(FAMILY_OF) as SetName[])
    for (const row of readSet(folder, set) ?? []) {
      const target = targetOf(set, row);
      if (!target) continue;
      const sample = readSample(row.text, sources);
      examples.push({ set, family: FAMILY_OF[set], row, ...target, essence: essenceOf(row.text), sample });
    }
  return examples;
}

function targetOf(set: SetName, row: Row): { chance: number; weight: number } | undefined {
  const isPolar = row.label === 'pos' || row.label === 'neg';
  if (set === 'mams_acsa_val') return undefined;
  if (set.startsWith('vader_') && row.score !== undefined)
    return {
      chance: 1 / (1 + Math.exp(-RATING_SLOPE * row.score)),
      weight: isPolar ? 1 : NEAR_ZERO_WEIGHT,
    };
  if (isPolar) return { chance: row.label === 'pos' ? 1 : 0, weight: 1 };
  if (set === 'mams_acsa_train') {
    // Where all that is not neutral is of one kind, so is the sentence.
    const told = new Set(row.aspects?.map(({ polarity }) => polarity));
    if (told.has('pos') !== told.has('neg'))
      return { chance: told.has('pos') ? 1 : 0, weight: IMPLIED_WEIGHT };
  }
  return undefined;
}
