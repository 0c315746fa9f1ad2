import { z } from 'zod';
import { CHOICES, RATINGS } from '../aggregates/contribution.ts';
import { type FieldError, fieldErrors } from './fieldErrors.ts';
import { idSchema } from './ids.ts';

/** Limits of one feedback. Every field has one; docs/api.md gives the same numbers. */
const FEEDBACK_LIMITS = {
  choiceCharacters: 100,
  tags: 20,
  textCharacters: 10_000,
  futureMs: 24 * 60 * 60 * 1000,
} as const;

const RATING = 'must be a whole number from 1 to 5; leave the field out if there is no answer';
const CHOICE = `must be text of 1 to ${FEEDBACK_LIMITS.choiceCharacters} characters, none of them a control character`;
const TEXT = `must be text of at most ${FEEDBACK_LIMITS.textCharacters} characters`;
const CREATED_AT =
  'must be epoch milliseconds or an ISO 8601 instant with its offset, such as 2026-11-24T09:30:00Z, from 1970 on';
const TAGS = `must be a list of at most ${FEEDBACK_LIMITS.tags} different tags`;

/** One line of 1 to `max` characters, the first one visible, without control and format characters or lone surrogates. */
const line = (max: number) =>
  new RegExp(`^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}][^\\p{C}\\p{Zl}\\p{Zp}]{0,${max - 1}}$`, 'u');

const rating = z.int({ error: RATING }).min(1, { error: RATING }).max(5, { error: RATING });
export const labelSchema = z
  .string({ error: CHOICE })
  .regex(line(FEEDBACK_LIMITS.choiceCharacters), { error: CHOICE })
  .meta({ id: 'Label', description: CHOICE });

const instant = z.union(
  [
    z.int().min(0).max(8.64e15),
    z.iso.datetime({ offset: true }).refine((text) => Date.parse(text) >= 0),
    z.iso.date().refine((text) => Date.parse(text) >= 0),
  ],
  { error: CREATED_AT },
);

const text = z
  .string({ error: TEXT })
  .refine((value) => hasAtMost(value, FEEDBACK_LIMITS.textCharacters), { error: TEXT })
  .refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode; it holds half a surrogate pair' });

const ANSWERS = [...RATINGS, ...CHOICES];
/** A character that `trim` keeps: readers of JSON Schema differ in the meaning of `\S`. */
const NOT_BLANK = '[^\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]';

/** A feedback as an app sends it. */
export const feedbackSchema = z
  .strictObject({
    id: idSchema
      .meta({
        description:
          'Your id, which makes it safe to send again: the same id counts once, permanently. Default: generated.',
      })
      .optional(),
    orgId: idSchema
      .meta({ description: 'Org (business). Leave it out for anonymous feedback.', example: 'acme' })
      .optional(),
    userId: idSchema.meta({ description: 'User.', example: 'u-17' }).optional(),
    sessionId: idSchema.meta({ description: 'Session.', example: 's-2041' }).optional(),
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
        maxLength: FEEDBACK_LIMITS.textCharacters,
      })
      .optional(),
    createdAt: instant
      .meta({
        description: 'Time of the feedback: epoch milliseconds or ISO 8601. At most a day ahead. Default: now.',
      })
      .optional(),
    experiment: labelSchema.meta({ description: 'Experiment that the user was in. Requires `variant`.' }).optional(),
    variant: labelSchema.meta({ description: 'Variant that the user saw. Requires `experiment`.' }).optional(),
    tags: z
      .array(labelSchema, { error: TAGS })
      .max(FEEDBACK_LIMITS.tags, { error: TAGS })
      .refine((tags) => new Set(tags).size === tags.length, { error: TAGS })
      .meta({
        description: 'Labels of your own, such as the release or the kind of session.',
        example: ['coach-led'],
        uniqueItems: true,
      })
      .optional(),
  })
  .meta({
    id: 'Feedback',
    description: 'One submission. Needs at least one rating, choice or text; every field is optional.',
    anyOf: [...ANSWERS, 'improvements'].map((field) => ({
      required: [field],
      ...(field === 'improvements' && { properties: { improvements: { pattern: NOT_BLANK } } }),
    })),
    dependentRequired: { experiment: ['variant'], variant: ['experiment'] },
    examples: [
      { overallRating: 4, orgId: 'acme', userId: 'u-17', improvements: 'Great coach, but the calendar sync is slow.' },
      { id: 'f-1', willingToPay: 'Yes, at $10', experiment: 'new check-in', variant: 'b', tags: ['coach-led'] },
    ],
  });

export type FeedbackInput = z.infer<typeof feedbackSchema>;
export const FEEDBACK_FIELDS = Object.keys(feedbackSchema.shape) as (keyof FeedbackInput)[];

/** A feedback as it is queued: validated, with its final id and times. */
export type AcceptedFeedback = Omit<FeedbackInput, 'id' | 'createdAt'> & {
  id: string;
  /** epoch milliseconds */
  createdAt: number;
  /** epoch milliseconds, by the clock of the API that accepted it */
  acceptedAt: number;
  /** org of a bound key, so that ids sent by different orgs' keys never collide */
  namespace?: string | undefined;
};

type CheckedFeedback = { feedback: FeedbackInput; errors?: never } | { feedback?: never; errors: FieldError[] };

/** Validates a value by the schema and the rules that span fields. Returns every fault at once. */
export function checkFeedback(value: unknown, now: number): CheckedFeedback {
  const parsed = feedbackSchema.safeParse(value);
  const errors = parsed.success ? [] : fieldErrors(parsed.error, FEEDBACK_FIELDS);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const sent = value as FeedbackInput;
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
    if (parsed.success && createdAtOf(now, parsed.data) > now + FEEDBACK_LIMITS.futureMs)
      errors.push({ pointer: '/createdAt', message: 'must not be more than a day ahead' });
  }
  return errors.length > 0 ? { errors } : { feedback: parsed.data as FeedbackInput };
}

const isBlank = (text: unknown) => typeof text === 'string' && text.trim() === '';

/** Turns validated input into queued feedback. Changes the object in place, since a copy costs as much as validation. */
export function acceptFeedback(
  input: FeedbackInput,
  { id, now, namespace }: { id: string; now: number; namespace?: string | undefined },
): AcceptedFeedback {
  const accepted: AcceptedFeedback = Object.assign(input, { id, createdAt: createdAtOf(now, input), acceptedAt: now });
  if (namespace !== undefined) accepted.namespace = namespace;
  return accepted;
}

const createdAtOf = (now: number, { createdAt = now }: FeedbackInput): number =>
  typeof createdAt === 'number' ? createdAt : Date.parse(createdAt);

/** Whether a text has at most `max` code points. Counts them only if its length in UTF-16 units does not tell. */
const hasAtMost = (value: string, max: number) =>
  value.length <= max || (value.length <= 2 * max && [...value].length <= max);
