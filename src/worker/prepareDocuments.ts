import type { AcceptedFeedback } from '../ingest/feedbackSchema.ts';
import { type FeedbackDocument, toDocument } from '../models/feedback/feedbackDocument.ts';
import { retentionCutoff } from '../models/retention/retentionCutoff.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';

export interface PrepareOptions {
  taxonomies: Pick<ActiveTaxonomies, 'analyzersOf'>;
  settings: Pick<ActiveSettings, 'load' | 'of'>;
  markChoices(documents: FeedbackDocument[]): Promise<void>;
  /** Starts the timer of the analysis. Returns the function that stops it. */
  startTimer?(phase: 'analysis'): () => void;
}

/**
 * Analyses feedback, and turns it into documents to store, in order. Leaves out feedback that its org's retention has
 * expired, and removes a text that it has expired. Otherwise feedback sent again would restore it.
 */
export async function prepareDocuments(
  feedback: readonly AcceptedFeedback[],
  { taxonomies, settings, markChoices, startTimer }: PrepareOptions,
): Promise<FeedbackDocument[]> {
  await settings.load();
  const parts = feedback.map((one) => ({ feedback: one, expired: expiredPart(one, settings) }));
  const kept = parts.filter(({ expired }) => expired !== 'feedback');
  if (kept.length === 0) return [];
  const analyzerOf = await taxonomies.analyzersOf(kept.map(({ feedback: { orgId } }) => orgId ?? null));
  const stopTimer = startTimer?.('analysis');
  const documents = kept.map(({ feedback: one, expired }) => {
    const analyze = analyzerOf(one.orgId ?? null);
    const document = toDocument(one, analyze(one.improvements));
    if (expired === 'text') removeText(document);
    return document;
  });
  stopTimer?.();
  await markChoices(documents);
  return documents;
}

/** The part of a feedback that its org's retention has expired. */
function expiredPart({ orgId, createdAt }: AcceptedFeedback, settings: PrepareOptions['settings']) {
  const { retention } = settings.of(orgId ?? null);
  const cutoff = retentionCutoff(retention, Date.now());
  return cutoff && retention !== 'forever' && createdAt < cutoff.getTime() ? retention.what : undefined;
}

function removeText(document: FeedbackDocument): void {
  if (document.improvements === undefined) return;
  delete document.improvements;
  document.textRemovedAt = new Date();
}
