import { z } from 'zod';
import { count, instant } from '../reading/readingSchemas.ts';

export const reanalysisSchema = z
  .strictObject({
    orgId: z.string().nullable().meta({ description: 'the org; null: the deployment' }),
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
