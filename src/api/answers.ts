import { z } from 'zod';
import { CHOICES, RATINGS } from '../aggregates/contribution.ts';
import { KINDS, LANGUAGES, SENTIMENT_LABELS } from '../analysis/analysis.ts';
import { feedbackSchema, idSchema } from '../ingest/feedback.ts';

/** The shapes of answers: they document the API, and the tests hold every answer against them. */

const count = z.int().min(0);
const instant = z.iso.datetime();
const named = <Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>);
const score = z.number().min(-1).max(1);

const fieldError = z.strictObject({
  pointer: z.string().meta({ description: 'JSON pointer to the field; empty for the whole.' }),
  message: z.string(),
});

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(fieldError).optional(),
  })
  .meta({ id: 'Problem', description: 'A refusal (RFC 9457), with every wrong field at once.' });

const ratingFigures = z.strictObject({
  count,
  mean: z.number().min(1).max(5).nullable().meta({ description: 'null without any' }),
  distribution: z
    .tuple([count, count, count, count, count])
    .meta({ description: 'how many gave 1, 2, 3, 4 and 5' }),
});
const sentiment = z.strictObject({
  label: z.enum(SENTIMENT_LABELS),
  score,
  confidence: z.number().min(0).max(1).meta({ description: 'the chance that the label is right' }),
});
const sentimentCounts = named(SENTIMENT_LABELS, count);
const themeFigures = z.strictObject({
  theme: z.string(),
  mentions: count.meta({ description: 'clauses about the theme' }),
  feedback: count.meta({ description: 'feedback with at least one such clause' }),
  sentiment: sentimentCounts,
});
const figures = z.strictObject({
  count,
  ratings: named(RATINGS, ratingFigures),
  choices: named(CHOICES, z.record(z.string(), count)).meta({ description: 'how often each was chosen' }),
  otherChoices: named(CHOICES, count)
    .partial()
    .meta({ description: "answers that came after a question's list of distinct answers was full" }),
  sentiment: sentimentCounts.extend({ unscored: count, mean: score.nullable() }),
  kinds: named(KINDS, count).meta({
    description:
      'how many texts ask for something, tell of a fault, praise or ask; texts without any are in none',
  }),
  themes: z.array(themeFigures).meta({ description: 'most mentioned first' }),
});

export const figuresSchema = figures
  .extend({ firstAt: instant.nullable(), lastAt: instant.nullable() })
  .meta({ id: 'Figures', description: 'The totals of some feedback, and the span of time it is from.' });

export const summarySchema = figuresSchema
  .extend({
    population: figuresSchema.meta({ description: 'The same figures for everyone the key may see.' }),
  })
  .meta({ id: 'Summary' });

export const trendSchema = z
  .strictObject({
    interval: z.string(),
    periods: z.array(figuresSchema.extend({ from: z.iso.date(), to: z.iso.date() })),
  })
  .meta({ id: 'Trend', description: 'In order; periods without feedback are there, with a count of 0.' });

const nextCursor = z.string().nullable().meta({ description: 'null on the last page' });

export const rankingSchema = (level: 'org' | 'user' | 'session') =>
  z.strictObject({
    items: z.array(
      figuresSchema.extend({
        [`${level}Id`]: idSchema,
        shortfall: z.number().optional().meta({ description: 'With `rank=shortfall`: stars, in all.' }),
      }),
    ),
    nextCursor,
  });

const part = z.number().min(0).max(1);
const tooFew = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z
    .array(z.strictObject({ theme: z.string(), ...shape }))
    .meta({ description: 'Themes that too few feedback have to say anything of them.' });
const q = part.meta({ description: 'p, adjusted for all themes of the answer (false discovery rate)' });

const driver = z.strictObject({
  theme: z.string(),
  rated: count.meta({ description: 'feedback with the theme and an overall rating' }),
  share: part.meta({ description: 'of all feedback with an overall rating' }),
  meanWith: z.number().min(1).max(5),
  meanWithout: z.number().min(1).max(5),
  difference: z.number().meta({ description: 'meanWith − meanWithout' }),
  interval: z.tuple([z.number(), z.number()]).meta({ description: 'of the difference, 95 %' }),
  impact: z
    .number()
    .meta({ description: 'share × difference: what the theme does to the mean of all ratings, in stars' }),
  gapShare: z
    .number()
    .nullable()
    .meta({ description: '−impact ÷ (5 − mean): how much of the way to 5 stars is lost here' }),
  q,
  effect: z
    .enum(['lowers', 'raises', 'unclear'])
    .meta({ description: 'what q ≤ 0.05 and the interval allow to say' }),
});

export const driversSchema = z
  .strictObject({
    rated: count.meta({ description: 'feedback with an overall rating' }),
    mean: z.number().min(1).max(5).nullable(),
    drivers: z.array(driver).meta({ description: 'what costs the most first' }),
    tooFew: tooFew({ rated: count }),
  })
  .meta({ id: 'Drivers', description: 'What each theme does to the overall rating.' });

