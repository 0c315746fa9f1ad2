import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestService, type TestService } from '../../support/service.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { openQueues } from '../../support/stores/queues.ts';
import { type OwnStores, ownStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const PREFIX = 'outages';

let stores: OwnStores;
let running: TestService;
let queues: ReturnType<typeof openQueues>;
let accepted = 0;
let sent = 0;

beforeAll(async () => {
  stores = await ownStores();
  running = await startTestService({
    redisUrl: stores.redis.url,
    mongodbUri: stores.mongodb.url,
    prefix: PREFIX,
  });
  queues = openQueues({ redisUrl: stores.redis.url, prefix: PREFIX });
}, 60_000);

afterAll(async () => {
  await running?.stop();
  await queues?.close();
  await stores.stop();
}, 30_000);

async function post() {
  const started = Date.now();
  const id = `f-${sent++}`;
  const body = { id, orgId: 'acme', userId: `u-${sent % 3}`, overallRating: 1 + (sent % 5) };
  const answer = await running.call('POST', '/v1/feedback', { body });
  if (answer.status === 202) accepted++;
  return { ...answer, ms: Date.now() - started };
}

const MAX_WAIT_MS = 40_000;

/** The reason of a wait, and the state of the service and its stores if it is in vain. */
const reason = (text: string) => async () => {
  const waiting = await queues.ingest.countJobs().catch(String);
  const state = JSON.stringify({ dependencies: await ready(), waiting });
  return `${text}: ${state}\n${stores.lines.slice(-20).join('\n')}`;
};

const postUntilAccepted = () =>
  until(async () => (await post()).status === 202, reason('feedback is accepted'), MAX_WAIT_MS);

/** All feedback that was answered 202 is stored, and every total is right. Other feedback may be stored or not. */
async function everythingIsCounted(): Promise<void> {
  await running.stored(accepted);
  await until(async () => (await queues.ingest.countJobs()) === 0, reason('the queue is empty'), MAX_WAIT_MS);
  const { stored, recomputed } = await storedAndRecomputed(running.models);
  expect(stored).toEqual(recomputed);
}

const ready = async () => (await running.call('GET', '/readyz')).body.dependencies;

async function failedAttempts(): Promise<number> {
  const text = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
  return Number(/^feedback_job_attempts_total\{.*outcome="failed".*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

describe('while Redis', () => {
  it('does not answer, feedback is refused in time, and nothing accepted is lost', async () => {
    for (let n = 0; n < 5; n++) await post();
    stores.redis.kill('SIGSTOP');
    try {
      const first = post();
      await sleep(1_000);
      // This one came while the first was under way.
      const answers = [await first, await post()];
      for (const answer of answers) {
        expect(answer.status).toBe(503);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(answer.ms).toBeLessThan(6_000);
      }
      // The API knows now that Redis is away.
      expect((await post()).ms).toBeLessThan(500);
      expect(await ready()).toMatchObject({ redis: false, mongodb: true });
    } finally {
      stores.redis.kill('SIGCONT');
    }
    await postUntilAccepted();
    await everythingIsCounted();
  }, 60_000);

  it('is dead, feedback is refused at once, and is taken again when it is back', async () => {
    const back = new Promise<void>((resolve) => stores.redis.onExit(() => resolve()));
    stores.redis.kill();
    await back;
    const answer = await post();
    // It may be back already: it is started again at once.
    if (answer.status !== 202) expect([answer.status, answer.ms < 500]).toEqual([503, true]);
    await postUntilAccepted();
    expect(await ready()).toMatchObject({ redis: true });
    await everythingIsCounted();
  }, 60_000);

  it('is full, feedback is refused with 503, and nothing is lost', async () => {
    await queues.connection.config('SET', 'maxmemory', '1mb');
    expect((await post()).status).toBe(503);
    await queues.connection.config('SET', 'maxmemory', '0');
    expect((await post()).status).toBe(202);
    await everythingIsCounted();
  }, 30_000);
});

describe('while MongoDB', () => {
  it.each(['does not answer', 'is dead'])(
    '%s, feedback is accepted, reads are refused, and all is stored later at its first attempt',
    async (how) => {
      const failedBefore = await failedAttempts();
      stores.mongodb.kill(how === 'is dead' ? 'SIGKILL' : 'SIGSTOP');
      try {
        for (let n = 0; n < 20; n++) expect((await post()).status).toBe(202);
        if (how === 'does not answer') {
          const asked = Date.now();
          expect(await ready()).toMatchObject({ redis: true, mongodb: false });
          expect(Date.now() - asked).toBeLessThan(2_000);
          const started = Date.now();
          for (const path of ['/v1/orgs/acme/summary', '/v1/feedback', '/v1/users']) {
            const read = await running.call('GET', path);
            expect([path, read.status]).toEqual([path, 503]);
            expect(read.headers.get('content-type')).toBe('application/problem+json');
            expect(Number(read.headers.get('retry-after'))).toBeGreaterThan(0);
          }
          // Five seconds until it is known that nobody answers, and two of waiting for each.
          expect(Date.now() - started).toBeLessThan(15_000);
        }
      } finally {
        if (how === 'does not answer') stores.mongodb.kill('SIGCONT');
      }
      await until(async () => (await ready()).mongodb, reason('MongoDB is back'), MAX_WAIT_MS);
      await everythingIsCounted();
      expect(await failedAttempts()).toBe(failedBefore);
      expect(await queues.deadLetters.count()).toBe(0);
    },
    90_000,
  );
});
