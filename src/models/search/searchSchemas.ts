import { type mongo, Schema } from 'mongoose';
import type { Position } from '../feedback/position.ts';

type Binary = mongo.Binary;

// The search index: for each term, such as a tag or a word of a text, the feedback that have it (postings). Feedback are
// cut into blocks in the order of time. A block and its parts never change: an update replaces it by a new one. What
// lies behind the last block, and in blocks marked as changed, is read from the feedback itself.

/** A block covers all feedback from `from` (inclusive) to the start of the next block, or to the end of the index. */
export interface SearchBlockDocument {
  _id: string;
  from: Position;
  /** number of feedback, which are numbered (rows) in the order of time */
  rows: number;
  /** feedback in it has changed since it was built */
  isDirty: boolean;
  /** its texts are so long that it takes no more feedback */
  isFull?: boolean;
  /** it names feedback that was erased */
  isErased?: boolean;
  /** first term of each of its term parts, in order */
  buckets: string[];
}

/** A part of a block: some terms with their postings, or the ids of some rows, or the times of all rows. */
export interface SearchPartDocument {
  /** `<block> <number>` for terms, `<block> ids <number>`, `<block> times` */
  _id: string;
  /** in order */
  terms?: string[];
  /** number of postings of each term; Uint32 */
  counts?: Binary;
  /** Postings of all terms. Of words, Uint32 `row × 2^14 + place in the text`; of other terms, Uint16 rows. */
  postings?: Binary;
  ids?: string[];
  /** epoch milliseconds; Float64 */
  times?: Binary;
}

/**
 * A note of feedback that was stored, changed or deleted, by its time. One transaction changes the feedback and inserts the
 * note, another marks the blocks and deletes it.
 */
export interface SearchNoteDocument {
  _id: unknown;
  /** Float64 pairs: the first and the last time of a span, in epoch milliseconds */
  spans: Binary;
  isErasure?: boolean;
}

const options = { versionKey: false, strict: 'throw' } as const;
const mixed = { type: Schema.Types.Mixed };

export const searchBlockSchema = new Schema<SearchBlockDocument>(
  {
    _id: { type: String },
    from: mixed,
    rows: { type: Number },
    isDirty: { type: Boolean },
    isFull: { type: Boolean },
    isErased: { type: Boolean },
    buckets: { type: [String] },
  },
  { ...options, collection: 'search_blocks' },
);
export const searchPartSchema = new Schema<SearchPartDocument>(
  { _id: { type: String }, terms: mixed, counts: mixed, postings: mixed, ids: mixed, times: mixed },
  { ...options, collection: 'search_parts' },
);
export const searchNoteSchema = new Schema<SearchNoteDocument>(
  { spans: mixed, isErasure: { type: Boolean } },
  { ...options, collection: 'search_notes' },
);
