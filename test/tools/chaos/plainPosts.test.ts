import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPlainPosts, type PlainPosts } from '../../../tools/chaos/overload/plainPosts.ts';

interface Seen {
  key: string | undefined;
  type: string | undefined;
  body: string;
}

let server: Server;
let posts: PlainPosts;
let seen: Seen[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { 'idempotency-key': key, 'content-type': type } = request.headers;
    seen.push({ key: key as string | undefined, type, body });
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  posts = createPlainPosts({
    url: `http://127.0.0.1:${port}/v1/feedback/batch`,
    headers: { 'content-type': 'application/json' },
    connections: 2,
  });
});
afterEach(() => {
  posts.close();
  server.closeAllConnections();
  server.close();
});

const body = Buffer.from('{"feedback":[]}');
const accept = (response: ServerResponse) => response.writeHead(202, { 'content-length': 2 }).end('{}');

describe('plain posts', () => {
  it('arrive as they were sent, and return the status and Retry-After of the answer', async () => {
    answer = (response) => response.writeHead(429, { 'Retry-After': '17', 'content-length': 3 }).end('no\n');
    expect(await posts.send('a', body)).toEqual({ status: 429, retryAfterMs: 17_000 });
    answer = accept;
    expect(await posts.send('b', body)).toEqual({ status: 202, retryAfterMs: 0 });
    const read = { type: 'application/json', body: `${body}` };
    expect(seen).toEqual([
      { key: 'a', ...read },
      { key: 'b', ...read },
    ]);
  });

  it('wait for the end of an answer that comes in pieces', async () => {
    answer = (response) => {
      response.writeHead(202, { 'content-length': 6 }).write('abc');
      setTimeout(() => response.end('def'), 20);
    };
    const both = [posts.send('a', body), posts.send('b', body), posts.send('c', body)];
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([202, 202, 202]);
  });

  it('use no more connections than allowed', async () => {
    const ports = new Set<number | undefined>();
    answer = (response, { socket }) => {
      ports.add(socket.remotePort);
      accept(response);
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => posts.send(`${n}`, body)));
    expect(seen).toHaveLength(50);
    expect(ports.size).toBe(2);
  });

  it('return status 0 without an answer, and continue on a new connection', async () => {
    answer = (response) => response.destroy();
    const lost = Array.from({ length: 5 }, (_, n) => posts.send(`${n}`, body));
    expect((await Promise.all(lost)).map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    answer = accept;
    expect((await posts.send('after', body)).status).toBe(202);
  });
});
