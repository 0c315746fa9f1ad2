import type { Analysis } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { type FeedbackDocument, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { acceptedFeedback, type Spread } from '../../support/feedbackBodies.ts';

/** Analyses by text: texts repeat, and experiments with these documents don't measure the analysis. */
const known = new Map<string | undefined, Analysis>();

/** Documents as the worker stores them, analysed. */
export function* finishedDocuments(spread: Spread, prefix?: string): Generator<FeedbackDocument> {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
  for (const feedback of acceptedFeedback(spread, prefix)) {
    const text = feedback.improvements;
    if (!known.has(text)) known.set(text, analyze(text));
    yield toDocument(feedback, known.get(text)!);
  }
}
