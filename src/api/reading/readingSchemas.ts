import { z } from 'zod';
import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { KINDS, LANGUAGES, SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { feedbackSchema } from '../../ingest/feedbackSchema.ts';
import { idSchema } from '../../ingest/names/ids.ts';

/** Response schemas: they document the API, and tests validate responses against them. */

export const count = z.int().min(0);
export const instant = z.iso.datetime();
const named = <Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>);
/** The org that a setting, a taxonomy or an event is of. */
export const orgOrDeployment = z.string().nullable().meta({ description: 'the org; null: the deployment' });
export const score = z.number().min(-1).max(1);

const fieldError = z.strictObject({
  pointer: z.string().meta({ description: 'JSON pointer to the field; empty for the whole body.' }),
  message: z.string(),
});

const plainProblem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(fieldError).optional(),
});

/** Counts of an import, as far as it came. */
const duplicates = count.nullable().meta({
  description:
    'how many of the accepted have an id that was known already, so that they add nothing; null if the database did not answer in time, and for browser keys',
});

const importCounts = {
  accepted: count,
  duplicates,
  refused: count.meta({ description: 'number of lines that are refused' }),
  adjusted: count.optional().meta({
    description:
      'number of those accepted at their time of arrival, since their own was over a day ahead; absent for 0',
  }),
  refusals: z
    .array(z.strictObject({ line: count, problem: plainProblem }))
    .meta({ description: 'the first 100 refusals' }),
};

export const problemSchema = plainProblem
  .extend({
    ...z.object(importCounts).partial().shape,
    settledThroughLine: count
      .optional()
      .meta({ description: 'In an import that stopped early: it and every line before it were accepted or refused.' }),
  })
  .meta({ id: 'Problem', description: 'A refusal (RFC 9457), with every invalid field.' });

const ratingFigures = z.strictObject({
  count,
  mean: z.number().min(1).max(5).nullable().meta({ description: 'null without ratings' }),
  distribution: z.array(count).length(5).meta({ description: 'number of ratings with 1, 2, 3, 4 and 5 stars' }),
});
export const sentiment = z.strictObject({
  label: z.enum(SENTIMENT_LABELS),
  score,
  confidence: z.number().min(0).max(1).meta({ description: 'probability that the sign of score is right' }),
});
const sentimentCounts = named(SENTIMENT_LABELS, count);
const themeFigures = z.strictObject({
  theme: z.string(),
  mentions: count.meta({ description: 'number of clauses about the theme' }),
  feedback: count.meta({ description: 'number of feedback with at least one such clause' }),
  sentiment: sentimentCounts,
});
const figures = z.strictObject({
  count,
  ratings: named(RATINGS, ratingFigures),
  choices: named(CHOICES, z.record(z.string(), count)).meta({ description: 'count of each answer' }),
  otherChoices: named(CHOICES, count)
    .partial()
    .meta({ description: "count of answers beyond the limit of a question's distinct answers" }),
  sentiment: sentimentCounts.extend({ unscored: count, mean: score.nullable() }),
  kinds: named(KINDS, count).meta({
    description: 'number of texts by kind: request, fault, praise or question; a text of no kind is not counted',
  }),
  themes: z.array(themeFigures).meta({ description: 'most mentioned first' }),
});

export const figuresSchema = figures
  .extend({ firstAt: instant.nullable(), lastAt: instant.nullable() })
  .meta({ id: 'Figures', description: 'Totals of feedback, and the times of its first and last one.' });

/** Zone of the days that a response names or that a request named. */
export const zoneOfDays = {
  timeZone: z.string().meta({
    description: 'zone of the days: of the one org that is asked for, if it has one; else UTC',
    example: 'Europe/Berlin',
  }),
  utcDaysUntil: z.iso.date().optional().meta({
    description:
      'up to this day, feedback that retention removed is counted by its UTC day: its time was not kept when the zone was set',
  }),
};

const figuresOfDays = figuresSchema.extend(zoneOfDays);
export const summarySchema = figuresOfDays
  .extend({ population: figuresOfDays.meta({ description: 'The same figures for everyone that the key may see.' }) })
  .meta({ id: 'Summary' });

export const nextCursor = z.string().nullable().meta({ description: 'null on the last page' });

export const trendSchema = z
  .strictObject({
    interval: z.string(),
    ...zoneOfDays,
    periods: z.array(figuresSchema.extend({ from: z.iso.date(), to: z.iso.date() })),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Cursor of the page of earlier periods; null if there are none.' }),
  })
  .meta({
    id: 'Trend',
    description:
      'The latest periods of the range, at most `limit`, in order, including those without feedback. Earlier ones are on the next page.',
  });

