import type { z } from 'zod';
import { fieldErrors } from '../../ingest/feedbackSchema.ts';
import { invalid } from './problem.ts';

/** What was sent, as its schema has it. Throws a Problem (400) that names each field that is wrong. */
export function validate<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(fieldErrors(result.error, Object.keys(schema.shape)));
  return result.data;
}
