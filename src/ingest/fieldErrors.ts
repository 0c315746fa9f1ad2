import type { z } from 'zod';

/** One fault in a request. */
export interface FieldError {
  /** JSON pointer (RFC 6901) to the field; empty for the whole */
  pointer: string;
  message: string;
}

/** Max unknown fields that one refusal names. */
export const MAX_UNKNOWN_FIELDS = 20;
/** Max characters of a client's own field name that a refusal repeats. */
const MAX_NAME_CHARACTERS = 200;

/** Faults found by a schema, one per field. `known`: names of the fields that exist. `noun`: what they are called. */
export function fieldErrors(error: z.ZodError, known: readonly string[], noun = 'field'): FieldError[] {
  const errors = new Map<string, FieldError>();
  const add = (path: PropertyKey[], message: string) => {
    const pointer = path.map((part) => `/${escapePointer(String(part))}`).join('');
    if (!errors.has(pointer)) errors.set(pointer, { pointer, message });
  };
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys.slice(0, MAX_UNKNOWN_FIELDS))
        add(
          [...issue.path, key],
          issue.path.length > 0
            ? 'is not known here; take it out'
            : `is not a ${noun}; ${known.length > 0 ? `the ${noun}s are ${known.join(', ')}` : 'there are none'}`,
        );
    else add(issue.path, issue.message);
  }
  return [...errors.values()];
}

/** One step of a JSON pointer (RFC 6901). */
function escapePointer(part: string): string {
  return part.slice(0, MAX_NAME_CHARACTERS).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}
