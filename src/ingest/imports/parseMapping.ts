import { type FieldError, fieldErrors } from '../fieldErrors.ts';
import { type ImportMapping, importMappingSchema } from './importMapping.ts';

/** Reads a mapping from JSON text, or names each part of it that is wrong. */
export function parseMapping(
  text: string,
): { mapping: ImportMapping; errors?: never } | { mapping?: never; errors: FieldError[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { errors: [{ pointer: '', message: `is not JSON: ${(error as Error).message.slice(0, 200)}` }] };
  }
  const parsed = importMappingSchema.safeParse(value);
  if (parsed.success) return { mapping: parsed.data };
  return { errors: fieldErrors(parsed.error, Object.keys(importMappingSchema.shape)) };
}
