import { z } from 'zod';
import { count, instant, orgOrDeployment } from '../reading/readingSchemas.ts';

export const reanalysisSchema = z
  .strictObject({
    orgId: orgOrDeployment,
    state: z.enum(['none', 'waiting', 'running', 'done']),
    pass: count.optional().meta({ description: 'number of the pass; the last one finds nothing to do' }),
    walked: count.optional().meta({ description: 'feedback read in this pass' }),
    total: count.optional().meta({ description: 'approximate number of feedback stored' }),
    reanalysed: count.optional().meta({ description: 'feedback analysed again, in all passes' }),
    changed: count.optional().meta({ description: 'number of those whose counts changed' }),
    ratePerSecond: count.optional().meta({ description: 'feedback analysed again per second, including pauses' }),
    requestedAt: instant.optional(),
    finishedAt: instant.nullable().optional(),
  })
  .meta({ id: 'Reanalysis', description: 'The progress of a re-analysis.' });
