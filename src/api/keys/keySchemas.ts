import { z } from 'zod';
import { idSchema } from '../../ingest/names/ids.ts';
import { KEY_NAME, SCOPES } from '../../models/keys/keySchema.ts';
import { originProblem } from '../../models/keys/origins.ts';
import { instant, nextCursor } from '../reading/readingSchemas.ts';

const MAX_ORIGINS = 20;
const MAX_OVERLAP_HOURS = 24 * 90;

const originSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = originProblem(text);
    if (problem !== undefined) context.addIssue(problem);
  })
  .meta({
    example: 'https://app.example',
    description:
      'Scheme, host and port, as browsers send them: https://app.example, capacitor://localhost, or https://*.shop.example for every subdomain.',
  });
const scope = z.enum(SCOPES, { error: `must be one of ${SCOPES.join(', ')}` });
const name = z
  .string()
  .regex(KEY_NAME, { error: 'must be one line of up to 200 visible characters' })
  .meta({ id: 'KeyName', description: 'The purpose of the key.', example: 'CRM export' });
const expiresAt = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 instant, such as 2027-01-01T00:00:00Z' })
  .meta({ description: 'The key is invalid from this instant on, which is in the future.' });

export const newKeySchema = z
  .strictObject({
    scope,
    orgId: idSchema.optional().meta({ description: 'The only org that the key may see. Default: every org.' }),
    name: name.optional(),
    expiresAt: expiresAt.optional(),
    origins: z.array(originSchema).min(1).max(MAX_ORIGINS).optional().meta({
      description:
        'Makes it a key for browsers, which is not secret and works from these origins only. Needs the scope ingest.',
    }),
  })
  .meta({
    id: 'NewKey',
    if: { required: ['origins'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { scope: { const: 'ingest' } } },
    examples: [
      { scope: 'read', orgId: 'acme', name: 'dashboard of Acme' },
      { scope: 'ingest', origins: ['https://app.example'], expiresAt: '2099-01-01T00:00:00Z' },
    ],
  });

export const rotationSchema = z
  .strictObject({
    overlapHours: z
      .number()
      .min(0)
      .max(MAX_OVERLAP_HOURS)
      .default(24)
      .meta({ description: 'Hours for which the old key stays valid.' }),
  })
  .meta({ id: 'KeyRotation', examples: [{ overlapHours: 48 }] });

export const keySchema = z
  .strictObject({
    id: z.string(),
    scope,
    orgId: idSchema.nullable().meta({ description: 'null: every org' }),
    name,
    state: z.enum(['valid', 'expired', 'revoked']),
    origins: z.array(z.string()).meta({ description: 'The origins of a key for browsers; empty for other keys.' }),
    createdAt: instant,
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'Accurate to two minutes; null if the key was never used.' }),
    replaces: z.string().nullable().meta({ description: 'The id of the key that it replaces.' }),
  })
  .meta({ id: 'Key', description: 'A key without its secret, which is shown only when it is made.' });

export const madeKeySchema = keySchema
  .extend({ key: z.string().meta({ description: 'The secret. It is not shown again.' }) })
  .meta({ id: 'MadeKey' });

export const keysPageSchema = z.strictObject({ items: z.array(keySchema), nextCursor }).meta({ id: 'KeysPage' });
