import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema } from '../../src/api/reading/readingSchemas.ts';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { type Connection, connectPromptly } from '../../src/queues/connect.ts';
import { createQuota, type Quota } from '../../src/queues/quota.ts';
import { freePort } from '../support/freePort.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores, ownStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

let running: TestService | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

function service(): TestService {
  if (!running) throw new Error('start it first');
  return running;
}

async function start(settings: Record<string, string>): Promise<void> {
  running = await startTestService(isolatedStores(), settings);
}

const keyOf = async (scope: 'ingest' | 'read', orgId?: string) => {
  const { key } = await createAccessKey(service().models, { scope, orgId });
  await service().service.refreshKeys();
  return key;
};
const read = (key = KEYS.read) => service().call('GET', '/v1/summary', { key });
const one = (orgId?: string, key = KEYS.ingest) =>
  service().call('POST', '/v1/feedback', { key, body: { overallRating: 4, orgId } });
const many = (count: number, orgId?: string, key = KEYS.ingest) =>
  service().call('POST', '/v1/feedback/batch', {
    key,
    body: { feedback: Array.from({ length: count }, () => ({ overallRating: 4, orgId })) },
  });

async function statuses(count: number, call: () => Promise<{ status: number }>): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < count; n++) seen.push((await call()).status);
  return seen;
}

