import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problem } from './problem.ts';

/** The body as it was before compression. A stream, so nothing is held that is not wanted. */
export function bodyStream(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip') throw new Problem(415, 'Content-Encoding must be gzip, or left out.');
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

/** Reads a request's JSON body, which counts as held until its `response` is done. */
export type ReadJson = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

export interface JsonReaderOptions {
  /** bytes of one body, counted after decompression; beyond it: `413` */
  limit: number;
  /** bytes of all bodies held at once, so that many large ones cost their senders a moment and not the process its life; beyond it: `503` */
  mostBytes: number;
}

export function createJsonReader({ limit, mostBytes }: JsonReaderOptions): ReadJson {
  let held = 0;
  return async (request, response) => {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') throw new Problem(415, 'Content-Type must be application/json.');
    let own = 0;
    response.on('close', () => {
      held -= own;
    });
    const bytes = await readBytes(request, (size) => {
      if (size > limit) {
        const close = { headers: { connection: 'close' } };
        throw new Problem(413, `The body may be ${limit} bytes at most; send several smaller ones.`, close);
      }
      held += size - own;
      own = size;
      if (held > mostBytes)
        throw new Problem(
          503,
          'Too many large bodies are coming in at once. Send it again, under the same id.',
          {
            headers: { 'retry-after': '1', connection: 'close' },
          },
        );
    });
    return parseJson(bytes);
  };
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes))
    throw new Problem(400, 'The body is not JSON in UTF-8: it holds bytes that are not UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Problem(400, `The body is not JSON in UTF-8: ${(error as Error).message.slice(0, 200)}`);
  }
}

/**
 * By events, since iterating over a stream costs several times as much for a body that comes in one piece. `grow` is told
 * the size so far, and may throw.
 */
function readBytes(request: IncomingMessage, grow: (size: number) => void): Promise<Buffer> {
  const body = bodyStream(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: unknown) => {
      body.off('data', take);
      // Nothing more is inflated of a body that is refused.
      if (body !== request) body.destroy();
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
    const cut = () => {
      if (body.readableEnded) return;
      fail(
        new Problem(400, 'The body could not be read to its end; is it gzip, as its Content-Encoding says?'),
      );
    };
    body.on('data', take);
    body.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    body.on('error', cut);
    body.on('close', cut);
  });
}
