import type { Analysis } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { type FeedbackDocument, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { acceptedFeedback, type Spread } from '../../support/feedbackBodies.ts';

/** There are only so many texts, and what is measured with these documents comes after the analysis. */
const known = new Map<string | undefined, Analysis>();

/** The documents that the worker would store, analysed. */
export function* finishedDocuments(spread: Spread, prefix?: string): Generator<FeedbackDocument> {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
  for (const feedback of acceptedFeedback(spread, prefix)) {
    const text = feedback.improvements;
    if (!known.has(text)) known.set(text, analyze(text));
    yield toDocument(feedback, known.get(text)!);
  }
}
