import type { IncomingMessage } from 'node:http';
import { parse } from 'content-type';
import { Problem } from './problem.ts';

/** The media type of a body. */
export interface ContentType {
  /** in lower case, without parameters; empty if the header is missing */
  type: string;
  /** in lower case, as sent; undefined if none is given */
  charset: string | undefined;
}

const CHARSET = /^[\w.:+-]{1,40}$/;

/**
 * The `Content-Type` of a request (RFC 9110, section 8.3), read as leniently as clients write it: any case, quotes, a `;` at
 * the end. Parameters other than `charset` are ignored.
 *
 * @throws Problem 415 for a repeated header, or a charset that is no name
 */
export function contentTypeOf({ headers }: IncomingMessage): ContentType {
  const header = headers['content-type'] ?? '';
  const { type, parameters, index } = parse(header, { comma: true });
  // The server joins repeated headers by a comma. A proxy may have read another one of them.
  if (index < header.length) throw new Problem(415, 'Content-Type must be given once, as one media type.');
  if (!parameters.charset) return { type, charset: undefined };
  const charset = parameters.charset.replace(/^'(.*)'$/, '$1').toLowerCase();
  if (!CHARSET.test(charset))
    throw new Problem(415, 'The charset in Content-Type is no name of an encoding. Name it, such as charset=utf-8.');
  return { type, charset };
}

/** ASCII is a part of UTF-8. */
const UTF_8 = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii', 'unicode-1-1-utf-8', 'x-unicode20utf8']);

/** @throws Problem 415 for a charset other than UTF-8. `what`: the name of such bodies, such as JSON. */
export function requireUtf8({ charset }: ContentType, what: string): void {
  if (charset === undefined || UTF_8.has(charset)) return;
  throw new Problem(
    415,
    `Content-Type says charset=${charset}, but ${what} is read as UTF-8 only. Send it in UTF-8, and leave charset out.`,
  );
}
