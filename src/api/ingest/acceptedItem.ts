import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';

/** An accepted feedback as a response shows it, with both times if its own was too far ahead. */
export function acceptedItem({ id, createdAt, sentCreatedAt }: AcceptedFeedback) {
  if (sentCreatedAt === undefined) return { id, status: 'accepted' };
  return { id, status: 'accepted', createdAt: new Date(createdAt), sentCreatedAt: new Date(sentCreatedAt) };
}
