import { z } from 'zod';
import { idSchema } from '../../ingest/names/ids.ts';
import { count, instant, sentiment, zoneOfDays } from '../reading/readingSchemas.ts';

const fraction = z.number().min(0).max(1);
const tooFew = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z
    .array(z.strictObject({ theme: z.string(), ...shape }))
    .meta({ description: 'Themes with too few feedback for a statement.' });
export const q = fraction.meta({
  description: 'p-value, adjusted for all themes of the response (false discovery rate)',
});

const driver = z.strictObject({
  theme: z.string(),
  rated: count.meta({ description: 'number of feedback with the theme and an overall rating' }),
  share: fraction.meta({ description: 'rated, as a share of all feedback with an overall rating' }),
  meanWith: z.number().min(1).max(5),
  meanWithout: z.number().min(1).max(5),
  difference: z.number().meta({ description: 'meanWith − meanWithout' }),
  interval: z.array(z.number()).length(2).meta({ description: '95 % confidence interval of the difference' }),
  impact: z
    .number()
    .meta({ description: 'share × difference: effect of the theme on the mean of all ratings, in stars' }),
  gapShare: z
    .number()
    .nullable()
    .meta({ description: '−impact ÷ (5 − mean): share of the gap to 5 stars that is lost here' }),
  q,
  effect: z
    .enum(['lowers', 'raises', 'unclear'])
    .meta({ description: 'lowers or raises if q ≤ 0.05 and the interval excludes 0; else unclear' }),
});

export const driversSchema = z
  .strictObject({
    ...zoneOfDays,
    rated: count.meta({ description: 'number of feedback with an overall rating' }),
    mean: z.number().min(1).max(5).nullable(),
    drivers: z.array(driver).meta({ description: 'most harmful first' }),
    tooFew: tooFew({ rated: count }),
  })
  .meta({ id: 'Drivers', description: 'The effect of each theme on the overall rating.' });

const daysOf = z.strictObject({ from: z.iso.date(), to: z.iso.date(), feedback: count }).nullable();
const themeChange = z.strictObject({
  theme: z.string(),
  now: count.meta({ description: 'number of feedback with the theme in the current period' }),
  before: count.meta({ description: 'number of feedback with the theme in the baseline' }),
  rateNow: fraction.meta({ description: 'now, as a share of all feedback of the period' }),
  rateBefore: fraction,
  ratio: z.number().nullable().meta({ description: 'rateNow ÷ rateBefore; null if rateBefore is 0' }),
  interval: z
    .array(z.number().nullable())
    .length(2)
    .meta({ description: '95 % confidence interval of the ratio; null: no upper bound' }),
  dispersion: z
    .number()
    .meta({ description: 'burstiness of the theme by day; about 1 if its days vary by chance alone' }),
  q,
  direction: z.enum(['emerging', 'declining', 'steady']),
});

export const emergingSchema = z
  .strictObject({
    ...zoneOfDays,
    current: daysOf.meta({ description: 'null without any feedback' }),
    baseline: daysOf,
    themes: z.array(themeChange).meta({ description: 'emerging, then declining, then steady; most certain first' }),
    tooFew: tooFew({ now: count, before: count }),
  })
  .meta({ id: 'Emerging', description: 'Themes that are mentioned more or less often than before.' });

export const quotesSchema = z
  .strictObject({
    ...zoneOfDays,
    theme: z.string(),
    candidates: count.meta({ description: 'number of clauses from which the quotes are chosen' }),
    since: instant.nullable().meta({ description: 'time of the oldest of them' }),
    quotes: z.array(
      z.strictObject({
        id: idSchema.meta({ description: 'id of the feedback' }),
        start: count.meta({ description: 'start of the clause in improvements, as a UTF-16 offset' }),
        end: count,
        text: z.string(),
        sentiment,
        overallRating: z.int().min(1).max(5).nullable(),
        createdAt: instant,
      }),
    ),
  })
  .meta({ id: 'Quotes', description: 'Clauses that are typical of the feedback about a theme.' });
