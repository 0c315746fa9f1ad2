import { z } from 'zod';
import { idSchema } from '../../ingest/ids.ts';
import { ERASABLE } from '../../models/erasure/erasureSchema.ts';
import { count, figuresSchema, instant, storedFeedbackSchema } from '../reading/readingSchemas.ts';

/** The shapes of what erasures and exports take and answer. */

const what = z.enum(ERASABLE, { error: `must be one of ${ERASABLE.join(', ')}` });

export const erasureBodySchema = z
  .strictObject({
    what,
    id: idSchema.meta({ description: 'of the user, session, feedback or org', example: 'u-17' }),
    orgId: idSchema
      .meta({ description: 'Only what belongs to this org. Without it, wherever it is.', example: 'acme' })
      .optional(),
  })
  .meta({ id: 'ErasureRequest', description: 'Whom or what to erase.' });

const removed = z
  .strictObject({
    feedback: count,
    aggregates: count.meta({ description: 'that counted nothing else' }),
    sketches: count.meta({ description: 'days of discovery that phrases were taken out of' }),
    deadLetters: count,
    queued: count.meta({ description: 'records in jobs that were waiting' }),
    choiceLists: count,
    taxonomies: count,
    keys: count.meta({ description: 'that were revoked' }),
  })
  .meta({ description: 'by store' });

export const signedReceiptSchema = z
  .strictObject({
    receipt: z.strictObject({
      version: z.literal(1),
      id: z.string(),
      what,
      subject: z.string().meta({ description: 'keyed hash, which only this deployment can make' }),
      requestedAt: instant,
      acceptedUntil: instant,
      finishedAt: instant,
      removed,
    }),
    algorithm: z.literal('Ed25519'),
    signature: z
      .string()
      .meta({ description: 'base64, of the receipt as JSON without white space, its names sorted' }),
  })
  .meta({ id: 'ErasureReceipt', description: 'What was removed, signed. It holds no personal data.' });

export const erasureSchema = z
  .strictObject({
    id: z.string(),
    what,
    orgId: z.string().nullable(),
    state: z.enum(['waiting', 'running', 'done']),
    requestedAt: instant,
    acceptedUntil: instant.meta({ description: 'what was accepted later is not meant' }),
    finishedAt: instant.nullable(),
    total: count.meta({ description: 'feedback there was when it began, about' }),
    removed,
    receipt: signedReceiptSchema.nullable(),
  })
  .meta({ id: 'Erasure', description: 'An erasure, and how far it is. Its subject is not named.' });

export const erasuresSchema = z.strictObject({
  items: z.array(erasureSchema),
  nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
});

export const publicKeySchema = z
  .strictObject({ algorithm: z.literal('Ed25519'), publicKey: z.string().meta({ description: 'PEM' }) })
  .meta({ id: 'ReceiptKey' });

export const exportSchema = z
  .strictObject({
    userId: idSchema,
    orgId: idSchema.nullable().meta({ description: 'null: of every org' }),
    exportedAt: instant,
    figures: z.array(figuresSchema.extend({ orgId: idSchema.nullable() })).meta({
      description: 'the aggregates about this user, one for each org (null: feedback of no org)',
    }),
    feedback: z.array(storedFeedbackSchema).meta({ description: 'oldest first' }),
  })
  .meta({ id: 'UserExport', description: 'All that is stored of one user.' });
