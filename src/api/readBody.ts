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
  const chunks: Buffer[] = [];
  let size = 0;
  const body = bodyStream(request);
  try {
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > limit)
        throw new Problem(413, `The body may be ${limit} bytes at most; send several smaller ones.`, {
          headers: { connection: 'close' },
        });
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      400,
      'The body could not be read to its end; is it gzip, as its Content-Encoding says?',
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    throw new Problem(400, `The body is not JSON in UTF-8: ${(error as Error).message.slice(0, 200)}`);
  }
}
