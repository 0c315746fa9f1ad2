import { z } from 'zod';
import { count, instant, orgOrDeployment } from '../reading/readingSchemas.ts';

const MONTHS = 'must be a whole number of months from 1 to 1200';
export const retentionSchema = z
  .union(
    [
      z.literal('forever'),
      z.strictObject({
        months: z
          .int({ error: MONTHS })
          .min(1, { error: MONTHS })
          .max(1_200, { error: MONTHS })
          .meta({ description: 'whole months that are kept besides the current one' }),
        what: z
          .enum(['text', 'feedback'])
          .meta({ description: 'what is removed then: the free text, or the whole feedback' }),
        aggregates: z.enum(['kept', 'reduced']).meta({
          description:
            'whether totals of orgs, days and variants still count removed feedback; those of users and sessions never do',
        }),
      }),
    ],
    {
      error:
        'must be "forever", or {"months": 1 to 1200, "what": "text" or "feedback", "aggregates": "kept" or "reduced"}, or null',
    },
  )
  .meta({ id: 'Retention', description: 'How long feedback is kept.' });

export const retentionBodySchema = z
  .strictObject({
    retention: retentionSchema.optional().meta({ description: 'the rule to try out; default: the active one' }),
  })
  .meta({
    id: 'RetentionTrial',
    examples: [{ retention: { months: 12, what: 'feedback', aggregates: 'reduced' } }, {}],
  });
export const retentionDryRunSchema = z
  .strictObject({
    orgId: orgOrDeployment,
    retention: retentionSchema,
    before: instant.nullable().meta({ description: 'cut-off: earlier feedback is removed; null: none is' }),
    feedback: count.meta({ description: 'number of feedback that would lose text or be removed' }),
    texts: count.meta({ description: 'number of those with a text' }),
    months: z.array(z.strictObject({ month: z.string(), orgId: z.string().nullable(), feedback: count, texts: count })),
    isComplete: z.boolean().meta({ description: 'false if months are left out' }),
  })
  .meta({ id: 'RetentionDryRun', description: 'The feedback that a rule would remove now, by month and org.' });
