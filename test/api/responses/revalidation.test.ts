import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
let readRoutes: string[];
let acme: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  await send('acme', 1);
  await send('globex', 2);
  acme = (await createAccessKey(running.models, { scope: 'read', orgId: 'acme' })).key;
  await running.service.refreshKeys();
  const api = (await running.call('GET', '/openapi.json')).body as OpenApi;
  const ids = { orgs: 'acme', users: 'u-1', sessions: 's-1', feedback: 'f-1', themes: 'performance', experiments: 'e' };
  readRoutes = Object.entries(api.paths)
    .filter(([, { get }]) => get?.security[0]?.key?.[0] === 'read')
    .filter(([, { get }]) => get?.responses['200']?.content?.['application/json'] !== undefined)
    .map(([path]) => path.replace(/(\w+)\/\{\w+\}/g, (_, part: keyof typeof ids) => `${part}/${ids[part]}`));
});
afterAll(() => running.stop());

async function send(orgId: string, n: number) {
  const feedback = {
    id: `f-${n}`,
    orgId,
    userId: 'u-1',
    sessionId: 's-1',
    overallRating: n,
    improvements: 'It is slow.',
  };
  await running.call('POST', '/v1/feedback', { body: { ...feedback, experiment: 'e', variant: 'a' } });
  await running.stored(n);
}

const UNCOMPRESSED = { 'accept-encoding': 'identity' };

/** A response as it is sent, without the decoding that `fetch` does. */
function raw(path: string, headers: Record<string, string> = {}, key = KEYS.read, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const call = request(`${running.service.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    call.on('error', reject);
    call.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
    });
    call.end();
  });
}

describe('an answer that has not changed', () => {
  it('is 304 without a body on every read route, for a client that names its entity tag', async () => {
    expect(readRoutes.length).toBeGreaterThan(25);
    for (const path of readRoutes) {
      const first = await raw(path);
      expect([path, first.status, first.headers]).toEqual([
        path,
        200,
        expect.objectContaining({
          'cache-control': 'private, no-cache',
          etag: expect.stringMatching(/^W\/"[\w-]{20,}"$/),
          vary: expect.stringMatching(/^(?=.*Authorization)(?=.*Cookie)(?=.*Accept-Encoding)/),
        }),
      ]);
      const again = await raw(path, { 'if-none-match': String(first.headers.etag) });
      expect([path, again.status, again.body.length, again.headers.etag]).toEqual([path, 304, 0, first.headers.etag]);
      expect(again.headers['cache-control']).toBe('private, no-cache');
    }
  });

  it('is found in a list of tags, by strong and weak ones, with any compression, and by HEAD', async () => {
    const { etag } = (await raw('/v1/summary')).headers as { etag: string };
    for (const header of [`"other", ${etag}`, etag.slice(2), '*', ` W/"x" ,${etag}`])
      expect([header, (await raw('/v1/summary', { 'if-none-match': header })).status]).toEqual([header, 304]);
    expect((await raw('/v1/summary', { 'if-none-match': '"other"' })).status).toBe(200);
    const compressed = await raw('/v1/summary', { 'if-none-match': etag, 'accept-encoding': 'br' });
    expect(compressed.status).toBe(304);
    expect((await raw('/v1/summary', { 'if-none-match': etag }, KEYS.read, 'HEAD')).status).toBe(304);
  });

  it('is 304 for a program that uses fetch, which adds Cache-Control: no-cache', async () => {
    const { headers } = await running.call('GET', '/v1/summary');
    const again = await running.call('GET', '/v1/summary', { headers: { 'if-none-match': headers.get('etag')! } });
    expect([again.status, again.body]).toEqual([304, undefined]);
  });

  it('is told by what this reader gets, not by what another one gets', async () => {
    const everyone = await raw('/v1/summary');
    const own = await raw('/v1/summary', { 'if-none-match': String(everyone.headers.etag) }, acme);
    expect([own.status, JSON.parse(own.body.toString()).count]).toEqual([200, 1]);
    expect(own.headers.etag).not.toBe(everyone.headers.etag);
  });

  it('is sent again as soon as a figure differs', async () => {
    const before = await raw('/v1/orgs/acme/summary');
    await send('acme', 3);
    const after = await raw('/v1/orgs/acme/summary', { 'if-none-match': String(before.headers.etag) });
    expect([after.status, JSON.parse(after.body.toString()).count]).toEqual([200, 2]);
  });
});

describe('a large answer', () => {
  const large = '/v1/trend?from=2026-01-01&to=2026-06-30';

  it('is compressed as the client accepts it, and is the same text', async () => {
    const plain = await raw(large, UNCOMPRESSED);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(Number(plain.headers['content-length'])).toBe(plain.body.length);
    const gzip = await raw(large, { 'accept-encoding': 'gzip' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(gzip.body.length).toBeLessThan(plain.body.length / 5);
    const br = await raw(large, { 'accept-encoding': 'gzip, deflate, br' });
    expect(br.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    expect(gzip.headers.etag).toBe(plain.headers.etag);
  });

  it('is not compressed for a client that refuses it', async () => {
    for (const header of ['identity', 'gzip;q=0', 'zstd', ''])
      expect([header, (await raw(large, { 'accept-encoding': header })).headers['content-encoding']]).toEqual([
        header,
        undefined,
      ]);
  });
});

describe('what no cache may keep, and no compression may touch', () => {
  it('is every answer that may hold a secret, and every refusal', async () => {
    const headers = { 'accept-encoding': 'gzip, br' };
    const answers = [
      await raw('/v1/keys', headers, KEYS.admin),
      await raw('/v1/audit', headers, KEYS.admin),
      await raw('/v1/users/u-1/export', headers, KEYS.admin),
      await raw('/sign-in', headers),
      await raw('/v1/orgs?rank=nothing', headers),
      await raw('/v1/summary', headers, 'wrong'),
    ];
    for (const answer of answers)
      expect([answer.status, answer.headers['content-encoding'], answer.headers.etag]).toEqual([
        answer.status,
        undefined,
        undefined,
      ]);
    expect(answers.map(({ headers: { 'cache-control': caching } }) => caching)).toEqual(answers.map(() => 'no-store'));
    const made = await running.call('POST', '/v1/keys', { key: KEYS.admin, body: { scope: 'read' }, headers });
    expect([made.status, made.headers.get('content-encoding'), made.headers.get('cache-control')]).toEqual([
      201,
      null,
      'no-store',
    ]);
  });
});
