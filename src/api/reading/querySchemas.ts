import { z } from 'zod';
import { DAY_LENGTH } from '../../aggregates/days.ts';
import { INTERVALS } from '../../aggregates/periods.ts';
import { type Instants, instantsOf } from '../../aggregates/zoneDays.ts';
import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { idSchema } from '../../ingest/ids.ts';
import { labelFilterSchema } from '../../ingest/labels.ts';
import { RANKINGS } from '../../models/aggregates/rankSubjects.ts';
import type { DayRange } from '../../models/aggregates/readTotals.ts';

const day = z.iso.date({ error: 'must be a day, such as 2026-11-24' }).meta({
  description: 'A day, which is included: of the time zone of the one org that is asked for, else of UTC.',
  example: '2026-11-24',
});
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: 'must be a UTC day or an ISO 8601 instant' })
  .meta({ description: 'A UTC day, included; or an instant, which `to` excludes.', example: '2026-11-24' });
const dayOrInstant = moment.meta({
  description:
    'A day, included, of the time zone of the one org that is asked for, else of UTC; or an instant, which `to` excludes.',
  example: '2026-11-24',
});
const id = idSchema.optional();
const inOrg = idSchema.meta({ description: 'Only data of this org.', example: 'acme' }).optional();
const WORD = 'must be 1 to 100 characters, none of them a control character';
const word = z
  .string()
  .regex(/^[^\p{C}]{1,100}$/u, { error: WORD })
  .meta({ pattern: '^.{1,100}$', description: WORD })
  .optional();
/** The instants of a range. `to`: a day of the zone, which is included, or an instant. */
export function instantsIn({ from, to, zone }: DayRange): Instants {
  const isDay = (text: string | undefined) => text?.length === DAY_LENGTH;
  const days = instantsOf({ from: isDay(from) ? from : undefined, to: isDay(to) ? to : undefined, zone });
  return {
    ...days,
    from: days.from ?? (from === undefined ? undefined : new Date(from)),
    before: days.before ?? (to === undefined ? undefined : new Date(to)),
  };
}

/** A whole number in decimal digits: neither `1e2` nor `0x10`. */
const whole = (min: number, max: number, error = `must be ${min} to ${max}`) =>
  z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }));
/** `true` or `false`; absent means `false`. */
const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((text) => text === 'true')
  .pipe(z.boolean());
const limit = whole(1, 200).default(50);
const cursor = z
  .string()
  .regex(/^[\w-]{0,2000}$/, { error: 'is not the nextCursor of a page' })
  .meta({ description: '`nextCursor` of the previous page.' })
  .optional();
const stars = z
  .string()
  .regex(/^[1-5](-[1-5])?$/, { error: 'must be a rating, such as 2, or a range, such as 1-2' })
  .meta({ description: 'A rating, or a range of them.', example: '1-2' })
  .optional();
const label = labelFilterSchema.optional();
const willingToPay = labelFilterSchema.optional().meta({
  description: 'A word of the answer, in any case; or the whole answer in double quotes.',
  example: 'yes',
});

/** The id of a theme, safe as part of a path and of a counter's name. */
export const themeSchema = z
  .string()
  .regex(/^[^\s.$%\0]{1,100}$/, { error: 'must be the id of a theme, such as performance' })
  .meta({ description: 'The id of a theme.', example: 'performance' });
const days = (min: number, max: number, byDefault: number) =>
  whole(min, max, `must be ${min} to ${max} days`).default(byDefault);

const dayRange = { from: day.optional(), to: day.optional(), orgId: inOrg };
const isInOrder = ({ from, to }: DayRange) => from === undefined || to === undefined || from <= to;
const OUT_OF_ORDER = { path: ['to'], error: 'must not be before from' };