const daysOf = z.strictObject({ from: z.iso.date(), to: z.iso.date(), feedback: count }).nullable();
const themeChange = z.strictObject({
  theme: z.string(),
  now: count.meta({ description: 'feedback with the theme in the current period' }),
  before: count.meta({ description: 'feedback with the theme in the baseline' }),
  rateNow: part.meta({ description: 'of all feedback of the period' }),
  rateBefore: part,
  ratio: z
    .number()
    .nullable()
    .meta({ description: 'rateNow ÷ rateBefore; null where there was none before' }),
  interval: z
    .tuple([z.number(), z.number().nullable()])
    .meta({ description: 'of the ratio, 95 %; null: no upper end' }),
  dispersion: z.number().meta({ description: 'how bursty the theme is by day; about 1: by chance alone' }),
  q,
  direction: z.enum(['emerging', 'declining', 'steady']),
});

export const emergingSchema = z
  .strictObject({
    current: daysOf.meta({ description: 'null where there is no feedback at all' }),
    baseline: daysOf,
    themes: z.array(themeChange).meta({ description: 'emerging, then declining, then steady; surest first' }),
    tooFew: tooFew({ now: count, before: count }),
  })
  .meta({ id: 'Emerging', description: 'Which themes come up more or less than they did.' });

export const quotesSchema = z
  .strictObject({
    theme: z.string(),
    candidates: count.meta({ description: 'clauses that the quotes are chosen from' }),
    since: instant.nullable().meta({ description: 'time of the oldest of them' }),
    quotes: z.array(
      z.strictObject({
        id: idSchema.meta({ description: 'of the feedback' }),
        start: count.meta({ description: 'of the clause in improvements, UTF-16' }),
        end: count,
        text: z.string(),
        sentiment,
        overallRating: z.int().min(1).max(5).nullable(),
        createdAt: instant,
      }),
    ),
  })
  .meta({ id: 'Quotes', description: 'Clauses that stand for all that is said about a theme.' });

const phraseDays = z
  .strictObject({
    from: z.iso.date(),
    to: z.iso.date(),
    texts: count.meta({ description: 'feedback with an English text' }),
  })
  .nullable();
const surprise = z.number().nullable();
const phrase = z.strictObject({
  phrase: z.string().meta({ description: 'as somebody wrote it; other forms of its words count with it' }),
  count: count.meta({ description: 'feedback with it, for certain' }),
  atMost: count.meta({
    description: 'feedback with it at most; the same as count where all could be counted',
  }),
  sentiment: z
    .record(z.enum(SENTIMENT_LABELS), count)
    .meta({ description: 'of the clauses, one for each feedback of count' }),
  surprise: z.strictObject({
    together: surprise.meta({ description: 'G², of its words coming together; null for one word' }),
    here: surprise.meta({ description: 'G², of this org against all others; null for everyone' }),
  }),
  trend: z
    .strictObject({
      now: count,
      before: count,
      ratio: z.number().nullable(),
      interval: z.tuple([z.number(), z.number().nullable()]),
      q,
      direction: z.enum(['emerging', 'declining', 'steady']),
    })
    .nullable()
    .meta({ description: 'against as many days before; null where that is not to be told' }),
});

export const discoverySchema = z
  .strictObject({
    complete: z
      .boolean()
      .meta({ description: 'false while phrases of feedback that is stored are still to be counted' }),
    period: phraseDays.meta({ description: 'null where there is no text at all' }),
    baseline: phraseDays,
    groups: z.array(
      z.strictObject({
        phrase: z.string().meta({ description: 'the one of its phrases that says the most' }),
        phrases: z.array(phrase).meta({ description: 'emerging first, then the more frequent' }),
        quotes: z.array(
          z.strictObject({
            id: idSchema.meta({ description: 'of the feedback' }),
            start: count,
            end: count,
            text: z.string(),
            overallRating: z.int().min(1).max(5).nullable(),
            createdAt: instant,
          }),
        ),
        theme: z
          .strictObject({ id: z.string(), label: z.string(), description: z.string(), terms: z.string() })
          .meta({ description: 'what a taxonomy takes as a theme of this' }),
      }),
    ),
  })
  .meta({ id: 'Discovery', description: 'Frequent and surprising phrases that no theme has yet.' });

export const experimentSchema = z
  .strictObject({
    experiment: z.string(),
    variants: z.array(figuresSchema.extend({ variant: z.string() })),
  })
  .meta({ id: 'Experiment', description: 'The figures of each variant, by name.' });

export const storedFeedbackSchema = feedbackSchema
  .extend({
    id: idSchema,
    createdAt: instant,
    acceptedAt: instant,
    analysis: z.strictObject({
      version: z.string(),
      kind: z
        .enum(KINDS)
        .nullable()
        .meta({ description: 'what the text is for; null where it is not scored' }),
      language: z.enum(LANGUAGES).nullable().meta({ description: 'null where it is none that is scored' }),
      sentiment: sentiment.nullable().meta({ description: 'null where the text is not scored' }),
      mentions: z
        .array(z.strictObject({ theme: z.string(), start: count, end: count, sentiment }))
        .meta({ description: 'themes, each with its clause as UTF-16 offsets into improvements' }),
    }),
  })
  .meta({ id: 'StoredFeedback' });

