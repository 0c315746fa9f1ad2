import { z } from 'zod';
import { CHOICES, RATINGS } from '../aggregates/contribution.ts';
import { createdAtJsonSchema, DEFAULT_EARLIEST_MS, isAhead, readCreatedAt } from './createdAt.ts';
import { type FieldError, fieldErrors } from './fieldErrors.ts';
import { hasAtMost } from './hasAtMost.ts';
import { newIdSchema } from './names/ids.ts';
import { labelSchema } from './names/labels.ts';

/** Max tags of a feedback. */
export const MAX_TAGS = 20;
/** Max characters of a text. */
const MAX_TEXT_CHARACTERS = 10_000;

const RATING = 'must be a whole number from 1 to 5; leave the field out if there is no answer';
const CREATED_AT =
  'Time of the feedback: epoch milliseconds, or ISO 8601 with an offset from UTC; a date alone is the start of that UTC day. A time that is more than a day ahead is replaced by the time of arrival, and kept as `sentCreatedAt`. Default: now.';
const TEXT = `must be text of at most ${MAX_TEXT_CHARACTERS} characters`;
const TAGS = `must be a list of at most ${MAX_TAGS} tags`;

const rating = z.int({ error: RATING }).min(1, { error: RATING }).max(5, { error: RATING });

const text = z
  .string({ error: TEXT })
  .refine((value) => hasAtMost(value, MAX_TEXT_CHARACTERS), { error: TEXT })
  .refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode; it holds half a surrogate pair' });

const ANSWERS = [...RATINGS, ...CHOICES];
/** A character that `trim` keeps: readers of JSON Schema differ in the meaning of `\S`. */
const NOT_BLANK = '[^\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]';

/** A feedback as an app sends it. */
export const feedbackSchema = z.strictObject({
  id: newIdSchema
    .meta({
      description:
        'Your id, which makes it safe to send again: the same id counts once in its org, permanently. Default: generated.',
    })
    .optional(),
  orgId: newIdSchema
    .meta({ description: 'Org (business). Leave it out for anonymous feedback.', example: 'acme' })
    .optional(),
  userId: newIdSchema.meta({ description: 'User.', example: 'u-17' }).optional(),
  sessionId: newIdSchema.meta({ description: 'Session.', example: 's-2041' }).optional(),
  overallRating: rating.meta({ description: 'Overall experience, 1 to 5.', example: 4 }).optional(),
  uxRating: rating.meta({ description: 'User experience, 1 to 5.' }).optional(),
  growMethodRating: rating.meta({ description: 'The GROW method, 1 to 5.' }).optional(),
  easeOfUse: labelSchema.meta({ description: 'Multiple choice.', example: 'Very easy' }).optional(),
  helpfulness: labelSchema.meta({ description: 'Multiple choice.', example: 'Helpful' }).optional(),
  willingToPay: labelSchema.meta({ description: 'Multiple choice.', example: 'Yes, at $10' }).optional(),
  improvements: text
    .meta({
      description: 'Free text. Stored as sent, except for personal data that the org masks.',
      example: 'Great coach, but the calendar sync is slow.',
      maxLength: MAX_TEXT_CHARACTERS,
    })
    .optional(),
  // Read by `readCreatedAt`, since the answer depends on the present time.
  createdAt: z
    .unknown()
    .meta({ description: CREATED_AT, ...createdAtJsonSchema(DEFAULT_EARLIEST_MS) })
    .optional(),
  experiment: labelSchema.meta({ description: 'Experiment that the user was in. Requires `variant`.' }).optional(),
  variant: labelSchema.meta({ description: 'Variant that the user saw. Requires `experiment`.' }).optional(),
  tags: z
    .array(labelSchema, { error: TAGS })
    .max(MAX_TAGS, { error: TAGS })
    .overwrite((tags) => (tags.length > 1 ? [...new Set(tags)] : tags))
    .meta({
      description: 'Labels of your own, such as the release or the kind of session. One that is sent twice is one.',
      example: ['coach-led'],
    })
    .optional(),
});

/** A feedback as it was validated. */
export type FeedbackInput = Omit<z.infer<typeof feedbackSchema>, 'createdAt'> & {
  /** epoch milliseconds, as sent: it may be ahead */
  createdAt?: number | undefined;
};
export const FEEDBACK_FIELDS = Object.keys(feedbackSchema.shape) as (keyof FeedbackInput)[];

/** A feedback as it is queued: validated, with its final id and times. */
export type AcceptedFeedback = Omit<FeedbackInput, 'id' | 'createdAt'> & {
  id: string;
  /** epoch milliseconds */
  createdAt: number;
  /** epoch milliseconds; the time that was sent, if it was so far ahead that `createdAt` is the time of arrival */
  sentCreatedAt?: number | undefined;
  /** epoch milliseconds, by the clock of the API that accepted it */
  acceptedAt: number;
};

