import { z } from 'zod';
import { idSchema } from '../../ingest/names/ids.ts';
import { ERASABLE } from '../../models/erasure/erasureSchema.ts';
import { count, figuresSchema, instant, nextCursor, storedFeedbackSchema } from '../reading/readingSchemas.ts';

const what = z.enum(ERASABLE, { error: `must be one of ${ERASABLE.join(', ')}` });

export const erasureBodySchema = z
  .strictObject({
    what,
    id: idSchema.meta({ description: 'id of the user, session, feedback or org', example: 'u-17' }),
    orgId: idSchema
      .meta({ description: 'Erase only the data of this org. Default: of every org.', example: 'acme' })
      .optional(),
  })
  .meta({
    id: 'ErasureRequest',
    description: 'The subject of an erasure. An org is named by `id` alone.',
    if: { properties: { what: { const: 'org' } }, required: ['what'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { not: { required: ['orgId'] } },
    examples: [
      { what: 'user', id: 'u-17', orgId: 'acme' },
      { what: 'org', id: 'closed-org' },
    ],
  });

const removed = z
  .strictObject({
    feedback: count,
    aggregates: count.meta({ description: 'number of aggregates that counted nothing else' }),
    sketches: count.meta({ description: 'number of days of discovery from which phrases were removed' }),
    deadLetters: count,
    queued: count.meta({ description: 'number of records in waiting jobs' }),
    choiceLists: count,
    taxonomies: count,
    keys: count.meta({ description: 'number of keys revoked' }),
  })
  .meta({ description: 'what was removed, by kind' });

export const signedReceiptSchema = z
  .strictObject({
    receipt: z.strictObject({
      version: z.literal(1),
      id: z.string(),
      what,
      subject: z
        .string()
        .meta({ description: 'keyed hash (HMAC) of the subject, which only this deployment can compute' }),
      requestedAt: instant,
      acceptedUntil: instant,
      finishedAt: instant,
      removed,
    }),
    algorithm: z.literal('Ed25519'),
    signature: z
      .string()
      .meta({ description: 'base64; signs the receipt as JSON without white space, with sorted keys' }),
  })
  .meta({ id: 'ErasureReceipt', description: 'A signed record of what was removed. It holds no personal data.' });

export const erasureSchema = z
  .strictObject({
    id: z.string(),
    what,
    orgId: z.string().nullable(),
    state: z.enum(['waiting', 'running', 'done']),
    requestedAt: instant,
    acceptedUntil: instant.meta({ description: 'feedback accepted later is not erased' }),
    finishedAt: instant.nullable(),
    total: count.meta({ description: 'approximate number of feedback to erase, counted when it started' }),
    removed,
    receipt: signedReceiptSchema.nullable(),
  })
  .meta({ id: 'Erasure', description: 'An erasure and its progress. Its subject is not named.' });

export const erasuresSchema = z.strictObject({ items: z.array(erasureSchema), nextCursor });

export const publicKeySchema = z
  .strictObject({ algorithm: z.literal('Ed25519'), publicKey: z.string().meta({ description: 'PEM' }) })
  .meta({ id: 'ReceiptKey' });

export const exportSchema = z
  .strictObject({
    userId: idSchema,
    orgId: idSchema.nullable().meta({ description: 'null: every org' }),
    exportedAt: instant,
    figures: z.array(figuresSchema.extend({ orgId: idSchema.nullable() })).meta({
      description: 'the totals of this user, per org (null: feedback of no org)',
    }),
    feedback: z.array(storedFeedbackSchema).meta({ description: 'oldest first' }),
  })
  .meta({ id: 'UserExport', description: 'Everything stored about one user.' });
