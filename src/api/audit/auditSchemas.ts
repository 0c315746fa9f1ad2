import { z } from 'zod';
import { instant, nextCursor } from '../reading/readingSchemas.ts';

export const auditPageSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id: z.uuid(),
        at: instant,
        actor: z.strictObject({
          kind: z.enum(['key', 'person', 'command line', 'service']),
          id: z.string(),
          from: z.string().nullable().meta({ description: 'The address that the request came from.' }),
        }),
        action: z.string().meta({ example: 'key.create' }),
        target: z.string(),
        orgId: z.string().nullable().meta({ description: 'null: the deployment' }),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    ),
    nextCursor,
  })
  .meta({ id: 'AuditPage', description: 'Audit events, newest first.' });
