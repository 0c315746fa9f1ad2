import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
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

/** Reads a JSON body of at most `limit` bytes, counted after decompression. */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Problem(415, 'Content-Type must be application/json.');
  const bytes = await readBytes(request, limit);
  if (!isUtf8(bytes))
    throw new Problem(400, 'The body is not JSON in UTF-8: it holds bytes that are not UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Problem(400, `The body is not JSON in UTF-8: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** By events, since iterating over a stream costs several times as much for a body that comes in one piece. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const body = bodyStream(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (problem: Problem) => {
      body.off('data', take);
      // Nothing more is inflated of a body that is refused.
      if (body !== request) body.destroy();
      reject(problem);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      const close = { headers: { connection: 'close' } };
      fail(new Problem(413, `The body may be ${limit} bytes at most; send several smaller ones.`, close));
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
