import { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { count } from '../reading/readingSchemas.ts';

const side = z.strictObject({
  side: z.string().meta({
    description:
      'as asked for; for the key of one org, all is that org; `others` if it is all but the other side, which it contains',
  }),
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
  timeZone: z.string().meta({ description: 'zone of its days' }),
  feedback: count,
});
const observed = z.strictObject({
  count: count.meta({ description: 'number of ratings, of scored texts, or for a theme of feedback' }),
  value: z.number().nullable().meta({ description: 'mean, or share of feedback with the theme; null without any' }),
});
const figure = z.strictObject({
  a: observed,
  b: observed,
  difference: z.number().nullable().meta({ description: 'b.value − a.value' }),
  interval: z
    .array(z.number())
    .length(2)
    .nullable()
    .meta({ description: '95 % confidence interval of the difference; null with too few observations' }),
  q: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'p-value, adjusted for all figures of the response (false discovery rate)' }),
  verdict: z
    .enum(['higher', 'lower', 'unclear'])
    .meta({ description: 'of b against a; unclear unless q ≤ 0.05 and the interval excludes 0' }),
});
const stars = (description: string) => z.number().meta({ description });

export const comparisonSchema = z
  .strictObject({
    a: side,
    b: side,
    ratings: z.strictObject(
      Object.fromEntries(RATINGS.map((rating) => [rating, figure])) as Record<(typeof RATINGS)[number], typeof figure>,
    ),
    sentiment: figure,
    themes: z
      .array(figure.extend({ theme: z.string() }))
      .meta({ description: 'shares of feedback with a theme, most certain difference first' }),
    tooFew: z.array(z.string()).meta({ description: 'themes with too few feedback for a statement' }),
    contributions: z
      .strictObject({
        difference: stars('mean overall rating of b − that of a'),
        themes: z
          .array(
            z.strictObject({
              theme: z.string(),
              mix: stars('part that is due to the theme coming up more or less often'),
              level: stars('part that is due to better or worse ratings with the theme'),
              contribution: stars('mix + level'),
            }),
          )
          .meta({ description: 'largest first; themes that are part of another one are in that one' }),
        rest: stars('difference − all contributions'),
      })
      .nullable()
      .meta({ description: 'What the difference of the overall ratings is made of; null if a side has none.' }),
  })
  .meta({ id: 'Comparison', description: 'Two sides, their differences, and what drives them.' });
