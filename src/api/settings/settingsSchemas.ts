import { z } from 'zod';
import { REDACTION_MODES } from '../../models/settings/settingsSchema.ts';
import { instant } from '../reading/readingSchemas.ts';

/** The shapes of settings: what is kept of feedback, and for how long. */
const redaction = z.enum(REDACTION_MODES, { error: `must be one of ${REDACTION_MODES.join(', ')}, or null` });
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

const version = z.int().min(0);
const scope = z.string().nullable().meta({ description: 'the org; null: the deployment' });
const own = {
  redaction: redaction
    .nullable()
    .meta({ description: 'what becomes of personal data in texts; null: as the deployment, or as shipped' }),
  retention: retentionSchema.nullable().meta({ description: 'null: as the deployment, or as shipped' }),
};

export const settingsBodySchema = z.strictObject({
  version: version.meta({ description: 'the one that was edited; where it is not the latest: 409' }),
  ...own,
});

export const settingsSchema = z
  .strictObject({
    orgId: scope,
    version: version.meta({ description: 'of this scope: the one to name in an edit; 0 without any' }),
    ...own,
    inForce: z.strictObject({ redaction, retention: retentionSchema }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'the id of the key it was made with' }),
  })
  .meta({
    id: 'Settings',
    description: 'What an org, or the deployment, has set, and what is in force for it.',
  });

const count = z.int().min(0);
export const retentionBodySchema = z.strictObject({
  retention: retentionSchema
    .optional()
    .meta({ description: 'a rule to try out; without it, what is in force' }),
});
export const retentionDryRunSchema = z
  .strictObject({
    orgId: scope,
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

export const savedSettingsSchema = z.strictObject({ orgId: scope, version });
