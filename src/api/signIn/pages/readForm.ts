import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { contentEncodingOf } from '../../http/contentEncoding.ts';
import { contentTypeOf } from '../../http/contentType.ts';
import { Problem } from '../../http/problem.ts';

/** Max bytes of a form. */
const MAX_BYTES = 8 * 1024;

export type FormFields = Partial<Record<string, string | string[]>>;

/**
 * The fields of a posted form. A field that occurs twice is a list, which schemas refuse.
 *
 * @throws Problem 415 for another media type; 413 for more than 8 KiB
 */
export async function readForm(request: IncomingMessage): Promise<FormFields> {
  if (contentTypeOf(request).type !== 'application/x-www-form-urlencoded')
    throw new Problem(415, 'Content-Type must be application/x-www-form-urlencoded.');
  if (contentEncodingOf(request) !== 'identity')
    throw new Problem(415, 'A form must not be compressed: leave Content-Encoding out.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BYTES)
      throw new Problem(413, `A form may have ${MAX_BYTES} bytes at most.`, { headers: { connection: 'close' } });
    chunks.push(chunk);
  }
  return { ...parse(Buffer.concat(chunks).toString('utf8')) };
}
