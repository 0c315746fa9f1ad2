import { hashOfPair, hashOfWord } from './hash.ts';
import { HashTable } from './hashTable.ts';
import { SENTENCE_GAP, type Tokens } from './tokens.ts';

const MAX_LENGTH = 4;

/** Phrases of one to four words with a value each, found in the tokens of a text in one pass. */
export class PhraseTable {
  readonly #table: HashTable;
  readonly #values: Float64Array;
  /** First words of phrases, and so of phrases that go on. */
  readonly #starts: HashTable;

  /** `lists`: a value, and phrases separated by commas that have it. */
  constructor(lists: readonly (readonly [number, string])[]) {
    const values = new Map<number, number>();
    const starts = new Set<number>();
    for (const [value, list] of lists)
      for (const phrase of list.split(',')) {
        const words = phrase.trim().split(/\s+/);
        if (words[0] === '' || words.length > MAX_LENGTH) throw new Error(`phrase ${JSON.stringify(phrase)}`);
        starts.add(hashOfWord(words[0]!));
        values.set(words.map(hashOfWord).reduce(hashOfPair), value);
      }
    this.#table = new HashTable(Int32Array.from(values.keys()));
    this.#values = Float64Array.from(values.values());
    this.#starts = new HashTable(Int32Array.from(starts));
  }

  /** The value of the longest phrase that begins at token `at` and ends before `to`, in one sentence; 0 without any. */
  valueAt({ hash, gap }: Tokens, at: number, to: number): number {
    if (this.#starts.rowOf(hash[at]!) < 0) return 0;
    let value = 0;
    let run = hash[at]!;
    for (let end = at; ; ) {
      const row = this.#table.rowOf(run);
      if (row >= 0) value = this.#values[row]!;
      end++;
      if (end >= to || end - at >= MAX_LENGTH || gap[end] === SENTENCE_GAP) return value;
      run = hashOfPair(run, hash[end]!);
    }
  }
}
