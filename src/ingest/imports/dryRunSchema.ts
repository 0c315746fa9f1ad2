import { z } from 'zod';
import { feedbackSchema } from '../feedbackSchema.ts';
import { importMappingSchema } from './importMapping.ts';

const count = z.int().min(0);
const columnName = z.string().meta({ description: 'column, as in the header' });

const rowErrorSchema = z.strictObject({
  column: columnName.nullable().meta({ description: 'null: the row as a whole' }),
  message: z.string().meta({ description: 'what is wrong, and how to mend it' }),
  value: z.string().optional().meta({ description: 'the cell, cut to 100 characters' }),
});

/** Report of a dry run: what an import of the file would do. */
export const dryRunReportSchema = z
  .strictObject({
    format: z.enum(['csv', 'ndjson', 'xlsx']),
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).nullable().meta({ description: 'null: XLSX' }),
    delimiter: z.enum([',', ';', '\t']).nullable().meta({ description: 'null: not CSV' }),
    rows: count.meta({ description: 'number of rows read, 1,000 at most', example: 1000 }),
    isWhole: z.boolean().meta({ description: 'whether these are all rows of the file' }),
    columns: z
      .array(
        z.strictObject({
          name: columnName,
          examples: z.array(z.string()).max(3).meta({ description: 'up to 3 different cells, cut to 100 characters' }),
          empty: count.meta({ description: 'number of rows without a value' }),
        }),
      )
      .meta({ description: 'the columns of the file, in its order' }),
    preset: z
      .string()
      .nullable()
      .meta({ description: 'name of the shipped mapping that fits the columns', example: 'delighted' }),
    mapping: importMappingSchema.meta({ description: 'the given mapping, or a proposal; complete, to be edited' }),
    isProposed: z.boolean().meta({ description: 'whether the mapping is a proposal' }),
    notes: z
      .array(
        z.strictObject({
          column: columnName.nullable().meta({ description: 'null: the mapping as a whole' }),
          why: z.string(),
          sure: z.boolean().meta({ description: 'false: look at it before you import' }),
        }),
      )
      .meta({ description: 'reasons of the mapping, and questions that it leaves open' }),
    problems: z.array(rowErrorSchema).max(100).meta({
      description:
        'faults of the mapping for this file, for which the import would be refused as a whole; rows below are read without these columns',
    }),
    accepted: count.meta({ description: 'number of rows that would be stored' }),
    refused: count.meta({ description: 'number of rows that would be refused' }),
    stored: z
      .array(z.strictObject({ line: count, feedback: feedbackSchema }))
      .max(20)
      .meta({ description: 'the first 20 rows that would be stored, as they would be stored before redaction' }),
    refusals: z
      .array(z.strictObject({ line: count, errors: z.array(rowErrorSchema) }))
      .max(100)
      .meta({ description: 'the first 100 refused rows' }),
    reasons: z
      .array(
        z.strictObject({
          column: columnName.nullable(),
          message: z.string(),
          rows: count,
          firstLine: count.meta({ description: 'line of the first row that is refused for this reason' }),
        }),
      )
      .max(50)
      .meta({ description: 'reasons of refusals, most frequent first' }),
  })
  .meta({ id: 'ImportDryRun', description: 'What an import of the file would do.' });

export type DryRunReport = z.infer<typeof dryRunReportSchema>;
export type MappingNote = DryRunReport['notes'][number];
