import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createHttpServer } from '../../src/api/http/createHttpServer.ts';
import { problemOf, sendProblem } from '../../src/api/http/problem.ts';
import { createJsonReader } from '../../src/api/http/readBody.ts';
import { sendJson } from '../../src/api/http/sendJson.ts';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/service/startService.ts';
import { answersTo, openSocket } from '../support/rawHttp.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let running: TestService;
let url: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  url = running.service.apiUrl!;
});
afterAll(() => running.stop());

const BODY = '{"overallRating":4}';
const HIDDEN = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers: string[], body = BODY) =>
  [
    'POST /v1/feedback HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${KEYS.ingest}`,
    'Content-Type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n');
const length = (body: string) => `Content-Length: ${body.length}`;
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

async function medianGet(tries: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < tries; n++) {
    const started = performance.now();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(tries / 2)]!;
}

describe('request smuggling', () => {
  it('is not suspected in valid requests, with a length or in chunks', async () => {
    // The server closes the connection after the last answer, so the test needn't guess how long that takes.
    const patiently = { silentMs: 10_000 };
    const last = HIDDEN.replace('Host: x', 'Host: x\r\nConnection: close');
    expect((await answersTo(url, post([length(BODY)]) + last, patiently)).statuses).toEqual([202, 200]);
    const inChunks = post(['Transfer-Encoding: chunked', 'Connection: close'], chunked(BODY));
    expect((await answersTo(url, inChunks, patiently)).statuses).toEqual([202]);
  });

  it.each([
    ['a length and chunks', post([length(BODY), 'Transfer-Encoding: chunked'], chunked(BODY))],
    ['chunks and a length', post(['Transfer-Encoding: chunked', length(BODY)], chunked(BODY))],
    [
      'a length too small beside chunks',
      post(['Content-Length: 3', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`),
    ],
    ['two lengths', post([length(BODY), `Content-Length: ${BODY.length + HIDDEN.length}`], BODY + HIDDEN)],
    ['one length twice', post([length(BODY), length(BODY)])],
    ['a list of lengths', post([`Content-Length: ${BODY.length}, ${BODY.length}`])],
    ['a length with a sign', post([`Content-Length: +${BODY.length}`])],
    ['a negative length', post(['Content-Length: -1'])],
    ['a length in hexadecimal', post([`Content-Length: 0x${BODY.length.toString(16)}`])],
    ['a length beyond 2^64', post(['Content-Length: 99999999999999999999999'])],
    ['an unknown coding', post(['Transfer-Encoding: xchunked', length(BODY)])],
    ['chunked that is not last', post(['Transfer-Encoding: chunked, identity'], chunked(BODY))],
    ['chunked twice', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked(BODY))],
    ['a space before the colon', post([`Content-Length : ${BODY.length}`])],
    ['a folded header', post(['X-Folded: a', ` Transfer-Encoding: chunked`, length(BODY)])],
    ['a line feed alone', post(['X-A: a\nTransfer-Encoding: chunked', length(BODY)])],
    ['a carriage return alone', post(['X-A: a\rTransfer-Encoding: chunked', length(BODY)])],
    ['NUL in a header', post(['X-A: a\0b', length(BODY)])],
    ['an invalid chunk size', post(['Transfer-Encoding: chunked'], `zz\r\n${BODY}\r\n0\r\n\r\n`)],
    [
      'a chunk size with a space',
      post(['Transfer-Encoding: chunked'], `${BODY.length.toString(16)} 0\r\n${BODY}\r\n0\r\n\r\n`),
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['an unknown version', 'GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['an unknown method', 'GOT /healthz HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('is refused, and the connection is closed: %s', async (_, bytes) => {
    const { statuses, text, closed } = await answersTo(url, bytes + HIDDEN);
    expect(statuses).toEqual([400]);
    expect(closed).toBe(true);
    expect(text).toMatch(/content-type: application\/problem\+json\r\n/i);
    expect(text).not.toMatch(/HPE_|\bat .*:\d+|node:/);
  });
});

describe('headers', () => {
  it('are refused if they are duplicated, rather than read as the first of the two', async () => {
    const two = (extra: string) => post([extra, length(BODY)]);
    expect((await answersTo(url, two('Content-Type: text/plain'))).statuses).toEqual([415]);
    expect((await answersTo(url, two(`Authorization: Bearer ${KEYS.read}`))).statuses).toEqual([401]);
    expect((await answersTo(url, two('Content-Encoding: gzip\r\nContent-Encoding: gzip'))).statuses).toEqual([415]);
    const ids = two('Idempotency-Key: a\r\nIdempotency-Key: b');
    expect((await answersTo(url, ids)).statuses).toEqual([400]);
  });

  it('are refused if they are too large or too many', async () => {
    const large = `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect((await answersTo(url, large)).statuses).toEqual([431]);
    const many = `GET /healthz HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(200)}\r\n`;
    expect((await answersTo(url, many)).statuses).toEqual([431]);
    const long = `GET /healthz?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect((await answersTo(url, long)).statuses).toEqual([431]);
  });

  it('of responses contain nothing from the request', async () => {
    for (const path of [
      '/v1/feedback/a%0d%0aSet-Cookie:x=y',
      '/v1/experiments/a%0d%0aSet-Cookie:x=y',
      '/nowhere%0d%0aSet-Cookie:x=y',
      '/v1/summary?orgId=a%0d%0aSet-Cookie:x=y',
    ]) {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${KEYS.read}` } });
      expect([...answer.headers.keys()]).not.toContain('set-cookie');
      expect(JSON.stringify([...answer.headers])).not.toContain('x=y');
    }
  });
});

