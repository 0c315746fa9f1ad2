import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeDatabase, type Models, openDatabase } from '../../../src/models/database.ts';
import { KEYS } from '../../support/service.ts';
import { spawnScript } from '../../support/spawnScript.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { type OwnStores, ownStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

type Role = ReturnType<typeof spawnScript>;

let stores: OwnStores;
let models: Models;
let api: Role;
let worker: Role;
let apiUrl: string;

async function startApi(): Promise<void> {
  api = spawnScript('src/main.ts', ['api']);
  apiUrl = (await api.line(/^API/)).split(/\s+/)[1] ?? '';
  // Started again, it listens where its clients look for it.
  process.env.PORT = new URL(apiUrl).port;
}

async function startWorker(): Promise<void> {
  worker = spawnScript('src/main.ts', ['worker']);
  await worker.line(/^Metrics/);
}

beforeAll(async () => {
  stores = await ownStores();
  Object.assign(process.env, {
    REDIS_URL: stores.redis.url,
    MONGODB_URI: stores.mongodb.url,
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    BOOTSTRAP_INGEST_KEY: KEYS.ingest,
  });
  await Promise.all([startApi(), startWorker()]);
  models = openDatabase({ uri: stores.mongodb.url, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
}, 60_000);

afterAll(async () => {
  for (const role of [api, worker]) role?.kill('SIGKILL');
  if (models) await closeDatabase(models);
  await stores.stop();
}, 30_000);

/** A client that repeats its batch, with the same ids, until it is accepted. Returns the number of feedback. */
async function sendBatch(name: string): Promise<number> {
  const feedback = Array.from({ length: 20 }, (_, n) => ({
    id: `${name}-${n}`,
    orgId: `org-${n % 3}`,
    userId: `u-${n}`,
    overallRating: 1 + (n % 5),
    improvements: 'The coach is great, but the pages are slow',
  }));
  for (;;) {
    const response = await fetch(`${apiUrl}/v1/feedback/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.ingest}`, 'content-type': 'application/json' },
      body: JSON.stringify({ feedback }),
    }).catch(() => undefined);
    if (response?.status === 202) return feedback.length;
    await sleep(50);
  }
}

const crashes: Record<string, () => Promise<void>> = {
  async worker() {
    worker.kill('SIGKILL');
    await startWorker();
  },
  async api() {
    api.kill('SIGKILL');
    await startApi();
  },
  // The stores are restarted by the process that started them.
  async redis() {
    stores.redis.kill('SIGKILL');
  },
  async mongod() {
    stores.mongodb.kill('SIGKILL');
  },
};

describe('a SIGKILL under load', () => {
  let accepted = 0;
  it.each(Object.keys(crashes))(
    'of %s loses nothing and counts nothing twice',
    async (victim) => {
      const clients = Array.from({ length: 4 }, async (_, client) => {
        for (let batch = 0; batch < 40; batch++) {
          const answered = await sendBatch(`${victim}-${client}-${batch}`);
          accepted += answered;
          await sleep(10);
        }
      });
      await sleep(150);
      await crashes[victim]?.();
      await Promise.all(clients);
      await until(
        async () => (await models.feedback.countDocuments().catch(() => 0)) >= accepted,
        'all accepted feedback is stored',
        80_000,
      );
      await sleep(300);
      expect(await models.feedback.countDocuments()).toBe(accepted);
      const { stored, recomputed } = await storedAndRecomputed(models);
      expect(stored).toEqual(recomputed);
    },
    90_000,
  );

  it('is not needed: a graceful stop takes under 10 seconds and loses nothing', async () => {
    const sent = Promise.all(Array.from({ length: 30 }, (_, n) => sendBatch(`stop-${n}`)));
    await sleep(30);
    const started = Date.now();
    const ended = [api, worker].map((role) => new Promise((resolve) => role.on('exit', resolve)));
    for (const role of [api, worker]) role.kill('SIGTERM');
    expect(await Promise.all(ended)).toEqual([0, 0]);
    expect(Date.now() - started).toBeLessThan(10_000);
    await Promise.all([startApi(), startWorker()]);
    for (const count of await sent) accepted += count;
    await until(
      async () => (await models.feedback.countDocuments()) >= accepted,
      'all accepted feedback is stored',
      50_000,
    );
    expect(await models.feedback.countDocuments()).toBe(accepted);
  }, 60_000);
});