export const rankingSchema = (level: 'org' | 'user' | 'session') =>
  z.strictObject({
    items: z.array(
      figuresSchema.extend({
        [`${level}Id`]: idSchema,
        shortfall: z.number().optional().meta({
          description: 'With `rank=shortfall`: stars below the reference mean, summed over all ratings.',
        }),
      }),
    ),
    nextCursor,
    asOf: instant.optional().meta({
      description:
        'time up to which the order counts all feedback, if some of it is too new: seconds ago at most. The figures of each item are exact.',
    }),
  });

export const experimentSchema = z
  .strictObject({ experiment: z.string(), variants: z.array(figuresSchema.extend({ variant: z.string() })) })
  .meta({ id: 'Experiment', description: 'The figures of each variant, by name.' });

export const storedFeedbackSchema = feedbackSchema
  .extend({
    id: idSchema,
    createdAt: instant,
    sentCreatedAt: instant.optional().meta({
      description: 'the time that was sent, if it was over a day ahead; createdAt is then the time of arrival',
    }),
    acceptedAt: instant,
    analysis: z.strictObject({
      version: z.string(),
      kind: z.enum(KINDS).nullable().meta({ description: 'purpose of the text; null if it is not scored' }),
      language: z.enum(LANGUAGES).nullable().meta({ description: 'null if the text is in no language that is scored' }),
      sentiment: sentiment.nullable().meta({ description: 'null if the text is not scored' }),
      mentions: z
        .array(z.strictObject({ theme: z.string(), start: count, end: count, sentiment }))
        .meta({ description: 'themes, each with its clause as UTF-16 offsets into improvements' }),
    }),
    textRemovedAt: instant
      .optional()
      .meta({ description: 'when retention removed the text; the offsets of mentions then have no meaning' }),
    highlights: z
      .array(z.strictObject({ start: count, end: count }))
      .optional()
      .meta({ description: 'with `q`: what was found, as UTF-16 offsets into improvements' }),
    importId: z.string().optional().meta({ description: 'import that stored it, and that an undo of takes it back' }),
  })
  .meta({ id: 'StoredFeedback' });

export const feedbackPageSchema = z
  .strictObject({
    items: z.array(storedFeedbackSchema),
    nextCursor,
    matches: z.strictObject({
      count: count.nullable().meta({
        description: 'exact number of feedback that match, on all pages; null while it is being counted',
      }),
      clauses: count.nullable().optional().meta({
        description: 'with `theme`: number of their clauses about it, which figures of themes count',
      }),
      asOf: instant.optional().meta({
        description: 'when they were counted, if it was before the page was read; they are being counted again',
      }),
    }),
    ...zoneOfDays,
  })
  .meta({ id: 'FeedbackPage' });

/** Fields whose values are counted. */
export const FACETS = [
  'orgId',
  ...RATINGS,
  ...CHOICES,
  'kind',
  'sentiment',
  'theme',
  'tag',
  'experiment',
  'variant',
] as const;

const facetSchema = (more = {}) =>
  z.strictObject({
    distinct: count.meta({ description: 'number of different values' }),
    values: z
      .array(z.strictObject({ value: z.string(), count, ...more }))
      .meta({ description: 'those of the most feedback first, at most `limit`' }),
  });

export const facetsSchema = z
  .strictObject({
    count: count.meta({ description: 'number of feedback that match' }),
    facets: z.strictObject({
      ...Object.fromEntries(FACETS.map((facet) => [facet, facetSchema()])),
      orgId: facetSchema().optional().meta({ description: 'if several orgs can be read' }),
      theme: facetSchema({ clauses: count }),
    }),
    ...zoneOfDays,
  })
  .meta({ id: 'Facets' });

const acceptedFields = {
  id: idSchema,
  status: z.literal('accepted'),
  createdAt: instant
    .optional()
    .meta({ description: 'the time of arrival, if the time that was sent was over a day ahead' }),
  sentCreatedAt: instant.optional().meta({ description: 'the time that was sent, in the same case' }),
};
export const acceptedSchema = z
  .strictObject(acceptedFields)
  .meta({ id: 'Accepted', description: 'The feedback is in the queue, on disk, and will be counted once.' });

export const batchResponseSchema = z
  .strictObject({
    accepted: count,
    duplicates,
    refused: count,
    results: z.array(
      z.union([
        z.strictObject({
          index: count,
          ...acceptedFields,
          duplicate: z.literal(true).optional().meta({ description: 'The id was known already.' }),
        }),
        z.strictObject({ index: count, status: z.literal('refused'), problem: problemSchema }),
      ]),
    ),
  })
  .meta({ id: 'BatchAnswer', description: 'One result per item, in order.' });

export const importResponseSchema = z
  .strictObject({
    ...importCounts,
    encoding: z
      .enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])
      .meta({ description: 'The encoding in which the file was read.' }),
    delimiter: z.enum([',', ';', '\t']).optional().meta({ description: 'The delimiter of a CSV.' }),
  })
  .meta({ id: 'ImportAnswer' });

export const healthSchema = z.strictObject({ status: z.literal('ok') });
export const readinessSchema = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  dependencies: z.record(z.string(), z.boolean()),
});
