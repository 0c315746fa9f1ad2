import { Schema } from 'mongoose';
import type { Countable } from '../../aggregates/contribution.ts';
import type { Analysis, FullAnalysis } from '../../analysis/analysis.ts';
import { type AcceptedFeedback, FEEDBACK_FIELDS } from '../../ingest/feedbackSchema.ts';

/**
 * A stored feedback. `_id` is the feedback's id. If the key that sent it is bound to an org, a space and the org's id
 * follow. One org can then neither occupy nor probe another's ids.
 */
export type FeedbackDocument = Omit<
  AcceptedFeedback,
  'id' | 'namespace' | 'createdAt' | 'sentCreatedAt' | 'acceptedAt'
> & {
  _id: string;
  createdAt: Date;
  /** time that was sent, if it was so far ahead that `createdAt` is the time of arrival */
  sentCreatedAt?: Date;
  acceptedAt: Date;
  analysis: Analysis;
  /** time at which its text was removed; the analysis stays */
  textRemovedAt?: Date;
  other?: Countable['other'];
};

const text = { type: String };
const rating = { type: Number };

export const feedbackDocumentSchema = new Schema<FeedbackDocument>(
  {
    _id: text,
    orgId: text,
    userId: text,
    sessionId: text,
    overallRating: rating,
    uxRating: rating,
    growMethodRating: rating,
    easeOfUse: text,
    helpfulness: text,
    willingToPay: text,
    improvements: text,
    createdAt: { type: Date, required: true },
    sentCreatedAt: { type: Date },
    acceptedAt: { type: Date, required: true },
    experiment: text,
    variant: text,
    tags: { type: [String], default: undefined },
    analysis: { type: Schema.Types.Mixed, required: true },
    textRemovedAt: { type: Date },
    other: { type: Schema.Types.Mixed },
  },
  { collection: 'feedback', versionKey: false, minimize: false, strict: 'throw' },
);

// One index for each level, in the order in which lists are read. Partial, so that feedback without a user takes no space
// in the index of users.
for (const level of ['orgId', 'userId', 'sessionId'] as const)
  feedbackDocumentSchema.index(
    { [level]: 1, createdAt: 1, _id: 1 },
    { partialFilterExpression: { [level]: { $exists: true } } },
  );
feedbackDocumentSchema.index({ createdAt: 1, _id: 1 });

export function storedId(feedback: Pick<AcceptedFeedback, 'id' | 'namespace'>): string {
  return feedback.namespace === undefined ? feedback.id : `${feedback.id} ${feedback.namespace}`;
}

export function publicId(storedId: string): string {
  return storedId.split(' ', 1)[0]!;
}

/** The analysis without clauses that mention no theme, which can be read from the text again. */
export function storedAnalysis({ version, kind, language, sentiment, mentions }: Analysis | FullAnalysis): Analysis {
  return { version, kind, language, sentiment, mentions };
}

const COPIED = FEEDBACK_FIELDS.filter((field) => field !== 'id' && field !== 'createdAt');

export function toDocument(feedback: AcceptedFeedback, analysis: Analysis | FullAnalysis): FeedbackDocument {
  const fields: Record<string, unknown> = { _id: storedId(feedback) };
  // Field by field: several times as fast as a spread with exceptions.
  for (const field of COPIED) if (feedback[field] !== undefined) fields[field] = feedback[field];
  fields.createdAt = new Date(feedback.createdAt);
  if (feedback.sentCreatedAt !== undefined) fields.sentCreatedAt = new Date(feedback.sentCreatedAt);
  fields.acceptedAt = new Date(feedback.acceptedAt);
  fields.analysis = storedAnalysis(analysis);
  return fields as unknown as FeedbackDocument;
}