it('writes one log line per event, whatever the request contains', async () => {
  const stores = isolatedStores();
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const config = readConfig({
    PORT: '0',
    METRICS_PORT: '0',
    QUEUE_PREFIX: stores.prefix,
    BOOTSTRAP_ADMIN_KEY: KEYS.admin,
  });
  const service = await startService({ config, stores, roles: { api: true, worker: true }, log });
  try {
    const forged = 'x\r\n{"level":60,"msg":"forged"}\n\u2028\u001b[31m';
    const headers = { authorization: `Bearer ${KEYS.admin}`, 'content-type': 'application/json' };
    const body = { id: 'a', overallRating: 3, orgId: 'acme', improvements: forged, [forged]: 1 };
    for (const sent of [JSON.stringify(body), forged, JSON.stringify({ ...body, [forged]: undefined })])
      await fetch(`${service.apiUrl}/v1/feedback`, { method: 'POST', headers, body: sent });
    await fetch(`${service.apiUrl}/v1/feedback/${encodeURIComponent(forged)}`, { headers });
    await fetch(`${service.apiUrl}/v1/feedback?cursor=${encodeURIComponent(forged)}`, { headers });
    await answersTo(service.apiUrl!, `GET /a\nforged HTTP/1.1\r\n\r\n`);
    log.error({ err: new Error(forged) }, forged);
  } finally {
    await service.stop();
  }
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line.trimEnd()).not.toMatch(/[\n\r]/);
    expect(line).not.toContain('\u001b');
    expect(JSON.parse(line).msg).not.toBe('forged');
  }
});

