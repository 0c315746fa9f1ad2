import { z } from 'zod';
import { count, instant, zoneOfDays } from '../reading/readingSchemas.ts';
import { q } from './insightSchemas.ts';

const pair = z.strictObject({
  themes: z.array(z.string()).length(2),
  count: count.meta({ description: 'number of feedback with both' }),
  counts: z.array(count).length(2).meta({ description: 'number of feedback with the first, and with the second' }),
  lift: z.number().min(0).meta({ description: 'count ÷ the count expected if the themes were independent' }),
  interval: z.array(z.number()).length(2).meta({ description: '95 % confidence interval of lift' }),
  q,
  verdict: z
    .enum(['together', 'apart', 'unclear'])
    .meta({ description: 'unclear unless q ≤ 0.05 and lift is at least 1.25, or at most 0.8' }),
});

export const themePairsSchema = z
  .strictObject({
    ...zoneOfDays,
    feedback: count.meta({ description: 'number of texts counted, out of the latest 5,000 feedback' }),
    since: instant.nullable().meta({ description: 'time of the oldest of them' }),
    pairs: z.array(pair).meta({ description: 'most certain first' }),
  })
  .meta({ id: 'ThemePairs', description: 'Themes that come up in the same feedback.' });
