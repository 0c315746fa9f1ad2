import { Schema } from 'mongoose';
import type { Countable } from '../../aggregates/contribution.ts';
import type { Analysis, FullAnalysis } from '../../analysis/analysis.ts';
import { type AcceptedFeedback, FEEDBACK_FIELDS } from '../../ingest/feedbackSchema.ts';

/** A stored feedback. */
export type FeedbackDocument = Omit<AcceptedFeedback, 'id' | 'createdAt' | 'sentCreatedAt' | 'acceptedAt'> & {
  /** see `storedId` */
  _id: string;
  createdAt: Date;
  /** time that was sent, if it was so far ahead that `createdAt` is the time of arrival */
  sentCreatedAt?: Date;
  acceptedAt: Date;
  analysis: Analysis;
  /** time at which its text was removed; the analysis stays */
  textRemovedAt?: Date;
  other?: Countable['other'];
  /** the import that stored it, and that takes it along when it is undone */
  importId?: string;
  /** see `Dimensions` */
  localDays?: string[];
};

export const LOCAL_DAYS_INDEX = { orgId: 1, localDays: 1, createdAt: 1 } as const;

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
    importId: text,
    localDays: { type: [String], default: undefined },
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
feedbackDocumentSchema.index(
  { importId: 1, createdAt: 1 },
  { partialFilterExpression: { importId: { $exists: true } } },
);
// For changes of an org's time zone, and for the first and last feedback of a local day. Without a zone it takes no space.
feedbackDocumentSchema.index(LOCAL_DAYS_INDEX, { partialFilterExpression: { localDays: { $exists: true } } });

/**
 * The `_id` of a feedback: its id, and if it belongs to an org, a space and the org's id. Ids are unique within an org, so
 * no org can occupy or probe the ids of another. Old ids (`oldIds.ts`) lack the org.
 */
export function storedId({ id, orgId }: Pick<AcceptedFeedback, 'id' | 'orgId'>): string {
  return orgId === undefined ? id : `${id} ${orgId}`;
}

/** The id of a feedback as its sender knows it. */
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
