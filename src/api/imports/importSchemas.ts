import { z } from 'zod';
import { importMappingSchema } from '../../ingest/imports/importMapping.ts';
import { IMPORT_STATES } from '../../models/imports/importSchema.ts';
import { count, instant, nextCursor } from '../reading/readingSchemas.ts';

export const importFormSchema = z
  .strictObject({
    file: z.string().meta({ format: 'binary', description: 'CSV, NDJSON or XLSX, perhaps compressed with gzip.' }),
    mapping: z.string().optional().meta({
      description:
        'How columns become fields: JSON (`ImportMapping`), or the name of a saved or shipped mapping. A dry run without it proposes one.',
      example: '{"columns":{"Rating":{"field":"overallRating"}},"otherColumns":"leaveOut"}',
    }),
  })
  .meta({
    id: 'ImportForm',
    examples: [{ file: 'Rating\r\n4\r\n', mapping: '{"columns":{"Rating":{"field":"overallRating"}}}' }],
  });

const counts = {
  rows: count.meta({ description: 'rows read so far: the sum of the next five' }),
  stored: count.meta({ description: 'rows stored as new feedback' }),
  duplicates: count.meta({ description: 'rows whose id was stored already' }),
  refused: count,
  skipped: count.meta({ description: 'rows that the mapping skips' }),
  erased: count.meta({ description: 'rows of users, sessions or orgs that were erased' }),
};

const importFields = {
  id: z.string(),
  orgId: z.string().nullable().meta({ description: 'org of every row; null: each row names its own' }),
  state: z.enum(IMPORT_STATES),
  fileName: z.string(),
  bytes: count.meta({ description: 'size of the file as sent' }),
  sha256: z.string().meta({ description: 'SHA-256 of the file as sent, hex' }),
  mappingName: z.string().nullable().meta({ description: 'name of the mapping; null: it was sent as JSON' }),
  createdAt: instant.meta({ description: 'time of the upload; all rows count as accepted at it' }),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  ...counts,
  bytesRead: count,
  ratePerSecond: count.meta({ description: 'rows a second, with pauses' }),
  remainingSeconds: count.nullable().meta({ description: 'estimate while it runs; null if unknown' }),
  removed: count.meta({ description: 'feedback that the undo has taken back' }),
  failure: z.string().nullable().meta({ description: 'reason why it failed' }),
};

export const importSchema = z
  .strictObject(importFields)
  .meta({ id: 'Import', description: 'The import of a file, and its progress.' });

export const importsSchema = z.strictObject({ items: z.array(importSchema), nextCursor }).meta({ id: 'ImportPage' });

export const importDetailsSchema = z
  .strictObject({
    ...importFields,
    mapping: importMappingSchema,
    refusals: z
      .array(
        z.strictObject({
          line: count.meta({ description: 'line of the file, or row of the sheet' }),
          errors: z.array(
            z.strictObject({
              column: z.string().nullable().meta({ description: 'null: the row as a whole' }),
              message: z.string(),
            }),
          ),
        }),
      )
      .meta({ description: 'the first 100 refused rows' }),
  })
  .meta({ id: 'ImportDetails', description: 'An import with its mapping and its first refusals.' });

export const mappingSchema = z
  .strictObject({
    name: z.string(),
    title: z.string().nullable().meta({ description: 'of a shipped mapping' }),
    source: z.string().nullable().meta({ description: 'public documentation that a shipped mapping is made from' }),
    isShipped: z.boolean(),
    savedAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'id of the key or person that saved it' }),
    mapping: importMappingSchema,
  })
  .meta({ id: 'NamedMapping' });

export const mappingsSchema = z.strictObject({ items: z.array(mappingSchema) });