type CheckedFeedback = { feedback: FeedbackInput; errors?: never } | { feedback?: never; errors: FieldError[] };

/**
 * Validates a value by the schema and the rules that span fields. Returns every fault at once. A field that is null counts
 * as left out.
 *
 * `now`, `earliest`: epoch milliseconds; feedback from before `earliest` is refused
 */
export function checkFeedback(value: unknown, now: number, earliest = DEFAULT_EARLIEST_MS): CheckedFeedback {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const sent = (isObject ? withoutNulls(value as Record<string, unknown>) : value) as Record<string, unknown>;
  const parsed = feedbackSchema.safeParse(sent);
  const errors = parsed.success ? [] : fieldErrors(parsed.error, FEEDBACK_FIELDS);
  if (isObject) {
    const has = (field: keyof FeedbackInput) => Object.hasOwn(sent, field);
    if (!ANSWERS.some(has) && !(has('improvements') && !isBlank(sent.improvements)))
      errors.push({
        pointer: '',
        message: `must hold at least one of ${ANSWERS.join(', ')}, or a text in improvements`,
      });
    if (has('experiment') !== has('variant'))
      errors.push({
        pointer: has('experiment') ? '/variant' : '/experiment',
        message: 'is required too: experiment and variant go together',
      });
    if (sent.createdAt !== undefined) {
      const createdAt = readCreatedAt(sent.createdAt, now, earliest);
      if (typeof createdAt === 'string') errors.push({ pointer: '/createdAt', message: createdAt });
      else if (parsed.success) parsed.data.createdAt = createdAt;
    }
  }
  return errors.length > 0 ? { errors } : { feedback: parsed.data as FeedbackInput };
}

const FIELDS = new Set<string>(FEEDBACK_FIELDS);

/** The object itself, or a copy without the known fields that are null. */
function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  for (const name in object)
    if (object[name] === null)
      return Object.fromEntries(Object.entries(object).filter(([field, sent]) => sent !== null || !FIELDS.has(field)));
  return object;
}

const isBlank = (text: unknown) => typeof text === 'string' && text.trim() === '';

/**
 * Turns validated input into queued feedback. Changes the object in place, since a copy costs as much as validation. A time
 * that is too far ahead becomes `sentCreatedAt`: the feedback is kept at its time of arrival.
 */
export function acceptFeedback(input: FeedbackInput, { id, now }: { id: string; now: number }): AcceptedFeedback {
  const { createdAt = now } = input;
  const isAdjusted = isAhead(createdAt, now);
  const accepted: AcceptedFeedback = Object.assign(input, {
    id,
    createdAt: isAdjusted ? now : createdAt,
    acceptedAt: now,
  });
  if (isAdjusted) accepted.sentCreatedAt = createdAt;
  return accepted;
}

/** The rules between fields as JSON Schema. */
const NEEDS_ANSWER = {
  anyOf: [
    ...ANSWERS.map((field) => ({ required: [field], properties: { [field]: { not: { type: 'null' } } } })),
    { required: ['improvements'], properties: { improvements: { type: 'string', pattern: NOT_BLANK } } },
  ],
};
const EXPERIMENT_WITH_VARIANT = {
  anyOf: ['null', 'string'].map((type) => ({
    properties: { experiment: { type }, variant: { type } },
    ...(type === 'string' && { required: ['experiment', 'variant'] }),
  })),
};

/** A feedback as an API may send it, for OpenAPI: every field may be null. `earliest`: epoch ms. */
export function sentFeedbackSchema(earliest = DEFAULT_EARLIEST_MS) {
  const { createdAt, ...shape } = feedbackSchema.shape;
  const times = createdAtJsonSchema(earliest).anyOf;
  const fields = Object.entries(shape).map(([name, field]) => {
    const { description, example } = field.unwrap().meta() ?? {};
    return [
      name,
      field
        .unwrap()
        .nullable()
        .meta({ description, ...(example !== undefined && { example }) })
        .optional(),
    ];
  });
  return z
    .strictObject({
      ...(Object.fromEntries(fields) as Record<string, z.ZodType>),
      createdAt: z
        .unknown()
        .meta({ description: CREATED_AT, anyOf: [...times, { type: 'null' }] })
        .optional(),
    })
    .meta({
      id: 'Feedback',
      description:
        'One submission. Needs at least one rating, choice or text; every other field is optional. `null` counts as left out.',
      allOf: [NEEDS_ANSWER, EXPERIMENT_WITH_VARIANT],
      examples: [
        {
          overallRating: 4,
          orgId: 'acme',
          userId: 'u-17',
          improvements: 'Great coach, but the calendar sync is slow.',
        },
        { id: 'f-1', willingToPay: 'Yes, at $10', experiment: 'new check-in', variant: 'b', tags: ['coach-led'] },
      ],
    });
}
