import { z } from 'zod';
import { CHOICES } from '../../aggregates/contribution.ts';
import { DAY_LENGTH } from '../../aggregates/days.ts';
import { INTERVALS } from '../../aggregates/periods.ts';
import { RANKINGS } from '../../aggregates/rankings/rankedValue.ts';
import { type Instants, instantsOf } from '../../aggregates/zoneDays.ts';
import { KINDS, SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { labelFilterSchema } from '../../ingest/names/labels.ts';
import type { DayRange, Subject } from '../../models/aggregates/readTotals.ts';
import { AUDIT_ACTIONS } from '../../models/audit/auditSchema.ts';
import { withoutQuotes } from './choiceFilter.ts';

const day = z.iso.date({ error: 'must be a day, such as 2026-11-24' }).meta({
  description: 'A day, which is included: of the time zone of the one org that is asked for, else of UTC.',
  example: '2026-11-24',
});
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'must be a UTC day or an ISO 8601 instant; write + as %2B',
  })
  .meta({ description: 'A UTC day, included; or an instant, which `to` excludes.', example: '2026-11-24' });
const dayOrInstant = moment.meta({
  description:
    'A day, included, of the time zone of the one org that is asked for, else of UTC; or an instant, which `to` excludes.',
  example: '2026-11-24',
});
const id = idSchema.optional();
const inOrg = idSchema.meta({ description: 'Only data of this org.', example: 'acme' }).optional();
const label = labelFilterSchema.optional();
const ANSWER = 'must be text of 1 to 100 characters, or as many in double quotes';
const answer = z
  .string({ error: ANSWER })
  .check((payload) => {
    const text = withoutQuotes(payload.value);
    const { data } = labelFilterSchema.safeParse(text);
    if (data === undefined) payload.issues.push({ code: 'custom', input: payload.value, message: ANSWER });
    else payload.value = payload.value.replace(text, () => data);
  })
  .meta({ id: 'Answer', pattern: '^\\s*\\S(.{0,100}\\S)?\\s*$', description: ANSWER });
const wholeAnswer = answer
  .meta({ description: 'The whole answer, with or without double quotes.', example: 'Very easy' })
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
const periods = whole(1, 1_000).default(1_000).meta({ description: 'Max periods.' });
const cursor = z
  .string()
  .regex(/^[\w-]{0,2000}$/, { error: 'is not the nextCursor of a page' })
  .meta({ description: '`nextCursor` of the previous page.' })
  .optional();
const stars = z
  .string()
  .regex(/^(1(-[1-5])?|2(-[2-5])?|3(-[3-5])?|4(-[45])?|5(-5)?)$/, {
    error: ({ input }) => {
      const [, high, low] = /^([1-5])-([1-5])$/.exec(String(input)) ?? [];
      return high === undefined
        ? 'must be a rating, such as 2, or a range, such as 1-2'
        : `is a range that no rating is in; write the lower rating first: ${low}-${high}`;
    },
  })
  .meta({ description: 'A rating, or a range of them, the lower one first.', example: '1-2' })
  .optional();
const willingToPay = answer
  .meta({ description: 'A word of the answer, in any case; or the whole answer in double quotes.', example: 'yes' })
  .optional();

/** The id of a theme, safe as part of a path and of a counter's name. */
export const themeSchema = z
  .string()
  .regex(/^[^\p{C}\p{Z}.$%]{1,100}$/u, { error: 'must be the id of a theme, such as performance' })
  .meta({
    id: 'ThemeId',
    description: 'A theme of the taxonomy, or of a former one that stored feedback still counts. Others are refused.',
    example: 'performance',
  });
const auditAction = z
  .string()
  .regex(/^[a-z][a-z.-]{0,99}$/, { error: 'must be an action, such as key.create' })
  .meta({ description: 'Only events of this action.', example: 'key.create', enum: AUDIT_ACTIONS })
  .optional();
const days = (min: number, max: number, byDefault: number) =>
  whole(min, max, `must be ${min} to ${max} days`).default(byDefault);

const isInOrder = ({ from, to }: DayRange) => from === undefined || to === undefined || from <= to;
const OUT_OF_ORDER = { path: ['to'], error: 'must not be before from' };
/** Whether any instant is in the range: none is between one and itself. */
export const holdsTime = ({ from, before }: Instants) => from === undefined || before === undefined || from < before;
export const HOLDS_NO_TIME = { path: ['to'], error: 'must be after from' };

