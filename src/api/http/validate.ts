import type { z } from 'zod';
import { fieldErrors } from '../../ingest/fieldErrors.ts';
import type { RawQuery } from '../route.ts';
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

/**
 * Query parameters as their schema has them.
 *
 * @throws Problem 400 that names every parameter that is unknown, invalid or repeated
 */
export function validateQuery<Schema extends z.ZodObject>(schema: Schema, query: RawQuery): z.infer<Schema> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const known = Object.keys(schema.shape);
  const errors = fieldErrors(result.error, known, 'parameter');
  throw invalid(
    errors.map((error) => {
      const name = error.pointer.slice(1);
      const isRepeated = known.includes(name) && Array.isArray(query[name]);
      return isRepeated ? { ...error, message: 'is given more than once; give it once' } : error;
    }),
  );
}
