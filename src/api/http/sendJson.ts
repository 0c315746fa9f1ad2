import type { ServerResponse } from 'node:http';

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const { headers: all, text } = jsonMessage(body, headers);
  response.writeHead(status, all).end(text);
}

/** JSON as text with its headers, which keep a browser from rendering, running or caching it. */
export function jsonMessage(body: unknown, headers: Record<string, string>) {
  const text = JSON.stringify(body);
  return {
    text,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  };
}

/** `type`: a media type, without its charset */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response
    .writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
