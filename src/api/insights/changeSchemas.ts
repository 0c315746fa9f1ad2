import { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { count, zoneOfDays } from '../reading/readingSchemas.ts';

const interval = (of: string) =>
  z
    .array(z.number())
    .length(2)
    .meta({ description: `95 % confidence interval of ${of}` });
const figureName = {
  figure: z.enum([...RATINGS, 'sentiment', 'theme']),
  theme: z.string().optional().meta({ description: 'with the figure theme only' }),
};
const level = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  count: count.meta({ description: 'number of ratings, of scored texts, or for a theme of feedback' }),
  value: z.number().meta({
    description: 'mean rating (1 to 5), mean sentiment (−1 to 1), or share of feedback with the theme (0 to 1)',
  }),
  interval: interval('value'),
});

const change = z.strictObject({
  ...figureName,
  since: z.iso.date().meta({ description: 'first day of the new level' }),
  between: z
    .array(z.iso.date())
    .length(2)
    .meta({ description: 'first and last day that may be the day of the change, at 95 %' }),
  before: level.meta({ description: 'the days before, up to the last change' }),
  after: level.meta({ description: 'the days from then on, up to the next change' }),
  difference: z.number().meta({ description: 'after.value − before.value' }),
  interval: interval('difference'),
  q: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: 'p-value, adjusted for all days and figures looked at (false discovery rate)' }),
  direction: z.enum(['higher', 'lower']),
});

export const changesSchema = z
  .strictObject({
    ...zoneOfDays,
    from: z.iso.date().nullable().meta({ description: 'first day looked at; null without any feedback' }),
    to: z.iso.date().nullable(),
    days: count.meta({ description: 'number of these days with feedback' }),
    tested: count.meta({ description: 'number of figures looked at' }),
    changes: z.array(change).meta({ description: 'latest first' }),
    tooFew: z
      .array(z.strictObject(figureName))
      .meta({ description: 'Figures with too few days or observations for a statement.' }),
  })
  .meta({ id: 'Changes', description: 'Days on which a figure changed its level.' });
