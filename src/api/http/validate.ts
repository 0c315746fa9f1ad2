import type { z } from 'zod';
import { fieldErrors } from '../../ingest/fieldErrors.ts';
import { invalid } from './problem.ts';

/**
 * The value as its schema has it.
 *
 * @throws Problem 400 that names every invalid field
 */
export function validate<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(fieldErrors(result.error, Object.keys(schema.shape)));
  return result.data;
}
