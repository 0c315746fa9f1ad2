import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { contentEncodingOf } from './contentEncoding.ts';
import { contentTypeOf, requireUtf8 } from './contentType.ts';
import { parseJson, WrongJson } from './parseJson.ts';
import { Problem } from './problem.ts';

/** The body, decompressed, as a stream. `limit`: max bytes before decompression, as some gzip inflates to nothing. */
export function bodyStream(request: IncomingMessage, limit: number): Readable {
  if (contentEncodingOf(request) === 'identity') return request;
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > limit) gunzip.destroy(tooLarge(limit));
  });
  return request.pipe(gunzip);
}

/** Chunks of a body, up to a limit of bytes after decompression. Beyond it, decompression stops. */
export async function* limitBytes(limit: number, body: Readable): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // Destroying the request would close the connection before the response.
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
  return new Problem(413, `The body is over ${limit} bytes; send several smaller ones.`, close);
}

/**
 * Reads the JSON body of a request, whose bytes count as held until its response is closed. `inspect` gets the bytes before
 * they are parsed; it may throw or delay.
 */
export type ReadJson = (
  request: IncomingMessage,
  response: ServerResponse,
  inspect?: (bytes: Buffer) => Promise<void> | undefined,
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

/** `type`: the media type that the body must have */
export function createJsonReader(
  { maxBytes = MAX_BYTES, maxHeldBytes = MAX_BODIES_HELD * maxBytes, maxMs = MAX_MS }: BodyLimits = {},
  type = 'application/json',
): ReadJson {
  let heldBytes = 0;
  return async (request, response, inspect) => {
    const contentType = contentTypeOf(request);
    if (contentType.type !== type) throw new Problem(415, `Content-Type must be ${type}, in UTF-8.`);
    requireUtf8(contentType, 'JSON');
    let ownBytes = 0;
    response.on('close', () => {
      heldBytes -= ownBytes;
    });
    const bytes = await readBytes(bodyStream(request, maxBytes), maxMs, (size) => {
      if (size > maxBytes) throw tooLarge(maxBytes);
      heldBytes += size - ownBytes;
      ownBytes = size;
      if (heldBytes > maxHeldBytes)
        throw new Problem(503, 'Too many large bodies are arriving at once. Send it again, with the same id.', {
          headers: { 'retry-after': '1', connection: 'close' },
        });
    });
    const inspection = inspect?.(bytes);
    if (inspection) await inspection;
    try {
      return parseJson(bytes);
    } catch (error) {
      if (!(error instanceof WrongJson)) throw error;
      throw new Problem(400, `The body is not JSON in UTF-8: ${error.message}`);
    }
  };
}

/**
 * Reads by events, because iterating over a stream costs several times as much for a body of one chunk. `onSize` gets the
 * bytes so far, and may throw.
 */
function readBytes(body: Readable, maxMs: number, onSize: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      const close = { headers: { connection: 'close' } };
      fail(new Problem(408, `The body did not arrive within ${maxMs / 1000} seconds.`, close));
    }, maxMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      body.off('data', append);
      if (isInflater(body)) body.destroy();
      reject(error);
    };
    const append = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      try {
        onSize(size);
      } catch (error) {
        fail(error);
      }
    };
    const failIfIncomplete = (error?: unknown) => {
      if (body.readableEnded) return;
      const detail = 'The body is incomplete, or not gzip although its Content-Encoding says so.';
      fail(error instanceof Problem ? error : new Problem(400, detail));
    };
    body.on('data', append);
    body.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    body.on('error', failIfIncomplete);
    body.on('close', () => failIfIncomplete());
  });
}
