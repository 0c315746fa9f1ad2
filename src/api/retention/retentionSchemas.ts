import { z } from 'zod';
import { count, instant } from '../reading/readingSchemas.ts';

const months = 'must be a whole number of months from 1 to 1200';
export const retentionSchema = z
  .union(
    [
      z.literal('forever'),
      z.strictObject({
        months: z
          .int({ error: months })
          .min(1, { error: months })
          .max(1_200, { error: months })
          .meta({ description: 'whole months that are kept beside the present one' }),
        what: z
          .enum(['text', 'feedback'])
          .meta({ description: 'what goes then: the free text, or the feedback as a whole' }),
        aggregates: z.enum(['kept', 'reduced']).meta({
          description:
            'whether the totals of orgs, days and variants still count feedback that has gone; those of users and sessions never do',
        }),
      }),
    ],
    {
      error:
        'must be "forever", or {"months": 1 to 1200, "what": "text" or "feedback", "aggregates": "kept" or "reduced"}, or null',
    },
  )
  .meta({ id: 'Retention', description: 'How long feedback is kept.' });

export const retentionBodySchema = z.strictObject({
  retention: retentionSchema
    .optional()
    .meta({ description: 'a rule to try out; without it, what is in force' }),
});
export const retentionDryRunSchema = z
  .strictObject({
    orgId: z.string().nullable().meta({ description: 'the org; null: the deployment' }),
    retention: retentionSchema,
    before: instant.nullable().meta({ description: 'what was given before this goes; null: nothing does' }),
    feedback: count.meta({ description: 'feedback that would lose something' }),
    texts: count.meta({ description: 'of these, with a text' }),
    months: z.array(
      z.strictObject({ month: z.string(), orgId: z.string().nullable(), feedback: count, texts: count }),
    ),
    isComplete: z.boolean().meta({ description: 'false where there are more months than are shown' }),
  })
  .meta({ id: 'RetentionDryRun', description: 'What a rule would remove now, by month and org.' });
