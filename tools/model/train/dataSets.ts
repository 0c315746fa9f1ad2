import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Label = 'pos' | 'neg' | 'neu';

/** One labelled text of a data set. */
export interface Row {
  text: string;
  label: Label | null;
  /** mean human rating, −4 to 4, or stars, by data set */
  score?: number;
  aspects?: { category: string; polarity: Label; term?: string }[];
  suggestion?: 0 | 1;
  test?: string;
}

/** The data sets and the family of each. A test of one set never trains on its family (leave one group out). */
export const FAMILY_OF = {
  uci_yelp: 'restaurants',
  uci_imdb: 'film',
  vader_amazon: 'product',
  vader_nyt: 'news',
  vader_tweets: 'tweets',
  senti4sd_so: 'software',
  aware_social_sent: 'apps',
  aware_social_review: 'apps',
  mams_acsa_train: 'restaurants',
  mams_acsa_val: 'restaurants',
  checklist_mft: 'behaviour',
} as const;

export type SetName = keyof typeof FAMILY_OF;

/** The rows of a data set, or undefined if the folder does not have it. */
export function readSet(folder: string, name: string): Row[] | undefined {
  const file = join(folder, `${name}.jsonl`);
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** A text in lower case, without signs and spaces: equal for near duplicates. */
export function normalizedText(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
