import type { Kind, Sentiment } from './analysis.ts';
import { chancesOf, labelOf, sentimentOf } from './calibrate.ts';
import type { Frames } from './frames.ts';
import { REQUEST_FROM } from './frames.ts';
import type { Leaning } from './polarity.ts';
import type { Calibration } from './weights.ts';

/** By how much, in logits, a text leans to the bad side that asks for something: what it asks for is not there. */
const REQUEST_SHIFT = 1;
/** P(positive) from which a text that asks for something praises, too. */
const PRAISE_WITHIN_REQUEST = 0.97;
/** Signs of a question, and of a fault, from which a text is one. */
const QUESTION_FROM = 0.5;
const TROUBLE_FROM = 1;

/** The sentiment of a leaning in general, and of one within a request: hopes for something good are no praise. */
export function scoreLeaning(leaning: Leaning, calibration: Calibration, isAsking: boolean): Sentiment {
  if (!isAsking) return sentimentOf(chancesOf(leaning, calibration));
  leaning.logit -= REQUEST_SHIFT;
  const chances = chancesOf(leaning, calibration);
  const label = labelOf(chances);
  return sentimentOf(
    chances,
    label === 'positive' && chances.positive < PRAISE_WITHIN_REQUEST ? 'neutral' : label,
  );
}

export function isRequest({ request, trouble }: Frames): boolean {
  return request >= REQUEST_FROM && !(trouble >= TROUBLE_FROM && request < 2 * REQUEST_FROM);
}

/** What a text is for. */
export function kindOf(frames: Frames, { label }: Sentiment): Kind {
  if (isRequest(frames)) return 'request';
  if (frames.trouble >= TROUBLE_FROM && label !== 'positive') return 'problem';
  if (frames.question > QUESTION_FROM || (frames.question === QUESTION_FROM && label === 'neutral'))
    return 'question';
  if (label === 'positive') return 'praise';
  return label === 'neutral' ? 'other' : 'problem';
}
