import { Schema } from 'mongoose';
import { pathWord } from '../../aggregates/aggregateKey.ts';
import { dayOf } from '../../aggregates/days.ts';
import { packSketch, unpackSketch } from '../../aggregates/discovery/packSketch.ts';
import type { PhraseSketch } from '../../aggregates/discovery/phraseSketch.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';

/** Phrase counts (a sketch) of one UTC day, of one org or of everyone. */
export interface PhraseSketchDocument {
  /** `org <org> <day>` or `all <day>`, so that the days of an org are one range. */
  _id: string;
  /** feedback with an English text */
  texts: number;
  /** max phrases in the sketch */
  capacity: number;
  /** packed by `packSketch` */
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

/** The `_id` of a sketch without its day. */
export const sketchScope = (orgId: string | undefined) => (orgId === undefined ? 'all' : `org ${pathWord(orgId)}`);

/** The `_id`s of the sketches that count a feedback: everyone's, and its org's. */
export function sketchIdsOf({ orgId, createdAt }: Pick<FeedbackDocument, 'orgId' | 'createdAt'>): string[] {
  const scopes = orgId === undefined ? [undefined] : [undefined, orgId];
  return scopes.map((scope) => `${sketchScope(scope)} ${dayOf(createdAt)}`);
}

export const sketchOf = ({ packed, texts, capacity }: PhraseSketchDocument): PhraseSketch =>
  unpackSketch(packed, texts, capacity);

export const sketchFields = (sketch: PhraseSketch): Omit<PhraseSketchDocument, '_id'> => ({
  texts: sketch.texts,
  capacity: sketch.capacity,
  packed: packSketch(sketch),
});

/**
 * A note of feedback whose phrases are not counted yet. One transaction stores feedback and note, another counts and
 * deletes.
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
