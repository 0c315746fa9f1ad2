import { hashOfPair, hashOfWord } from './hash.ts';
import { HashTable, HashValues } from './hashTable.ts';
import { SENTENCE_GAP, type Tokens } from './tokens.ts';

/** Max words of a phrase. */
const MAX_LENGTH = 4;

/** Phrases of one to four words, each with a value other than 0. Looks up the phrases at a token by their hash. */
export class PhraseTable {
  readonly #values: HashValues;
  /** first words of all phrases */
  readonly #starts: HashTable;

  /** `lists` holds pairs of a value and its phrases, separated by commas. */
  constructor(lists: readonly (readonly [number, string])[]) {
    const values = new Map<number, number>();
    const starts = new Set<number>();
    for (const [value, list] of lists)
      for (const phrase of list.split(',')) {
        const words = phrase.trim().split(/\s+/);
        if (words[0] === '' || words.length > MAX_LENGTH) throw new Error(`invalid phrase ${JSON.stringify(phrase)}`);
        starts.add(hashOfWord(words[0]!));
        values.set(words.map(hashOfWord).reduce(hashOfPair), value);
      }
    this.#values = new HashValues(values);
    this.#starts = new HashTable(Int32Array.from(starts));
  }

  /** The value of the longest phrase from token `start` to before `to`, within one sentence, or 0. */
  valueAt({ hash, gap }: Tokens, start: number, to: number): number {
    if (this.#starts.rowOf(hash[start]!) < 0) return 0;
    let value = 0;
    let phrase = hash[start]!;
    for (let end = start; ; ) {
      value = this.#values.valueOf(phrase) || value;
      end++;
      if (end >= to || end - start >= MAX_LENGTH || gap[end] === SENTENCE_GAP) return value;
      phrase = hashOfPair(phrase, hash[end]!);
    }
  }
}
