import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type IngestOptions, ingestRoutes } from '../../../src/api/ingest/ingestRoutes.ts';
import { createRateLimits } from '../../../src/api/rateLimits.ts';
import { createRequestPipeline } from '../../../src/api/requestPipeline.ts';
import { type AdmittedTraffic, createAdmission } from '../../../src/ingest/overload/admission.ts';
import { createFairShare } from '../../../src/ingest/overload/fairShare.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { effectiveSettings } from '../../../src/models/settings/settings.ts';

let server: Server;
let recorded: AdmittedTraffic[];

/** The routes by themselves, with a queue that accepts everything. */
beforeEach(async () => {
  recorded = [];
  const admission = createAdmission({ all: 2 ** 30, overflow: 2 ** 29 });
  const caller = { id: 'k', scope: 'ingest', orgId: null } as const;
  const none = { 'key-reads': null, 'key-posts': null, 'key-records': null };
  const limits = createRateLimits({
    quotas: { ...none, 'org-reads': null, 'org-posts': null, 'org-records': null },
  });
  const pseudonym = (userId: string) => userId;
  const routes = ingestRoutes({
    admission: { ...admission, recordAdmitted: (traffic) => recorded.push(traffic) },
    groupCommit: { add: async () => {}, drain: async () => {} },
    storedFeedback: { findAcceptedBefore: async () => new Set<string>(), isKeyStored: async () => false },
    shares: createFairShare({ perSecond: 1 }),
    limits,
    settings: { of: () => effectiveSettings() },
    pseudonym,
    metrics: createMetrics(),
    importBytes: 2 ** 20,
  } satisfies IngestOptions);
  const serveRoute = createRequestPipeline({
    authentication: {
      authenticate: () => caller,
      authenticateByBody: () => caller,
      requireSession: () => caller,
      authorize: () => caller,
    },
    keys: { hasOrigin: () => false },
    limits,
    pseudonym,
    addressOf: () => null,
  });
  server = createServer((request, response) => {
    const route = routes.find(({ path }) => path === request.url)!;
    void serveRoute(route)(request, response, {});
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterEach(() => void server.close());

async function send(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/feedback${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json', ...headers },
    body,
  });
  expect(answer.status).toBe(202);
  return recorded.at(-1)!;
}

const ONE = JSON.stringify({ orgId: 'a', overallRating: 3, improvements: 'Make it faster. '.repeat(100) });
describe('the recorded size of an admitted request', () => {
  it('is the length of the decompressed body', async () => {
    const body = `{"feedback":[${ONE}]}`;
    const plain = await send('/batch', body);
    expect(plain.sentBytes).toBe(body.length);
    expect(plain.bytes).toBeGreaterThan(body.length);
    expect(await send('/batch', gzipSync(body), { 'content-encoding': 'gzip' })).toEqual(plain);
  });

  it('is at most the estimated memory in Redis, since a body can be padded', async () => {
    const { bytes, sentBytes } = await send('', ONE.replace('{', `{${' '.repeat(100_000)}`));
    expect(sentBytes).toBe(bytes);
    expect(bytes).toBeLessThan(20_000);
  });

  it('is 0 for an import, since its size is not known', async () => {
    const { bytes, sentBytes } = await send('/import', ONE, { 'content-type': 'application/x-ndjson' });
    expect(bytes).toBeGreaterThan(ONE.length);
    expect(sentBytes).toBe(0);
  });
});
