import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** Max characters of an unknown encoding that the error repeats. */
const MAX_SHOWN = 40;

/**
 * How a body is compressed (RFC 9110, section 8.4). `x-gzip` is gzip; an empty header and `identity` are no compression.
 *
 * Only gzip is taken: a decoder of brotli may hold 16 MiB for each body, and clients disagree about the format of `deflate`.
 *
 * @throws Problem 415 for another encoding, or for several
 */
export function contentEncodingOf({ headers }: IncomingMessage): 'gzip' | 'identity' {
  const header = headers['content-encoding'];
  if (header === undefined) return 'identity';
  const encodings = header
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  const [encoding, ...more] = encodings;
  if (encoding === undefined) return 'identity';
  if (more.length === 0 && (encoding === 'gzip' || encoding === 'x-gzip')) return 'gzip';
  const name = /^[\w-]+$/.test(encoding) ? ` ${encoding.slice(0, MAX_SHOWN)}` : '';
  const refused =
    more.length > 0 ? 'A body may be compressed once only.' : `Bodies with the Content-Encoding${name} are not read.`;
  throw new Problem(415, `${refused} Compress the body with gzip, or send it as it is without Content-Encoding.`, {
    headers: { 'accept-encoding': 'gzip' },
  });
}
