import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentTypeOf } from './contentType.ts';
import { createJsonReader } from './readBody.ts';

/**
 * A body that carries its key, as `navigator.sendBeacon` needs: a page that closes can send text/plain, without a header and
 * without a preflight request.
 */
export interface KeyedBody {
  /** the field `key`, not yet checked */
  key: unknown;
  /** the body without its key */
  value: unknown;
  /** size of the body as sent, decompressed */
  bytes: number;
}

/** Max bytes of a body with a key: as much as browsers send for a page that closes. It is parsed before its key is known. */
const LIMITS = { maxBytes: 64 * 1024, maxHeldBytes: 16 * 1024 * 1024, maxMs: 10_000 };

const MEDIA_TYPE = 'text/plain';

/** Whether a request has no key in its headers, and a body that may carry one. */
export const mayBeKeyed = (request: IncomingMessage) =>
  request.headers.authorization === undefined && contentTypeOf(request).type === MEDIA_TYPE;

/** Creates a reader of bodies that carry their key. It throws Problem 400, 408, 413 or 503. */
export function createKeyedBodyReader(): (request: IncomingMessage, response: ServerResponse) => Promise<KeyedBody> {
  const readJson = createJsonReader(LIMITS, MEDIA_TYPE);
  return async (request, response) => {
    let bytes = 0;
    const body = await readJson(request, response, ({ length }) => {
      bytes = length;
      return undefined;
    });
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return { key: undefined, value: body, bytes };
    const { key, ...value } = body as Record<string, unknown>;
    return { key, value, bytes };
  };
}