export const feedbackPageSchema = z
  .strictObject({ items: z.array(storedFeedbackSchema), nextCursor })
  .meta({ id: 'FeedbackPage' });

export const acceptedSchema = z
  .strictObject({ id: idSchema, status: z.literal('accepted') })
  .meta({ id: 'Accepted', description: 'It is in the queue, on disk, and will be counted once.' });

export const batchAnswerSchema = z
  .strictObject({
    accepted: count,
    refused: count,
    results: z.array(
      z.union([
        z.strictObject({ index: count, id: idSchema, status: z.literal('accepted') }),
        z.strictObject({ index: count, status: z.literal('refused'), problem: problemSchema }),
      ]),
    ),
  })
  .meta({ id: 'BatchAnswer', description: 'One result for each item, in order.' });

export const importAnswerSchema = z
  .strictObject({
    accepted: count,
    refused: count,
    refusals: z
      .array(z.strictObject({ line: count, problem: problemSchema }))
      .meta({ description: 'the first 100' }),
  })
  .meta({ id: 'ImportAnswer' });

const themeFields = {
  id: z.string().meta({ description: 'kebab-case', example: 'performance' }),
  label: z.string(),
  description: z.string(),
  terms: z.string().meta({ description: 'words and phrases of up to four words, separated by commas' }),
  except: z
    .string()
    .optional()
    .meta({ description: 'phrases in which a term does not speak of this theme, separated by commas' }),
};
const themes = z
  .array(
    z.strictObject({
      ...themeFields,
      themes: z.array(z.strictObject(themeFields)).optional().meta({ description: 'sub-themes' }),
    }),
  )
  .min(1)
  .meta({ id: 'Themes', description: 'A taxonomy: up to 300 themes, in two levels.' });
const scope = z.string().nullable().meta({ description: 'the org; null: the deployment' });
const version = z.int().min(0);

export const taxonomySchema = z
  .strictObject({
    orgId: scope,
    version: version.meta({ description: 'of this scope: the one to name in an edit; 0 without any' }),
    source: z.enum(['org', 'deployment', 'shipped']).meta({ description: 'whose the themes are' }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'the id of the key it was made with' }),
    themes,
  })
  .meta({ id: 'Taxonomy', description: 'The themes in force for an org, or for the deployment.' });
export const taxonomyBodySchema = z.strictObject({
  version: version.meta({ description: 'the one that was edited; where it is not the latest: 409' }),
  themes: themes.nullable().meta({
    description: 'all themes; null: the org follows the deployment again, the deployment what was shipped',
  }),
});
export const savedTaxonomySchema = z.strictObject({ orgId: scope, version });
export const dryRunBodySchema = z.strictObject({ themes });
export const taxonomyVersionsSchema = z.strictObject({
  orgId: scope,
  versions: z.array(
    z.strictObject({
      version,
      themes: count.nullable().meta({ description: 'how many; null: it follows another' }),
      createdAt: instant,
      by: z.string(),
    }),
  ),
});
const examples = z
  .array(z.strictObject({ id: idSchema, start: count, end: count, text: z.string() }))
  .meta({ description: 'up to 3 clauses, with the feedback and place they are from' });
export const dryRunSchema = z
  .strictObject({
    orgId: scope,
    read: count.meta({ description: 'the latest texts, 10,000 at most' }),
    texts: count.meta({ description: 'of those, the ones that the taxonomy would apply to' }),
    since: instant.nullable().meta({ description: 'time of the oldest of them' }),
    changed: count.meta({ description: 'texts of which any theme would change' }),
    themes: z
      .array(
        z.strictObject({
          theme: z.string(),
          before: count.meta({ description: 'feedback with the theme, as it is in force' }),
          after: count,
          added: count,
          removed: count,
          examples: z.strictObject({ added: examples, removed: examples }),
        }),
      )
      .meta({ description: 'those that would change most first' }),
  })
  .meta({ id: 'DryRun', description: 'What a taxonomy would add and remove.' });

export const reanalysisSchema = z
  .strictObject({
    orgId: scope,
    state: z.enum(['none', 'waiting', 'running', 'done']),
    pass: count.optional().meta({ description: 'the last one finds nothing left' }),
    walked: count.optional().meta({ description: 'feedback looked at in this pass' }),
    total: count.optional().meta({ description: 'feedback there is, about' }),
    reanalysed: count.optional().meta({ description: 'feedback analysed anew, in all passes' }),
    changed: count.optional().meta({ description: 'of those, the ones whose counts changed' }),
    ratePerSecond: count.optional().meta({ description: 'feedback analysed anew a second, pauses included' }),
    requestedAt: instant.optional(),
    finishedAt: instant.nullable().optional(),
  })
  .meta({ id: 'Reanalysis', description: 'How far a re-analysis has come.' });

export const healthSchema = z.strictObject({ status: z.literal('ok') });
export const readinessSchema = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  dependencies: z.record(z.string(), z.boolean()),
});