/** Parameters of the routes about one subject. The path of an org names it, so that `orgId` may only repeat it. */
function subjectQueries(level: Subject['level']) {
  const orgId = level === 'org' ? inOrg.meta({ deprecated: true }) : inOrg;
  const dayRange = { from: day.optional(), to: day.optional(), orgId };
  return {
    one: z.strictObject({ orgId }),
    days: z.strictObject(dayRange).refine(isInOrder, OUT_OF_ORDER),
    trend: z
      .strictObject({ ...dayRange, interval: z.enum(INTERVALS).default('day'), limit: periods, cursor })
      .refine(isInOrder, OUT_OF_ORDER),
    emerging: z.strictObject({
      on: day.optional().meta({
        description: 'The last day of the current period. Default: the latest day with feedback.',
        example: '2026-11-24',
      }),
      period: days(2, 92, 7).meta({ description: 'Length of the current period, in days.' }),
      baseline: days(7, 366, 56).meta({ description: 'Length of the baseline before it, in days.' }),
      orgId,
    }),
    pairs: z
      .strictObject({ ...dayRange, limit: whole(1, 200).default(20).meta({ description: 'Max pairs.' }) })
      .refine(isInOrder, OUT_OF_ORDER),
    quotes: z
      .strictObject({
        ...dayRange,
        sentiment: z.enum(SENTIMENT_LABELS).optional().meta({ description: 'Only clauses of this sentiment.' }),
        limit: whole(1, 20).default(5),
      })
      .refine(isInOrder, OUT_OF_ORDER),
  };
}

/** A rule between parameters, for OpenAPI: they are documented as one object, whose schema can say it. */
export interface ParameterRule {
  name: string;
  description: string;
  parameters: string[];
  schema: z.ZodType;
  example: Record<string, string>;
}

const ranking = {
  rank: z.enum(RANKINGS).default('count'),
  order: z.enum(['highest', 'lowest']).default('highest'),
  minCount: whole(1, 1e9, 'must be a whole number from 1')
    .default(1)
    .meta({ description: 'Only subjects with at least this many feedback.' }),
  orgId: inOrg,
  willingToPay,
  theme: themeSchema.optional().meta({
    description: 'With `rank=shortfall` only: only ratings of feedback with this theme.',
    example: 'performance',
  }),
  limit,
  cursor,
};

const { rank, theme } = ranking;
const THEME_NEEDS_SHORTFALL: ParameterRule = {
  name: 'ranking',
  description: 'The figure to rank by. `theme` is for `rank=shortfall` only.',
  parameters: ['rank', 'theme'],
  schema: z.union([
    z.strictObject({ rank: rank.optional() }),
    z.strictObject({ rank: z.literal('shortfall'), theme: theme.nonoptional() }),
  ]),
  example: { rank: 'shortfall', theme: 'performance' },
};
const rules = { rules: [THEME_NEEDS_SHORTFALL] };

/** Max characters of words to search for. */
const MAX_QUERY_CHARACTERS = 100;
const NO_WORDS = `must be 1 to ${MAX_QUERY_CHARACTERS} characters, with a word to search for`;
const searchWords = z
  .string({ error: NO_WORDS })
  .max(MAX_QUERY_CHARACTERS, { error: NO_WORDS })
  .regex(/[\p{L}\p{N}]/u, { error: NO_WORDS })
  .meta({
    description:
      'Words that the text holds, in any order and in any case, with or without accents; a phrase in double quotes. The last word may be the beginning of one, unless it is in quotes.',
    example: '"calendar sync" slo',
  });

const themeSentiment = z.enum(SENTIMENT_LABELS).meta({
  description:
    'With `theme`: feedback with a clause about it of this sentiment. `matches.clauses` counts the clauses, as figures of themes do.',
});
const SENTIMENT_NEEDS_THEME: ParameterRule = {
  name: 'clauses',
  description: 'A theme, and the sentiment of its clauses.',
  parameters: ['theme', 'themeSentiment'],
  schema: z.union([
    z.strictObject({ theme: themeSchema.optional() }),
    z.strictObject({ theme: themeSchema, themeSentiment }),
  ]),
  example: { theme: 'performance', themeSentiment: 'negative' },
};

