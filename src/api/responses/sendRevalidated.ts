import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonMessage } from '../http/sendJson.ts';

/** Headers for a cache of one reader, such as a browser's: it may keep the response, and asks before each use. */
const CACHING = { 'cache-control': 'private, no-cache', vary: 'Authorization, Cookie, Accept-Encoding' };

/**
 * Sends JSON with an entity tag, or 304 without a body if the client has this JSON already. The tag is weak (RFC 9110,
 * section 8.8.1), because it is the same for every compression.
 */
export function sendRevalidated(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const { headers, text } = jsonMessage(body, CACHING);
  const etag = `W/"${hash('sha256', text, 'base64url')}"`;
  if (isNamed(etag, request.headers['if-none-match'])) response.writeHead(304, { ...CACHING, etag }).end();
  else response.writeHead(200, { ...headers, etag }).end(text);
}

/**
 * Whether `If-None-Match` names the tag, by weak comparison. A `Cache-Control: no-cache` beside it is not heeded: `fetch`
 * adds it to every such request.
 */
function isNamed(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));
}
