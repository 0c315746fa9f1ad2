import { z } from 'zod';
import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { q } from '../insights/insightSchemas.ts';
import { count, instant } from '../reading/readingSchemas.ts';

const phraseDays = z
  .strictObject({
    from: z.iso.date(),
    to: z.iso.date(),
    texts: count.meta({ description: 'number of feedback with an English text' }),
  })
  .nullable();
const surprise = z.number().nullable();
const phrase = z.strictObject({
  phrase: z.string().meta({ description: 'the phrase as one author wrote it; other forms of its words count too' }),
  count: count.meta({ description: 'lower bound of the number of feedback with the phrase' }),
  atMost: count.meta({ description: 'upper bound of that number; equal to count if the count is exact' }),
  sentiment: z
    .record(z.enum(SENTIMENT_LABELS), count)
    .meta({ description: 'sentiment of the clauses, one per feedback of count' }),
  surprise: z.strictObject({
    together: surprise.meta({ description: 'G² of its words occurring together; null for a single word' }),
    here: surprise.meta({
      description: 'G² of this org against all others; null for everyone, and for a key that is bound to the org',
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
    .meta({ description: 'change against as many days before; null if it cannot be determined' }),
});

export const discoverySchema = z
  .strictObject({
    timeZone: z.literal('UTC').meta({ description: 'phrases are counted by UTC day for every org' }),
    complete: z.boolean().meta({ description: 'false while phrases of stored feedback are not yet counted' }),
    period: phraseDays.meta({ description: 'null without any text' }),
    baseline: phraseDays,
    groups: z.array(
      z.strictObject({
        phrase: z.string().meta({ description: 'the most informative of its phrases' }),
        phrases: z.array(phrase).meta({ description: 'emerging phrases first, then by frequency' }),
        quotes: z.array(
          z.strictObject({
            id: idSchema.meta({ description: 'id of the feedback' }),
            start: count,
            end: count,
            text: z.string(),
            overallRating: z.int().min(1).max(5).nullable(),
            createdAt: instant,
          }),
        ),
        theme: z
          .strictObject({ id: z.string(), label: z.string(), description: z.string(), terms: z.string() })
          .meta({ description: 'a proposed theme, as a taxonomy takes it' }),
      }),
    ),
  })
  .meta({ id: 'Discovery', description: 'Frequent and surprising phrases that no theme covers.' });
