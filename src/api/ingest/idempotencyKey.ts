import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { MAX_KEY_CHARACTERS } from '../../ingest/createItemIds.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { Problem } from '../http/problem.ts';

export const idempotencyHeaders = z.object({
  'idempotency-key': idSchema
    .max(MAX_KEY_CHARACTERS)
    .meta({
      // Without blanks at its ends, which no header has.
      pattern: `^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]{1,${MAX_KEY_CHARACTERS}}$`,
      description:
        'The id of a single feedback that has none. In a batch or an import, items without an id get one from this key and their content, so the same item counts once when the request is repeated. A request that is refused with 429 keeps its reservation under this key (not an import).',
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
