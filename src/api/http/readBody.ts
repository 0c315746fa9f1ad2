import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseJson, WrongJson } from './parseJson.ts';
import { Problem } from './problem.ts';

/** The media type of a body, in lower case; empty where there is none, or one in another charset than UTF-8. */
export function mediaTypeOf(request: IncomingMessage): string {
  const type = request.headers['content-type'] ?? '';
  return (
    /^\s*([^\s;,]+)\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?$/i.exec(type)?.[1]?.toLowerCase() ?? ''
  );
}

/**
 * The body as it was before compression. A stream, so nothing is held that is not wanted. `limit`: bytes as they are sent,
 * since what inflates to nothing costs as well.
 */
export function bodyStream(request: IncomingMessage, limit: number): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip') throw new Problem(415, 'Content-Encoding must be gzip, or left out.');
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > limit) gunzip.destroy(tooLarge(limit));
  });
  return request.pipe(gunzip);
}

/** Chunks of a body up to a limit, counted after decompression; nothing more is inflated of one that is over it. */
export async function* limitBytes(limit: number, body: Readable): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // A request is not let go with its body: it is still to be answered.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      yield chunk;
    }
  } finally {
    if (isInflater(body)) body.destroy();
  }
}

const isInflater = (body: Readable) => !('httpVersion' in body);

function tooLarge(limit: number): Problem {
  const close = { headers: { connection: 'close' } };
  return new Problem(413, `The body may be ${limit} bytes at most; send several smaller ones.`, close);
}

/**
 * Reads a request's JSON body, which counts as held until its `response` is done. `look` sees it before it is parsed; it may
 * throw, and may have it wait.
 */
export type ReadJson = (
  request: IncomingMessage,
  response: ServerResponse,
  look?: (bytes: Buffer) => Promise<void> | undefined,
) => Promise<unknown>;

/** Limits of a route's JSON body. */
export interface BodyLimits {
  /** Max bytes of one body, after decompression; more: 413. Default: 4 KiB. */
  maxBytes?: number;
  /** Max bytes of the route's bodies held at once; more: 503. Default: 64 times `maxBytes`. */
  maxHeldBytes?: number;
  /** Max ms until a body has arrived, so that slow senders hold no memory; later: 408. Default: 30 s. */
  maxMs?: number;
}

const MAX_BYTES = 4 * 1024;
const MAX_BODIES_HELD = 64;
const MAX_MS = 30_000;

export function createJsonReader({
  maxBytes = MAX_BYTES,
  maxHeldBytes = MAX_BODIES_HELD * maxBytes,
  maxMs = MAX_MS,
}: BodyLimits = {}): ReadJson {
  let held = 0;
  return async (request, response, look) => {
    if (mediaTypeOf(request) !== 'application/json')
      throw new Problem(415, 'Content-Type must be application/json, in UTF-8.');
    let own = 0;
    response.on('close', () => {
      held -= own;
    });
    const bytes = await readBytes(bodyStream(request, maxBytes), maxMs, (size) => {
      if (size > maxBytes) throw tooLarge(maxBytes);
      held += size - own;
      own = size;
      if (held > maxHeldBytes)
        throw new Problem(
          503,
          'Too many large bodies are coming in at once. Send it again, under the same id.',
          {
            headers: { 'retry-after': '1', connection: 'close' },
          },
        );
    });
    const wait = look?.(bytes);
    if (wait) await wait;
    try {
      return parseJson(bytes);
    } catch (error) {
      if (!(error instanceof WrongJson)) throw error;
      throw new Problem(400, `The body is not JSON in UTF-8: ${error.message}`);
    }
  };
}

/**
 * By events, since iterating over a stream costs several times as much for a body that comes in one piece. `grow` is told
 * the size so far, and may throw.
 */
function readBytes(body: Readable, maxMs: number, grow: (size: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      const close = { headers: { connection: 'close' } };
      fail(new Problem(408, `The body did not come to its end within ${maxMs / 1000} seconds.`, close));
    }, maxMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      body.off('data', take);
      // Nothing more is inflated of a body that is refused.
      if (isInflater(body)) body.destroy();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      try {
        grow(size);
      } catch (error) {
        fail(error);
      }
    };
    const cut = (error?: unknown) => {
      if (body.readableEnded) return;
      const what = 'The body could not be read to its end; is it gzip, as its Content-Encoding says?';
      fail(error instanceof Problem ? error : new Problem(400, what));
    };
    body.on('data', take);
    body.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    body.on('error', cut);
    body.on('close', () => cut());
  });
}
