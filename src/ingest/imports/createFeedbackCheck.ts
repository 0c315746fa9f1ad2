import { checkFeedback, type FeedbackInput } from '../feedbackSchema.ts';
import type { FieldError } from '../fieldErrors.ts';
import type { PrivacyFilter } from '../privacyFilter.ts';

/** A checked feedback, or all of its faults. */
type Checked = { feedback: FeedbackInput; errors?: never } | { feedback?: never; errors: FieldError[] };

/**
 * Makes the function that checks the feedback of an import's rows as posted feedback is checked: it binds it to the org,
 * validates it, and applies the privacy settings of the org.
 */
export function createFeedbackCheck(options: {
  /** org of every row; null: each row names its own */
  orgId: string | null;
  filterPrivacy: PrivacyFilter;
  /** time at which the rows count as accepted, in epoch milliseconds */
  acceptedAtMs: number;
  /** earliest time of a feedback that is taken, in epoch milliseconds */
  earliestMs: number;
  /** id of a feedback that has none, before the privacy settings change its content */
  idOf?: ((feedback: FeedbackInput) => string) | undefined;
}): (value: unknown) => Checked {
  const { orgId, filterPrivacy, acceptedAtMs, earliestMs, idOf } = options;
  return (value) => {
    const { feedback, errors } = checkFeedback(value, acceptedAtMs, earliestMs);
    if (errors) return { errors };
    if (orgId !== null) {
      if (feedback.orgId !== undefined && feedback.orgId !== orgId)
        return { errors: [{ pointer: '/orgId', message: `must be ${orgId}, the org of this import, or be left out` }] };
      feedback.orgId = orgId;
    }
    if (feedback.id === undefined && idOf) feedback.id = idOf(feedback);
    // The age counts from now: a long import must not store what retention has removed since.
    const refusals = filterPrivacy(feedback, Date.now());
    return refusals ? { errors: refusals } : { feedback };
  };
}
