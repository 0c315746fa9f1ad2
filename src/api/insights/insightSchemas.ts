import { z } from 'zod';
import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { idSchema } from '../../ingest/ids.ts';
import { count, instant, sentiment } from '../reading/readingSchemas.ts';

/** The shapes of answers about what many texts say. */
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
  interval: z.array(z.number()).length(2).meta({ description: 'of the difference, 95 %' }),
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
    .array(z.number().nullable())
    .length(2)
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
    here: surprise.meta({
      description:
        'G², of this org against all others; null for everyone, and for a key that is bound to the org',
    }),
  }),
  trend: z
    .strictObject({
      now: count,
      before: count,
      ratio: z.number().nullable(),
      interval: z.array(z.number().nullable()).length(2),
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