/** Query schemas, by kind of route. */
export const queries = {
  none: z.strictObject({}),
  one: z.strictObject({ orgId: inOrg }),
  list: z.strictObject({ orgId: inOrg, limit, cursor }),
  newImport: z.strictObject({
    orgId: idSchema
      .meta({
        description: 'Org of every row. Without it, each row names its own, or the mapping does.',
        example: 'acme',
      })
      .optional(),
    dryRun: flag.meta({ description: 'Only report what would be stored, by the first 1,000 rows.' }),
    again: flag.meta({ description: 'Import a file that was imported before, with the same mapping, once more.' }),
    format: z
      .enum(['csv', 'ndjson', 'xlsx'], { error: 'must be csv, ndjson or xlsx' })
      .meta({ description: 'Format of the file. Default: by its content.' })
      .optional(),
    charset: z
      .string()
      .regex(/^[\w.:-]{1,40}$/, { error: 'must be the name of an encoding, such as windows-1252' })
      .meta({ description: 'Encoding of the file. Default: by its content.', example: 'windows-1252' })
      .optional(),
  }),
  erasures: z.strictObject({ limit, cursor: z.uuid({ error: 'is not the nextCursor of a page' }).optional() }),
  audit: z.strictObject({
    orgId: inOrg,
    action: z
      .string()
      .regex(/^[a-z][a-z.-]{0,99}$/, { error: 'must be an action, such as key.create' })
      .meta({ description: 'Only events of this action.', example: 'key.create' })
      .optional(),
    from: moment.optional(),
    to: moment.optional(),
    limit,
    cursor,
  }),
  days: z.strictObject(dayRange).refine(isInOrder, OUT_OF_ORDER),
  trend: z.strictObject({ ...dayRange, interval: z.enum(INTERVALS).default('day') }).refine(isInOrder, OUT_OF_ORDER),
  feedback: z.strictObject({
    orgId: inOrg,
    userId: id,
    sessionId: id,
    from: dayOrInstant.optional(),
    to: dayOrInstant.optional(),
    theme: word,
    sentiment: z.enum([...SENTIMENT_LABELS, 'unscored']).optional(),
    overallRating: stars,
    uxRating: stars,
    growMethodRating: stars,
    easeOfUse: label,
    helpfulness: label,
    willingToPay,
    experiment: label,
    variant: label,
    tag: label,
    order: z.enum(['newest', 'oldest']).default('newest'),
    limit,
    cursor,
  }),
  rank: z.strictObject({
    rank: z.enum(RANKINGS).default('count'),
    order: z.enum(['highest', 'lowest']).default('highest'),
    minCount: whole(1, 1e9, 'must be a whole number from 1')
      .default(1)
      .meta({ description: 'Only subjects with at least this many feedback.' }),
    orgId: inOrg,
    userId: id.meta({ description: 'For sessions: only those in which this user gave feedback.' }),
    willingToPay,
    theme: themeSchema.optional().meta({
      description: 'With `rank=shortfall`: only ratings of feedback with this theme.',
      example: 'performance',
    }),
    limit,
    cursor,
  }),
  emerging: z.strictObject({
    on: day.optional().meta({
      description: 'The last day of the current period. Default: the latest day with feedback.',
      example: '2026-11-24',
    }),
    period: days(2, 92, 7).meta({ description: 'Length of the current period, in days.' }),
    baseline: days(7, 366, 56).meta({ description: 'Length of the baseline before it, in days.' }),
    orgId: inOrg,
  }),
  discovery: z
    .strictObject({
      from: day.optional().meta({
        description: 'The first UTC day, at most 91 days before the last. Default: 27 days before it.',
        example: '2026-11-01',
      }),
      to: day.optional().meta({
        description: 'The last UTC day. Default: the latest day with phrases.',
        example: '2026-11-24',
      }),
      limit: whole(1, 30).default(10).meta({ description: 'Max groups of phrases.' }),
    })
    .refine(isInOrder, OUT_OF_ORDER),
  quotes: z
    .strictObject({
      ...dayRange,
      sentiment: z.enum(SENTIMENT_LABELS).optional().meta({ description: 'Only clauses of this sentiment.' }),
      limit: whole(1, 20).default(5),
    })
    .refine(isInOrder, OUT_OF_ORDER),
};