describe('paths', () => {
  it.each([
    ['/%', 404],
    ['/v1/orgs/%zz/summary', 400],
    ['/v1/orgs/%ff/summary', 400],
    ['/v1/orgs/%00/summary', 400],
    ['/v1/orgs/a%20b/summary', 400],
    ['/v1/orgs/%0a/summary', 400],
    [`/v1/orgs/${'a'.repeat(129)}/summary`, 400],
    ['/v1/themes/a.b/quotes', 400],
    ['/v1/themes/$where/quotes', 400],
    ['/v1/experiments/%00', 400],
    [`/v1/experiments/${'x'.repeat(5_000)}`, 400],
    ['/v1/feedback/%00', 404],
    ['/v1/feedback/../summary', 200],
    ['/v1//summary', 404],
    ['//v1/summary', 404],
    ['/V1/SUMMARY', 404],
    ['/v1/summary/', 404],
    ['/v1/%73ummary', 404],
    ['/__proto__', 404],
    ['/v1/orgs/__proto__/summary', 200],
    ['/v1/summary?__proto__=1', 400],
    ['/v1/summary?orgId[$ne]=x', 400],
    ['/v1/summary?orgId=a&orgId=b', 400],
    ['/v1/feedback?willingToPay=%00', 400],
    ['/v1/feedback?willingToPay=(%2b%2b*', 200],
    ['/v1/feedback?tag=%00', 400],
    ['/v1/feedback?theme=$where', 400],
    ['/v1/users?rank=shortfall&theme=(', 400],
    ['/v1/users?rank=shortfall&theme=(a%2b)%2b!', 400],
    ['/v1/users?rank=shortfall&theme=a]', 400],
    ['/v1/users?willingToPay=[[', 200],
    ['/v1/feedback?limit=1e2', 400],
    ['/v1/feedback?limit=0x10', 400],
    ['/v1/feedback?limit=', 400],
    ['/v1/feedback?limit=9007199254740993', 400],
    ['/v1/feedback?from=275760-09-14', 400],
    ['/v1/feedback?from=%2b275760-09-14T00:00:00Z', 400],
    ['/v1/feedback?to=9999-12-31T23:59:59-14:00', 200],
    ['/v1/feedback?from=0000-01-01&to=9999-12-31', 200],
    ['/v1/summary?from=0000-01-01&to=9999-12-31', 200],
    ['/v1/users/u/summary?from=0000-01-01&to=9999-12-31', 200],
    ['/v1/discovery?to=0000-01-01', 200],
    ['/v1/emerging?on=0000-01-01', 200],
    ['/v1/emerging?on=9999-12-31', 200],
    ['/v1/trend?from=0000-01-01&to=0000-01-02', 200],
    ['/v1/trend?from=0000-01-01&to=0000-01-20&interval=week', 200],
    ['/v1/trend?to=0001-01-01&interval=month', 200],
    ['/v1/trend?from=0050-01-01&to=0050-12-31&interval=month', 200],
    ['/v1/discovery?from=0000-01-01&to=0000-01-02', 200],
    ['/v1/trend?from=9999-12-01&to=9999-12-31&interval=week', 200],
    ['/v1/trend?from=9999-12-30&to=9999-12-31&interval=month', 200],
  ])('and forged queries get their documented status: %s', async (path, expected) => {
    const { text, statuses } = await answersTo(
      url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEYS.read}\r\nConnection: close\r\n\r\n`,
      { silentMs: 5_000 },
    );
    if (path.includes('..')) expect(statuses[0]).toBeLessThan(500);
    else expect([path, statuses, text.slice(-300)]).toEqual([path, [expected], expect.anything()]);
  });
});

describe('slow clients', () => {
  let server: Server;
  let slow: string;
  const readJson = createJsonReader({ maxBytes: 1_000_000, maxHeldBytes: 1_000_000, maxMs: 500 });
  const MUCH = 'x'.repeat(16 * 1024 * 1024);
  beforeAll(async () => {
    server = createHttpServer(
      (request, response) => {
        if (request.method === 'GET') sendJson(response, 200, MUCH);
        else
          readJson(request, response).then(
            () => sendJson(response, 200, {}),
            (error) => sendProblem(response, problemOf(error)),
          );
      },
      { headersMs: 500, requestMs: 1_500, idleMs: 1_000, checkMs: 100, connections: 50 },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    slow = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['nothing at all', ''],
    ['no end of headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: '],
    ['no end of a body', `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length(BODY)}\r\n\r\n{`],
  ])('that send %s get 408 and are disconnected', async (_, bytes) => {
    const started = performance.now();
    const socket = openSocket(slow);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(bytes);
    const drip = setInterval(() => bytes !== '' && socket.write(' '), 200);
    await once(socket, 'close');
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*application\/problem\+json/);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('that do not read their answer are disconnected', async () => {
    const socket = openSocket(slow);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [other] = (await once(server, 'connection')) as [NodeJS.EventEmitter];
    const started = performance.now();
    await once(other, 'close');
    expect(performance.now() - started).toBeLessThan(4_000);
    socket.destroy();
  });

  it('hold no more connections than allowed', async () => {
    const sockets = Array.from({ length: 80 }, () => openSocket(slow));
    const closed = await Promise.race([
      Promise.all(sockets.slice(50).map((socket) => once(socket, 'close'))).then(() => true),
      sleep(450).then(() => false),
    ]);
    expect(closed).toBe(true);
    for (const socket of sockets) socket.destroy();
  });

  it('are disconnected by the running service, too', async () => {
    const socket = openSocket(url).resume();
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ');
    const started = performance.now();
    await once(socket, 'close');
    expect(performance.now() - started).toBeLessThan(14_000);
  }, 20_000);
});

it('serves others while 10,000 connections are idle', async () => {
  const quiet = await medianGet(50);
  const child = spawn(process.execPath, [join('test', 'hostile', 'idleConnections.js'), url, '10000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const open = Number(/^(\d+) open/.exec(line)?.[1]);
    // The machine's limits may allow fewer than 10,000.
    expect(open).toBeGreaterThan(1_000);
    if (open < 10_000) process.stderr.write(`only ${open} connections could be opened here\n`);
    const busy = await medianGet(50);
    expect((await running.call('POST', '/v1/feedback', { body: { overallRating: 4 } })).status).toBe(202);
    expect(busy / quiet).toBeLessThan(10);
  } finally {
    child.kill('SIGKILL');
  }
}, 60_000);

describe('a connection', () => {
  it('stays open longer than those of load balancers, and says for how long', async () => {
    expect((await fetch(`${url}/healthz`)).headers.get('keep-alive')).toBe('timeout=65');
  });
});