describe('the limit of requests', () => {
  it('has a high default for reads, which its headers report; posts have none and no headers', async () => {
    await start({});
    const answer = await read();
    expect(answer.headers.get('ratelimit-policy')).toBe('"key-reads";q=30000;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"key-reads";r=29999;t=60$/);
    const sent = await one();
    expect([sent.status, sent.headers.get('ratelimit'), sent.headers.get('ratelimit-policy')]).toEqual([
      202,
      null,
      null,
    ]);
  });

  it('of a key refuses requests beyond it, of that key only', async () => {
    await start({ KEY_READS_PER_MINUTE: '5' });
    expect(await statuses(7, read)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = await read();
    expect(problemSchema.safeParse(refused.body).error?.issues).toBeUndefined();
    expect(refused.body.detail).toContain('key-reads (5 a minute)');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(50);
    expect(refused.headers.get('ratelimit')).toBe(`"key-reads";r=0;t=${seconds}`);
    expect([(await read(await keyOf('read'))).status, (await one()).status]).toEqual([200, 202]);
    const metrics = await (await fetch(`${service().service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/feedback_rate_limited_total\{quota="key-reads"\} 3\n/);
  });

  it('of an org counts the requests of all its keys', async () => {
    await start({ ORG_READS_PER_MINUTE: '4' });
    const [first, second, other] = [
      await keyOf('read', 'acme'),
      await keyOf('read', 'acme'),
      await keyOf('read', 'globex'),
    ];
    expect(await statuses(2, () => read(first))).toEqual([200, 200]);
    expect(await statuses(3, () => read(second))).toEqual([200, 200, 429]);
    expect([(await read(first)).status, (await read(other)).status]).toEqual([429, 200]);
    expect((await read(other)).headers.get('ratelimit-policy')).toBe('"key-reads";q=30000;w=60, "org-reads";q=4;w=60');
  });

  it('counts posts too, if it is configured', async () => {
    await start({ KEY_POSTS_PER_MINUTE: '3' });
    expect(await statuses(2, one)).toEqual([202, 202]);
    expect((await many(10)).status).toBe(202);
    expect([(await one()).status, (await many(1)).status, (await read()).status]).toEqual([429, 429, 200]);
  });

  it('does not reveal to a guesser that a key is valid', async () => {
    await start({ AUTH_FAILURES_PER_MINUTE: '1' });
    await read('wrong');
    const answer = await read();
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([429, null]);
  });
});

describe('the limit of records', () => {
  it('counts each feedback of a batch, and accepts as many as remain', async () => {
    await start({ KEY_RECORDS_PER_MINUTE: '10' });
    const first = await many(7);
    expect([first.status, first.headers.get('ratelimit')]).toEqual([202, expect.stringMatching(/^"key-records";r=3;/)]);
    const second = await many(5);
    expect([second.status, second.body.accepted, second.body.refused]).toEqual([207, 3, 2]);
    expect(second.body.results[4].problem).toMatchObject({ status: 429 });
    const third = await many(5);
    expect([third.status, Number(third.headers.get('retry-after')) > 50]).toEqual([429, true]);
    expect((await one()).status).toBe(429);
    await service().stored(10);
  });

  it('of an org counts the records of all its keys, and none of other orgs', async () => {
    await start({ ORG_RECORDS_PER_MINUTE: '6' });
    const bound = await keyOf('ingest', 'acme');
    expect((await many(4, 'acme')).status).toBe(202);
    expect((await many(4, undefined, bound)).body).toMatchObject({ accepted: 2, refused: 2 });
    expect([(await one('acme')).status, (await one(undefined, bound)).status]).toEqual([429, 429]);
    expect([(await one('globex')).status, (await one()).status]).toEqual([202, 202]);
  });

  it('stops an import when it is reached, and names the last settled line', async () => {
    await start({ KEY_RECORDS_PER_MINUTE: '600' });
    const answer = await service().call('POST', '/v1/feedback/import', {
      headers: { 'content-type': 'application/x-ndjson' },
      body: '{"overallRating":4}\n'.repeat(700),
    });
    expect([answer.status, Number(answer.headers.get('retry-after')) > 50]).toEqual([429, true]);
    expect(answer.body.detail).toContain('All lines up to line 500 are settled, 500 feedback accepted');
  });
});

describe('a quota', () => {
  let connection: Connection;
  const stores = isolatedStores();
  const quota = (limit: number, on = connection, name = 'tests'): Quota =>
    createQuota({ name, limit, connection: on, prefix: stores.prefix });
  const now = () => performance.now();

  beforeAll(async () => {
    connection = connectPromptly(stores.redisUrl, () => {});
    await until(() => connection.status === 'ready', 'Redis is connected');
  });
  afterAll(() => connection.disconnect());

  it('is shared by all processes, to within one synchronization', async () => {
    const [a, b] = [quota(100), quota(100)];
    expect(a.consume('acme', 60, now()).isGranted).toBe(true);
    expect(b.consume('acme', 30, now()).isGranted).toBe(true);
    await a.sync(now);
    await b.sync(now);
    expect(b.consume('acme', 11, now())).toMatchObject({ isGranted: false, remaining: 10 });
    expect(b.consume('globex', 100, now()).isGranted).toBe(true);
    expect(a.consume('acme', 10, now()).isGranted).toBe(true);
    await a.sync(now);
    expect(a.consume('acme', 1, now()).isGranted).toBe(false);
    const [key] = await connection.keys(`${stores.prefix}:quota:tests:acme`);
    expect(await connection.pttl(key!)).toBeGreaterThan(0);
  });

  it('consumes nothing for refusals, and is full again after its minute', () => {
    const one = quota(10);
    expect(one.consume('initech', 8, 0)).toEqual({ isGranted: true, remaining: 2, resetSeconds: 60 });
    expect(one.consume('initech', 3, 10_000)).toEqual({ isGranted: false, remaining: 2, resetSeconds: 50 });
    expect(one.consume('initech', 2, 59_999)).toMatchObject({ isGranted: true, remaining: 0 });
    expect(one.consume('initech', 1, 60_000)).toMatchObject({ isGranted: true, remaining: 9 });
  });

  it('holds, counted in this process, while Redis is away', async () => {
    const away = connectPromptly(`redis://127.0.0.1:${await freePort()}`, () => {});
    try {
      const one = quota(10, away);
      for (let round = 0; round < 5; round++) {
        expect(one.consume('acme', 2, now()).isGranted).toBe(true);
        await one.sync(now);
      }
      expect(one.consume('acme', 1, now()).isGranted).toBe(false);
      await one.sync(now);
      expect(one.consume('acme', 1, now()).isGranted).toBe(false);
    } finally {
      away.disconnect();
    }
  });

  it('holds while Redis is connected but does not answer', async () => {
    const own = await ownStores();
    const silent = connectPromptly(own.redis.url, () => {});
    await until(() => silent.status === 'ready', 'Redis is connected');
    try {
      const [one, other] = [quota(15, silent), quota(15, silent)];
      other.consume('acme', 4, now());
      await other.sync(now);
      one.consume('acme', 1, now());
      await one.sync(now);
      own.redis.kill('SIGSTOP');
      expect(one.consume('acme', 6, now()).isGranted).toBe(true);
      const settling = one.sync(now);
      expect(one.consume('acme', 4, now()).isGranted).toBe(true);
      expect(one.consume('acme', 1, now()).isGranted).toBe(false);
      await settling;
      expect(one.consume('acme', 1, now()).isGranted).toBe(false);
      // And is told what was taken meanwhile when it is back.
      own.redis.kill('SIGCONT');
      const toldOf = async () => Number(await silent.get(`${stores.prefix}:quota:tests:acme`).catch(() => 0));
      await until(
        async () => {
          await one.sync(now);
          return (await toldOf()) >= 15;
        },
        'all is settled',
        5_000,
      );
    } finally {
      own.redis.kill('SIGCONT');
      silent.disconnect();
      await own.stop();
    }
  });
});
