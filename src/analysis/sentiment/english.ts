import type { Kind, Sentiment } from '../analysis.ts';
import type { Tokens } from '../text/tokens.ts';
import { labelOf, probabilitiesOf, sentimentOf } from './calibrate.ts';
import { type IntentSignals, REQUEST_THRESHOLD } from './intent.ts';
import type { ModelScore } from './linearModel.ts';
import type { Calibration } from './weights.ts';

/** Logits by which a request leans to the negative side: it asks for something that is missing. */
const REQUEST_SHIFT = 1;
/** Min P(positive) of a request that also praises. */
const PRAISE_WITHIN_REQUEST = 0.98;
/** Min signal of a request that is only possible. */
const POSSIBLE_REQUEST_THRESHOLD = 0.5;
/** Signal above which a text is a question, and min signal of a problem. */
const QUESTION_THRESHOLD = 0.5;
const PROBLEM_THRESHOLD = 1;

/** The mood of a text (as in grammar): a request, possibly one, or a statement. */
export type Mood = 'request' | 'possible-request' | 'statement';

export function moodOf(intent: IntentSignals, { inRequest, count }: Tokens): Mood {
  let requestTokens = 0;
  for (let index = 0; index < count; index++) requestTokens += inRequest[index]!;
  if (isRequest(intent) && requestTokens * 2 >= count) return 'request';
  return intent.request >= POSSIBLE_REQUEST_THRESHOLD && intent.request < REQUEST_THRESHOLD
    ? 'possible-request'
    : 'statement';
}

/**
 * The sentiment of a scored text or clause. In a request a good word is a hope and no praise, unless it is very clear.
 * Changes `score.logit`.
 */
export function sentimentInMood(score: ModelScore, calibration: Calibration, mood: Mood, isClause = false): Sentiment {
  if (mood === 'request') score.logit -= REQUEST_SHIFT;
  const probabilities = probabilitiesOf(score, calibration);
  const label = labelOf(probabilities, isClause);
  const isHope = mood !== 'statement' && label === 'positive' && probabilities.positive < PRAISE_WITHIN_REQUEST;
  return sentimentOf(probabilities, isHope ? 'neutral' : label);
}

/** True for a request. 'It crashes, please fix it' is a problem: a request needs twice the signal beside a problem. */
export function isRequest({ request, problem }: IntentSignals): boolean {
  return request >= REQUEST_THRESHOLD && !(problem >= PROBLEM_THRESHOLD && request < 2 * REQUEST_THRESHOLD);
}

/** The kind of an English text, from its intent and its label. */
export function kindOf(intent: IntentSignals, { label }: Sentiment): Kind {
  if (isRequest(intent)) return 'request';
  if (intent.problem >= PROBLEM_THRESHOLD && label !== 'positive') return 'problem';
  if (intent.question > QUESTION_THRESHOLD || (intent.question === QUESTION_THRESHOLD && label === 'neutral'))
    return 'question';
  if (label === 'positive') return 'praise';
  return label === 'neutral' ? 'other' : 'problem';
}