const SIDE = 'must be all, org:<id>, user:<id>, session:<id> or variant:<name>';
/** A side of a comparison. Handlers check the id or the name after the colon. */
const side = z.string({ error: SIDE }).regex(/^(all|(org|user|session|variant):\S.{0,150})$/u, { error: SIDE });
const sideDescription = '`all`, `org:<id>`, `user:<id>`, `session:<id>` or, with `experiment`, `variant:<name>`.';

/** Filters of feedback, for lists and facets. */
const feedbackFilters = {
  orgId: inOrg,
  userId: id,
  sessionId: id,
  from: dayOrInstant.optional(),
  to: dayOrInstant.optional(),
  theme: themeSchema.optional(),
  themeSentiment: themeSentiment.optional(),
  sentiment: z
    .enum([...SENTIMENT_LABELS, 'unscored'])
    .meta({ description: 'Sentiment of the whole text; `unscored` without one.' })
    .optional(),
  kind: z.enum(KINDS).meta({ description: 'Purpose of the text.' }).optional(),
  overallRating: stars,
  uxRating: stars,
  growMethodRating: stars,
  easeOfUse: wholeAnswer,
  helpfulness: wholeAnswer,
  willingToPay,
  experiment: label,
  variant: label,
  tag: label,
  otherAnswer: z
    .enum(CHOICES)
    .meta({
      description:
        'Feedback whose answer to this question is counted in `otherChoices`: of its org, or of everyone if neither org, user, session nor experiment is given.',
    })
    .optional(),
  q: searchWords.optional(),
};

/** Query schemas, by kind of route. */
export const queries = {
  none: z.strictObject({}),
  one: z.strictObject({ orgId: inOrg }),
  list: z.strictObject({ orgId: inOrg, limit, cursor }),
  stream: z.strictObject({
    orgId: inOrg,
    limit: whole(1, 1_000)
      .meta({ description: 'End after so many events. Default: the stream ends after five minutes.' })
      .optional(),
  }),
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
  versions: z.strictObject({ orgId: inOrg, limit: whole(1, 200).default(200), cursor }),
  erasures: z.strictObject({ limit, cursor: z.uuid({ error: 'is not the nextCursor of a page' }).optional() }),
  audit: z
    .strictObject({
      orgId: inOrg,
      action: auditAction,
      from: moment.optional(),
      to: moment.optional(),
      limit,
      cursor,
    })
    .refine((range) => holdsTime(instantsIn(range)), HOLDS_NO_TIME),
  feedback: z
    .strictObject({ ...feedbackFilters, order: z.enum(['newest', 'oldest']).default('newest'), limit, cursor })
    .meta({ rules: [SENTIMENT_NEEDS_THEME] }),
  facets: z
    .strictObject({
      ...feedbackFilters,
      limit: whole(1, 200).default(20).meta({ description: 'Max values of each facet.' }),
    })
    .meta({ rules: [SENTIMENT_NEEDS_THEME] }),
  /** Rankings, by level. */
  rank: {
    org: z.strictObject(ranking).meta(rules),
    user: z.strictObject(ranking).meta(rules),
    session: z
      .strictObject({ ...ranking, userId: id.meta({ description: 'Only sessions in which this user gave feedback.' }) })
      .meta(rules),
  },
  /** Routes about one subject, by level. */
  of: {
    all: subjectQueries('all'),
    org: subjectQueries('org'),
    user: subjectQueries('user'),
    session: subjectQueries('session'),
  },
  compare: z
    .strictObject({
      a: side.default('all').meta({ description: `Compared with: ${sideDescription}`, example: 'org:acme' }),
      b: side.optional().meta({
        description: `Compared: ${sideDescription} Default: the same as \`a\`, for two periods of it.`,
        example: 'org:globex',
      }),
      from: day.optional(),
      to: day.optional(),
      bFrom: day.optional().meta({
        description:
          'First day of `b`, if it is another period. `from` and `to` are then of `a` alone. Without them, and for the same subject, `a` has the days before `b`.',
        example: '2026-11-01',
      }),
      bTo: day.optional().meta({ description: 'Last day of `b`, if it is another period.', example: '2026-11-24' }),
      experiment: label.meta({ description: 'The experiment of the variants.', example: 'new check-in' }),
      orgId: inOrg,
    })
    .refine(isInOrder, OUT_OF_ORDER)
    .refine(({ bFrom, bTo }) => isInOrder({ from: bFrom, to: bTo }), {
      path: ['bTo'],
      error: 'must not be before bFrom',
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
};
