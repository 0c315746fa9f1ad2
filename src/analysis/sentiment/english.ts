import type { Kind, Sentiment } from '../analysis.ts';
import type { Tokens } from '../text/tokens.ts';
import { chancesOf, labelOf, sentimentOf } from './calibrate.ts';
import type { IntentSignals } from './intent.ts';
import { REQUEST_FROM } from './intent.ts';
import type { ModelScore } from './linearModel.ts';
import type { Calibration } from './weights.ts';

/** By how much, in logits, a text leans to the bad side that asks for something: what it asks for is not there. */
const REQUEST_SHIFT = 1;
/** P(positive) from which a text that asks for something praises, too. */
const PRAISE_WITHIN_REQUEST = 0.98;
/** Signs of a question, and of a fault, from which a text is one. */
const QUESTION_FROM = 0.5;
const TROUBLE_FROM = 1;

/** How a text speaks: it asks for something, may be asking, or says how things are. */
export type Mood = 'asking' | 'maybe-asking' | 'saying';
const MAYBE_FROM = 0.5;

export function moodOf(frames: IntentSignals, { asked, count }: Tokens): Mood {
  let asking = 0;
  for (let at = 0; at < count; at++) asking += asked[at]!;
  if (isRequest(frames) && asking * 2 >= count) return 'asking';
  return frames.request >= MAYBE_FROM && frames.request < REQUEST_FROM ? 'maybe-asking' : 'saying';
}

/** The sentiment of a leaning. Where something is asked for, hopes for something good are no praise. */
export function applyMood(
  leaning: ModelScore,
  calibration: Calibration,
  manner: Mood,
  isClause = false,
): Sentiment {
  if (manner === 'asking') leaning.logit -= REQUEST_SHIFT;
  const chances = chancesOf(leaning, calibration);
  const label = labelOf(chances, isClause);
  const isHope = manner !== 'saying' && label === 'positive' && chances.positive < PRAISE_WITHIN_REQUEST;
  return sentimentOf(chances, isHope ? 'neutral' : label);
}

export function isRequest({ request, trouble }: IntentSignals): boolean {
  return request >= REQUEST_FROM && !(trouble >= TROUBLE_FROM && request < 2 * REQUEST_FROM);
}

/** What a text is for. */
export function kindOf(frames: IntentSignals, { label }: Sentiment): Kind {
  if (isRequest(frames)) return 'request';
  if (frames.trouble >= TROUBLE_FROM && label !== 'positive') return 'problem';
  if (frames.question > QUESTION_FROM || (frames.question === QUESTION_FROM && label === 'neutral'))
    return 'question';
  if (label === 'positive') return 'praise';
  return label === 'neutral' ? 'other' : 'problem';
}
