import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { idSchema } from '../../ingest/ids.ts';
import { Problem } from '../http/problem.ts';

/** Max characters of an Idempotency-Key; the ids of a batch's or import's items append their number to it. */
const MAX_KEY_CHARACTERS = 112;

export const idempotencyHeaders = z.object({
  'idempotency-key': idSchema
    .max(MAX_KEY_CHARACTERS)
    .meta({
      // Without blanks at its ends, which no header has.
      pattern: `^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]{1,${MAX_KEY_CHARACTERS}}$`,
      description:
        'The id of a single feedback that has none. In a batch or an import, the start of the ids of items that have none. A request that is refused with 429 keeps its reservation under this key (not an import).',
    })
    .optional(),
});

/** The Idempotency-Key of a request, if it has one. Throws Problem 400. */
export function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  const parsed = idSchema.safeParse(key);
  if (!parsed.success || parsed.data.length > MAX_KEY_CHARACTERS)
    throw new Problem(400, `Idempotency-Key must be 1 to ${MAX_KEY_CHARACTERS} visible characters, without spaces.`);
  return parsed.data;
}

/** The id of an item that has none of its own. */
export const itemId = (key: string | undefined, number: number) => (key === undefined ? undefined : `${key}.${number}`);
