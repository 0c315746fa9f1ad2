import { z } from 'zod';
import { REDACTION_MODES } from '../../models/settings/settingsSchema.ts';
import { instant, orgOrDeployment } from '../reading/readingSchemas.ts';
import { retentionSchema } from '../retention/retentionSchemas.ts';

const redaction = z.enum(REDACTION_MODES, { error: `must be one of ${REDACTION_MODES.join(', ')}, or null` });
const version = z.int().min(0);
const own = {
  redaction: redaction
    .nullable()
    .meta({ description: 'redaction of personal data in texts; null: as the deployment, or the default' }),
  retention: retentionSchema.nullable().meta({ description: 'null: as the deployment, or the default' }),
};

export const settingsBodySchema = z
  .strictObject({
    version: version.meta({ description: 'version that was edited; 409 if it is not the latest' }),
    ...own,
  })
  .meta({
    id: 'SettingsEdit',
    examples: [{ version: 0, redaction: 'mask', retention: { months: 24, what: 'text', aggregates: 'kept' } }],
  });

export const settingsSchema = z
  .strictObject({
    orgId: orgOrDeployment,
    version: version.meta({
      description: 'latest version of this org or the deployment, to name in an edit; 0 without any',
    }),
    ...own,
    inForce: z.strictObject({ redaction, retention: retentionSchema }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'id of the key or person that made it' }),
  })
  .meta({ id: 'Settings', description: 'The settings of an org or the deployment, and the effective ones.' });

export const savedSettingsSchema = z.strictObject({ orgId: orgOrDeployment, version });
