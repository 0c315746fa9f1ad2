import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Label = 'pos' | 'neg' | 'neu';

export interface Row {
  text: string;
  label: Label | null;
  /** mean human rating −4…4, or stars, by the set */
  score?: number;
  aspects?: { category: string; polarity: Label; term?: string }[];
  suggestion?: 0 | 1;
  test?: string;
}

/** The sets and the family of each: sets of one family are never trained on where one of them is tested. */
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

/** The rows of a set; undefined where the folder does not hold it. */
export function readSet(folder: string, name: string): Row[] | undefined {
  const file = join(folder, `${name}.jsonl`);
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** What two texts have in common that are the same but for signs and capitals. */
export function essenceOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
