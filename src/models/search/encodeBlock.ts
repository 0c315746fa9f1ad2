import { mongo } from 'mongoose';
import { wordsOf } from '../../analysis/search/words.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { type Indexed, termsOf, WORD_TERM } from './filterTerms.ts';
import type { SearchPartDocument } from './searchSchemas.ts';

/** Bytes after which a part of terms ends. A query reads one for each of its terms in a block. */
const BUCKET_BYTES = 4_096;
/** Ids in one part. A page reads few of them. */
export const IDS_PER_PART = 256;
/** Texts whose words are found in one turn of the event loop. */
const TEXTS_PER_TURN = 50;

/** Changes with the terms and words of a block: raise the number with them. Unicode decides how words are folded. */
export const INDEX_FORMAT = `1, Unicode ${process.versions.unicode}`;

export const partIds = {
  bucket: (block: string, index: number) => `${block} ${index}`,
  ids: (block: string, index: number) => `${block} ids ${index}`,
  times: (block: string) => `${block} times`,
};

/** The block of a part. */
export const blockOf = (partId: string) => partId.split(' ', 1)[0]!;

/** Some terms of a block with their postings. Those of term `i` are `postings[starts[i]]` up to `starts[i + 1]`. */
export interface Bucket {
  terms: readonly string[];
  starts: Uint32Array;
  postings: Uint16Array | Uint32Array;
}

/** A posting of a word is `row × PLACES + place in the text`: more places than a text has words, so that phrases end in it. */
export const PLACES = 1 << 14;

/**
 * Builds a block of feedback in the order of time.
 *
 * @returns its parts, and the first terms of its buckets
 */
export async function encodeBlock(
  block: string,
  feedback: readonly Indexed[],
): Promise<{ buckets: string[]; parts: SearchPartDocument[] }> {
  const postings = await postingsOf(feedback);
  const parts: SearchPartDocument[] = [];
  const buckets: string[] = [];
  let terms: string[] = [];
  let bytes = 0;
  const endBucket = () => {
    if (terms.length === 0) return;
    parts.push(encodeBucket(partIds.bucket(block, buckets.length), terms, postings));
    buckets.push(terms[0]!);
    terms = [];
    bytes = 0;
  };
  for (const term of [...postings.keys()].sort()) {
    if (terms.length > 0 && isWord(term) !== isWord(terms[0]!)) endBucket();
    terms.push(term);
    bytes += term.length + 8 + postings.get(term)!.length * (isWord(term) ? 4 : 2);
    if (bytes >= BUCKET_BYTES) endBucket();
  }
  endBucket();
  for (let from = 0; from < feedback.length; from += IDS_PER_PART)
    parts.push({
      _id: partIds.ids(block, from / IDS_PER_PART),
      ids: feedback.slice(from, from + IDS_PER_PART).map(({ _id }) => _id),
    });
  const times = Float64Array.from(feedback, ({ createdAt }) => createdAt.getTime());
  parts.push({ _id: partIds.times(block), times: toBinary(times) });
  return { buckets, parts };
}

const isWord = (term: string) => term.startsWith(WORD_TERM);

async function postingsOf(feedback: readonly Indexed[]): Promise<Map<string, number[]>> {
  const postings = new Map<string, number[]>();
  const ofWords = new Map<string, number[]>();
  const maybeYield = yieldEvery(TEXTS_PER_TURN);
  for (const [row, document] of feedback.entries()) {
    await maybeYield();
    termsOf(document, (term) => add(postings, term, row));
    if (document.improvements === undefined) continue;
    const words = wordsOf(document.improvements);
    for (let place = 0; place < words.length; place++) add(ofWords, words[place]!.folded, row * PLACES + place);
  }
  for (const [word, ofWord] of ofWords) postings.set(WORD_TERM + word, ofWord);
  return postings;
}

function add(postings: Map<string, number[]>, term: string, posting: number): void {
  const known = postings.get(term);
  if (known) known.push(posting);
  else postings.set(term, [posting]);
}

function encodeBucket(_id: string, terms: string[], postings: Map<string, number[]>): SearchPartDocument {
  const counts = Uint32Array.from(terms, (term) => postings.get(term)!.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all = isWord(terms[0]!) ? new Uint32Array(total) : new Uint16Array(total);
  let offset = 0;
  for (const term of terms) {
    const ofTerm = postings.get(term)!;
    all.set(ofTerm, offset);
    offset += ofTerm.length;
  }
  return { _id, terms, counts: toBinary(counts), postings: toBinary(all) };
}

const toBinary = ({ buffer }: { buffer: ArrayBufferLike }) => new mongo.Binary(Buffer.from(buffer));

/** A copy of the bytes, since views of wider numbers need to be aligned. */
const bytesOf = (binary: mongo.Binary | undefined): ArrayBuffer => Uint8Array.from(binary!.buffer).buffer;

export function decodeBucket({ terms = [], counts, postings }: SearchPartDocument): Bucket {
  const lengths = new Uint32Array(bytesOf(counts));
  const starts = new Uint32Array(lengths.length + 1);
  for (let index = 0; index < lengths.length; index++) starts[index + 1] = starts[index]! + lengths[index]!;
  const bytes = bytesOf(postings);
  return { terms, starts, postings: isWord(terms[0] ?? '') ? new Uint32Array(bytes) : new Uint16Array(bytes) };
}

export const decodeFloats = (binary: mongo.Binary | undefined) => new Float64Array(bytesOf(binary));
