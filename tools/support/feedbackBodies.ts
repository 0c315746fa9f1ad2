import { type AcceptedFeedback, acceptFeedback, type FeedbackInput } from '../../src/ingest/feedbackSchema.ts';
import { generateDemo } from '../demo/generateDemo.ts';
import { createRandom } from './random.ts';

/** How feedback is spread over orgs, users (ten each) and sessions (about three each), as in the demo. */
export interface Spread {
  orgs: number;
  count: number;
}

const TEMPLATES = 5_000;
const UNTIL = new Date('2026-01-01T00:00:00Z');
const FEEDBACK_PER_USER = 10;
const SESSIONS_PER_USER = 3;

type Answers = Omit<FeedbackInput, 'id' | 'orgId' | 'userId' | 'sessionId' | 'createdAt'>;
let templates: Answers[] | undefined;

/** Generated once, since they are the same every time. */
function makeTemplates(): Answers[] {
  const feedback = generateDemo({ count: TEMPLATES, until: UNTIL });
  return Array.from(
    feedback,
    ({ id: _, orgId: __, userId: ___, sessionId: ____, createdAt: _____, ...answers }) => answers,
  );
}

/**
 * Bodies for `POST /v1/feedback`: the demo's texts and answers, each with a random user and the present time. The same for
 * every call.
 */
export function* bodies({ orgs, count }: Spread, prefix = 'b'): Generator<FeedbackInput & { id: string }> {
  templates ??= makeTemplates();
  const random = createRandom(`bench ${prefix}`);
  const users = Math.max(1, Math.ceil(count / FEEDBACK_PER_USER));
  for (let n = 0; n < count; n++) {
    const user = random.int(1, users);
    const session = `${user}-${random.int(1, SESSIONS_PER_USER)}`;
    yield {
      ...templates[n % TEMPLATES],
      id: `${prefix}-${n}`,
      orgId: `org-${user % orgs}`,
      userId: `user-${user}`,
      sessionId: `session-${session}`,
    };
  }
}

/** The same feedback as the API puts it into the queue. */
export function* acceptedFeedback(spread: Spread, prefix?: string): Generator<AcceptedFeedback> {
  const now = Date.now();
  for (const body of bodies(spread, prefix)) yield acceptFeedback(body, { id: body.id, now });
}

export function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
