import { z } from 'zod';
import { REDACTION_MODES } from '../../models/settings/settingsSchema.ts';
import { instant } from '../reading/readingSchemas.ts';
import { retentionSchema } from '../retention/retentionSchemas.ts';

const redaction = z.enum(REDACTION_MODES, { error: `must be one of ${REDACTION_MODES.join(', ')}, or null` });
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

export const savedSettingsSchema = z.strictObject({ orgId: scope, version });
