import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores, type OwnStores, ownStores } from '../../support/stores/stores.ts';

let stores: OwnStores;
let running: TestService;
let connection: Redis;

beforeAll(async () => {
  stores = await ownStores();
  running = await startTestService(
    { ...isolatedStores(), redisUrl: stores.redis.url },
    { BACKLOG_LIMIT_MB: '16', OVERFLOW_LIMIT_MB: '11', ORG_SHARE_PER_SECOND: '1' },
  );
  connection = new Redis(stores.redis.url);
}, 60_000);
afterAll(async () => {
  await running?.stop();
  connection?.disconnect();
  await stores.stop();
}, 30_000);

const post = () => running.call('POST', '/v1/feedback', { body: { overallRating: 3 } });

const ofOrg = (orgId: string) => ({ orgId, overallRating: 3 });
const postBatch = (feedback: unknown[]) => running.call('POST', '/v1/feedback/batch', { body: { feedback } });

async function postUntil(status: number) {
  for (;;) {
    const answer = await post();
    if (answer.status === status) return answer;
    await sleep(50);
  }
}

describe('a backlog over BACKLOG_LIMIT_MB', () => {
  it('refuses feedback with 429 and Retry-After, counts the refusals, and ends by itself', async () => {
    expect((await post()).status).toBe(202);
    await connection.set('ballast', Buffer.alloc(24 * 1024 * 1024));
    const { headers, body } = await postUntil(429);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ status: 429, title: 'Too many requests' });
    // Reading goes on.
    expect((await running.call('GET', '/v1/summary')).status).toBe(200);
    const metrics = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/^feedback_refused_total\{reason="backlog"\} [1-9]/m);
    await connection.del('ballast');
    await postUntil(202);
  });
});

describe('a backlog over OVERFLOW_LIMIT_MB', () => {
  it('refuses overflow only', async () => {
    expect((await postBatch(Array.from({ length: 100 }, () => ofOrg('flood')))).status).toBe(202);
    await connection.set('ballast', Buffer.alloc(9.5 * 1024 * 1024));
    for (;;) {
      const { status, headers } = await running.call('POST', '/v1/feedback', { body: ofOrg('flood') });
      if (status === 429) {
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        break;
      }
      await sleep(50);
    }
    expect((await running.call('POST', '/v1/feedback', { body: ofOrg('calm') })).status).toBe(202);
    const mixed = await postBatch([ofOrg('calm'), ofOrg('flood')]);
    expect(mixed).toMatchObject({
      status: 207,
      body: { results: [{ status: 'accepted' }, { status: 'refused', problem: { status: 429 } }] },
    });
    expect((await postBatch([ofOrg('flood'), ofOrg('flood')])).status).toBe(429);
    const metrics = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/^feedback_backlog_bytes\{kind="overflow_limit"\} 11534336$/m);
  });

  it('is not revealed to the key of another org', async () => {
    const { key } = await createAccessKey(running.models, { scope: 'ingest', orgId: 'curious' });
    await running.service.refreshKeys();
    for (const orgId of ['flood', 'nobody'])
      expect((await running.call('POST', '/v1/feedback', { key, body: ofOrg(orgId) })).status).toBe(403);
  });

  it('reserves room for a client with a key at the time of its Retry-After, and for no other client', async () => {
    const flood = (key?: string) =>
      running.call('POST', '/v1/feedback', {
        body: ofOrg('flood'),
        ...(key && { headers: { 'idempotency-key': key } }),
      });
    // The backlog falls, by what tells how fast it does.
    await connection.set('more ballast', Buffer.alloc(512 * 1024));
    await sleep(1_100);
    await connection.del('more ballast');
    await sleep(1_100);
    expect((await flood()).status).toBe(429);
    const refused = await flood('waits');
    expect(refused.status).toBe(429);
    await sleep(1_000 * Number(refused.headers.get('retry-after')));
    expect((await flood('another')).status).toBe(429);
    expect((await flood('waits')).status).toBe(202);
    expect((await flood()).status).toBe(429);
  });
});
