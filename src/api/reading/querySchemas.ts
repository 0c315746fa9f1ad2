import { z } from 'zod';
import { DAY_MS } from '../../aggregates/days.ts';
import { INTERVALS } from '../../aggregates/periods.ts';
import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { idSchema } from '../../ingest/ids.ts';
import { RANKINGS } from '../../models/aggregates/rankSubjects.ts';

const day = z.iso
  .date({ error: 'must be a UTC day, such as 2026-11-24' })
  .meta({ description: 'A UTC day; that day is included.', example: '2026-11-24' });
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'must be a UTC day or an ISO 8601 instant',
  })
  .meta({ description: 'A UTC day, included; or an instant, `to` excluded.', example: '2026-11-24' });
const id = idSchema.optional();
const inOrg = idSchema.meta({ description: 'Only what belongs to this org.', example: 'acme' }).optional();
const WORD = 'must be 1 to 100 characters, none of them a control character';
const word = z
  .string()
  .regex(/^[^\p{C}]{1,100}$/u, { error: WORD })
  .meta({ pattern: '^.{1,100}$', description: WORD })
  .optional();
/** The instant at which a range ends whose `to` is a day, included, or an instant. */
export const endOf = (to: string) => new Date(Date.parse(to) + (to.length === 10 ? DAY_MS : 0));

/** A number of a query, written as one writes numbers: neither `1e2` nor `0x10`. */
const whole = (min: number, max: number, error = `must be ${min} to ${max}`) =>
  z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }));
const limit = whole(1, 200).default(50);
const cursor = z
  .string()
  .regex(/^[\w-]{0,2000}$/, { error: 'is not a cursor that a page before gave' })
  .meta({ description: '`nextCursor` of the page before.' })
  .optional();
const stars = z
  .string()
  .regex(/^[1-5](-[1-5])?$/, { error: 'must be a rating, such as 2, or a range, such as 1-2' })
  .meta({ description: 'A rating, or a range of them.', example: '1-2' })
  .optional();
const willingToPay = word.meta({
  description: 'A word in the answer, in whatever case; in double quotes, the whole answer.',
  example: 'yes',
});

/** A theme as a part of a path and of a counter's name. */
export const themeSchema = z
  .string()
  .regex(/^[^\s.$%\0]{1,100}$/, { error: 'must be the id of a theme, such as performance' })
  .meta({ description: 'The id of a theme.', example: 'performance' });
const days = (most: number, least: number, byDefault: number) =>
  whole(least, most, `must be ${least} to ${most} days`).default(byDefault);

/** The query of each route that reads. */
export const queries = {
  none: z.strictObject({}),
  one: z.strictObject({ orgId: inOrg }),
  list: z.strictObject({ orgId: inOrg, limit, cursor }),
  erasures: z.strictObject({
    limit,
    cursor: z.uuid({ error: 'is not a cursor that a page before gave' }).optional(),
  }),
  audit: z.strictObject({
    orgId: inOrg,
    action: z
      .string()
      .regex(/^[a-z][a-z.-]{0,99}$/, { error: 'must be an action, such as key.create' })
      .meta({ description: 'Only acts of this kind.', example: 'key.create' })
      .optional(),
    from: moment.optional(),
    to: moment.optional(),
    limit,
    cursor,
  }),
  summary: z.strictObject({ from: day.optional(), to: day.optional(), orgId: inOrg }),
  trend: z.strictObject({
    from: day.optional(),
    to: day.optional(),
    orgId: inOrg,
    interval: z.enum(INTERVALS).default('day'),
  }),
  feedback: z.strictObject({
    orgId: inOrg,
    userId: id,
    sessionId: id,
    from: moment.optional(),
    to: moment.optional(),
    theme: word,
    sentiment: z.enum([...SENTIMENT_LABELS, 'unscored']).optional(),
    overallRating: stars,
    uxRating: stars,
    growMethodRating: stars,
    easeOfUse: word,
    helpfulness: word,
    willingToPay,
    experiment: word,
    variant: word,
    tag: word,
    order: z.enum(['newest', 'oldest']).default('newest'),
    limit,
    cursor,
  }),
  rank: z.strictObject({
    rank: z.enum(RANKINGS).default('count'),
    order: z.enum(['highest', 'lowest']).default('highest'),
    minCount: whole(1, 1e9, 'must be a whole number from 1')
      .default(1)
      .meta({ description: 'Leaves out who has fewer feedback.' }),
    orgId: inOrg,
    userId: id.meta({ description: 'For sessions: only those this user gave feedback in.' }),
    willingToPay,
    theme: themeSchema.optional().meta({
      description: 'With `rank=shortfall`: only ratings of feedback with this theme.',
      example: 'performance',
    }),
    limit,
    cursor,
  }),
  drivers: z.strictObject({ from: day.optional(), to: day.optional(), orgId: inOrg }),
  emerging: z.strictObject({
    on: day.optional().meta({
      description: 'The last day of the current period. Default: the latest day with feedback.',
      example: '2026-11-24',
    }),
    period: days(92, 2, 7).meta({ description: 'Length of the current period, in days.' }),
    baseline: days(366, 7, 56).meta({ description: 'Length of the period before it, in days.' }),
    orgId: inOrg,
  }),
  discovery: z.strictObject({
    from: day.optional().meta({
      description: 'At most 92 days in all. Default: 27 days before the last.',
      example: '2026-11-01',
    }),
    to: day.optional().meta({
      description: 'The last day. Default: the latest that has phrases.',
      example: '2026-11-24',
    }),
    limit: whole(1, 30).default(10).meta({ description: 'Groups of phrases.' }),
  }),
  quotes: z.strictObject({
    from: day.optional(),
    to: day.optional(),
    orgId: inOrg,
    sentiment: z.enum(SENTIMENT_LABELS).optional().meta({ description: 'Only clauses of this sentiment.' }),
    limit: whole(1, 20).default(5),
  }),
};
