import { Schema } from 'mongoose';

/**
 * The phrases of one UTC day, of one org or of everyone. `_id` is `org <org> <day>` or `all <day>`, as the paths of
 * aggregates are written, so that the days of one place are one range.
 */
export interface PhraseSketchDocument {
  _id: string;
  /** feedback with an English text */
  texts: number;
  capacity: number;
  /** by `packSketch` */
  packed: string;
}

export const phraseSketchSchema = new Schema<PhraseSketchDocument>(
  {
    _id: { type: String },
    texts: { type: Number },
    capacity: { type: Number },
    packed: { type: String },
  },
  { collection: 'phrase_sketches', versionKey: false, strict: 'throw' },
);

/**
 * Feedback whose phrases are still to be counted: one document for each transaction that stored some, written in it and
 * removed in the one that counts them.
 */
export interface PendingTextsDocument {
  _id: unknown;
  /** `_id`s of feedback */
  ids: string[];
}

export const pendingTextsSchema = new Schema<PendingTextsDocument>(
  { ids: { type: [String] } },
  { collection: 'uncounted_texts', versionKey: false, strict: 'throw' },
);
