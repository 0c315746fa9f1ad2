import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { retentionDryRunSchema } from '../../src/api/retention/retentionSchemas.ts';
import { acceptFeedback } from '../../src/ingest/feedbackSchema.ts';
import { readTotals } from '../../src/models/aggregates/readTotals.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import { retentionCutoff } from '../../src/models/retention/retentionCutoff.ts';
import { saveTaxonomy } from '../../src/models/taxonomy/taxonomies.ts';
import { createRetentionQueue, type RetentionQueue } from '../../src/queues/retentionQueue.ts';
import { runMain } from '../support/runMain.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { spawnScript } from '../support/spawnScript.ts';
import { mismatches, storedAndRecomputed } from '../support/storedAndRecomputed.ts';
import { openQueues, testQueues } from '../support/stores/queues.ts';
import { isolatedStores, ownStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const stores = isolatedStores();
let running: TestService;
let runs: RetentionQueue;

beforeAll(async () => {
  running = await startTestService(stores, { BACKGROUND_PERCENT: '100' });
  runs = createRetentionQueue({ connection, prefix: stores.prefix });
});
afterAll(async () => {
  await running?.stop();
  await runs?.close();
});
const { connection, ingest } = testQueues(stores);

const NOW = Date.now();
const MONTHS = 8;
const KEPT = 3;
const TEXTS = [
  'The llama grooming salon is wonderful, but the pages are slow.',
  'Please add a unicorn parking lot. The calendar is broken.',
  undefined,
];

/** Noon of the first day of a former month. A rule of three months expires four of the eight months with feedback. */
const monthsAgo = (months: number) => {
  const date = new Date(NOW);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1, 12);
};

function feedbackOf(orgId: string, count: number, now = NOW) {
  return Array.from({ length: count }, (_, n) =>
    acceptFeedback(
      {
        orgId,
        userId: `u-${n % 17}-${n % MONTHS}`,
        sessionId: `s-${n}`,
        overallRating: 1 + (n % 5),
        createdAt: monthsAgo(n % MONTHS),
        ...(TEXTS[n % 3] !== undefined && { improvements: `${TEXTS[n % 3]} It is number ${n % 9}.` }),
      },
      { id: `${orgId}-${n}`, now },
    ),
  );
}

const send = (orgId: string, count: number, now = NOW) =>
  ingest.send([{ priority: 0, feedback: feedbackOf(orgId, count, now) }]);
const countOf = (orgId: string) => running.models.feedback.countDocuments({ orgId });
const differences = async () => mismatches(await storedAndRecomputed(running.models));
const summary = async (orgId: string) => (await running.call('GET', `/v1/orgs/${orgId}/summary`)).body;

async function idle(): Promise<void> {
  await until(async () => (await ingest.countJobs()) === 0, 'the queue is empty');
  await until(async () => (await running.models.pendingTexts.countDocuments()) === 0, 'all phrases are counted');
}

async function keep(orgId: string | null, rule: unknown, version = 0): Promise<void> {
  const path = `/v1/settings${orgId === null ? '' : `?orgId=${orgId}`}`;
  const body = { version, redaction: null, retention: rule };
  expect((await running.call('PUT', path, { body, key: KEYS.admin })).status).toBe(200);
}

async function retain(): Promise<{ feedback: number; texts: number }> {
  const { id } = await runs.request();
  await until(async () => (await runs.find(id))?.isDone === true, 'the run is done', 50_000);
  return (await runs.find(id))!;
}

const expired = (count: number) =>
  feedbackOf('x', count).filter(
    ({ createdAt }) => createdAt < retentionCutoff({ months: KEPT, what: 'text', aggregates: 'kept' }, NOW)!.getTime(),
  ).length;

describe('retention', () => {
  it('shows in a dry run what would be removed, by month and org, and removes nothing', async () => {
    await send('acme', 160);
    await send('other', 80);
    await running.stored(240);
    const rule = { months: KEPT, what: 'feedback', aggregates: 'reduced' };
    const { status, body } = await running.call('POST', '/v1/retention/dry-run?orgId=acme', {
      key: KEYS.read,
      body: { retention: rule },
    });
    expect(retentionDryRunSchema.safeParse(body).error?.issues).toBeUndefined();
    expect([status, body.feedback, body.months.length]).toEqual([200, expired(160), MONTHS - KEPT - 1]);
    expect(body.months[0]).toEqual({
      month: new Date(monthsAgo(MONTHS - 1)).toISOString().slice(0, 7),
      orgId: 'acme',
      feedback: 20,
      texts: expect.any(Number),
    });
    const everyone = await running.call('POST', '/v1/retention/dry-run', {
      key: KEYS.read,
      body: { retention: rule },
    });
    expect(everyone.body.feedback).toBe(expired(160) + expired(80));
    const inForce = await running.call('POST', '/v1/retention/dry-run', { key: KEYS.read, body: {} });
    expect(inForce.body).toMatchObject({ retention: 'forever', before: null, feedback: 0 });
    const env = { REDIS_URL: stores.redisUrl, MONGODB_URI: stores.mongodbUri, QUEUE_PREFIX: stores.prefix };
    const args = ['retention', 'dry-run', '--org', 'acme', '--retention', `${KEPT}:feedback:reduced`];
    const { stdout } = await runMain(args, env);
    expect(stdout).toMatch(
      new RegExp(`^\\d{4}-\\d\\d  acme  20 feedback.*\n(.*\n){3}would remove ${expired(160)} feedback from`),
    );
    expect(await countOf('acme')).toBe(160);
  }, 60_000);

  it('removes whole months of an org, and their contributions to every total', async () => {
    await idle();
    const others = await summary('other');
    await keep('acme', { months: KEPT, what: 'feedback', aggregates: 'reduced' });
    expect(await retain()).toMatchObject({ feedback: expired(160), texts: 0 });
    expect(await countOf('acme')).toBe(160 - expired(160));
    expect(await differences()).toEqual([]);
    expect(await summary('acme')).toMatchObject({ count: 160 - expired(160) });
    const { population: _, ...own } = others;
    expect(await summary('other')).toMatchObject(own);
    // No aggregate names users without feedback.
    const left = await running.models.feedback.distinct('userId', { orgId: 'acme' });
    const named = await running.models.aggregates.distinct('id', { kind: 'user', orgId: 'acme' });
    expect(named.sort()).toEqual(left.sort());
    const [line] = await running.models.auditLog.find({ action: 'retention.run' }).lean();
    expect(line).toMatchObject({ orgId: 'acme', details: { removed: expired(160), what: 'feedback' } });
    expect(await retain()).toMatchObject({ feedback: 0 });
  }, 60_000);

  it('stores removed feedback again neither from the queue nor from the API', async () => {
    await send('acme', 160);
    await idle();
    expect(await countOf('acme')).toBe(160 - expired(160));
    const metrics = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`feedback_processed_total\\{outcome="expired"\\} ${expired(160)}\n`));
    const answer = await running.call('POST', '/v1/feedback', {
      body: { orgId: 'acme', overallRating: 3, createdAt: monthsAgo(KEPT + 1) },
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/createdAt']);
    expect(await differences()).toEqual([]);
  }, 60_000);

  it('can keep the totals of orgs, which can still be verified', async () => {
    await send('globex', 160);
    await until(async () => (await countOf('globex')) === 160, 'all is stored');
    const { population: _, ...before } = await summary('globex');
    await keep('globex', { months: KEPT, what: 'feedback', aggregates: 'kept' });
    expect(await retain()).toMatchObject({ feedback: expired(160) });
    expect(await countOf('globex')).toBe(160 - expired(160));
    expect(await summary('globex')).toMatchObject(before);
    expect(await differences()).toEqual([]);
    const left = await running.models.feedback.distinct('userId', { orgId: 'globex' });
    const named = await running.models.aggregates.distinct('id', { kind: 'user', orgId: 'globex' });
    expect(named.sort()).toEqual(left.sort());
    // Accepted before the stored feedback, so they replace it and the spans are refreshed.
    await send('globex', 160, NOW - 1_000);
    await idle();
    expect(await differences()).toEqual([]);
    expect(await summary('globex')).toMatchObject({ count: 160 });
    await running.models.retainedAggregates.updateOne({ _id: 'org globex globex' }, { $inc: { n: 1 } });
    expect(await differences()).toEqual(['org globex']);
    await running.models.retainedAggregates.updateOne({ _id: 'org globex globex' }, { $inc: { n: -1 } });
  }, 60_000);

  it('keeps totals that an erasure of the org then removes', async () => {
    const subject = { what: 'org', id: 'globex' };
    const { body: asked } = await running.call('POST', '/v1/erasures', { body: subject, key: KEYS.admin });
    const path = `/v1/erasures/${asked.id}`;
    await until(
      async () => (await running.call('GET', path, { key: KEYS.admin })).body.finishedAt !== null,
      'the erasure is finished',
    );
    const everyones = await readTotals(running.models, { level: 'all' });
    expect(everyones.delta.get('n')).toBe(await running.models.feedback.countDocuments());
    expect(await running.models.retainedAggregates.countDocuments()).toBe(0);
    expect(await differences()).toEqual([]);
  }, 60_000);

  it('can remove the texts only, and keep their analyses', async () => {
    await send('initech', 160);
    await until(async () => (await countOf('initech')) === 160, 'all is stored');
    await idle();
    const { population: _, ...before } = await summary('initech');
    const last = new Date(monthsAgo(KEPT + 1)).toISOString().slice(0, 10);
    await keep('initech', { months: KEPT, what: 'text', aggregates: 'kept' });
    const { texts, feedback } = await retain();
    expect([feedback, texts]).toEqual([
      0,
      await running.models.feedback.countDocuments({ textRemovedAt: { $exists: true } }),
    ]);
    expect(texts).toBeGreaterThan(30);
    const { body } = await running.call('GET', `/v1/feedback?orgId=initech&to=${last}&theme=performance`);
    expect(body.items.length).toBeGreaterThan(5);
    for (const item of body.items) {
      expect(item).not.toHaveProperty('improvements');
      expect(item.analysis.mentions.length).toBeGreaterThan(0);
      expect(Date.parse(item.textRemovedAt)).toBeGreaterThanOrEqual(NOW);
    }
    const quotes = await running.call('GET', `/v1/orgs/initech/themes/performance/quotes?to=${last}`);
    expect(quotes.body.quotes ?? quotes.body.items).toEqual([]);
    await idle();
    const days = await running.models.phraseSketches.find({ _id: { $regex: '^org initech ' } }).lean();
    for (const { _id, texts: counted } of days) if (_id.slice(-10) <= last) expect([_id, counted]).toEqual([_id, 0]);
    expect(await summary('initech')).toMatchObject(before);
    expect(await differences()).toEqual([]);

    // A re-analysis has no text to read, and must keep the former analysis.
    const themes = [{ id: 'animals', label: 'Animals', description: 'Animals.', terms: 'llama' }];
    await saveTaxonomy(running.models, {
      orgId: 'initech',
      edited: 0,
      themes,
      by: COMMAND_LINE,
      now: new Date(),
    });
    await running.call('POST', '/v1/reanalysis?orgId=initech', { key: KEYS.admin });
    await until(
      async () => (await running.call('GET', '/v1/reanalysis?orgId=initech')).body.state === 'done',
      'the re-analysis is done',
    );
    const { body: after } = await running.call('GET', `/v1/feedback?orgId=initech&to=${last}&theme=performance`);
    expect(after.items).toHaveLength(body.items.length);
    expect(await differences()).toEqual([]);

    // Sent again and accepted earlier: it replaces the stored feedback, without its text.
    await send('initech', 160, NOW - 1_000);
    await idle();
    expect(await running.models.feedback.countDocuments({ textRemovedAt: { $exists: true } })).toBe(texts);
    expect(await retain()).toMatchObject({ texts: 0 });
  }, 90_000);
});

it('a run of retention resumes after its worker is killed, with exact totals at every moment', async () => {
  // Like the embedded mongod, this one ends the transaction of a lost worker within seconds.
  const given = await ownStores();
  const own = { redisUrl: given.redis.url, mongodbUri: given.mongodb.url, prefix: 'retention' };
  const queues = openQueues(own);
  const env = {
    REDIS_URL: own.redisUrl,
    MONGODB_URI: own.mongodbUri,
    QUEUE_PREFIX: own.prefix,
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    BACKGROUND_PERCENT: '100',
  };
  const service = await startTestService(own, { BACKGROUND_PERCENT: '1' });
  const ownRuns = createRetentionQueue({ connection: queues.connection, prefix: own.prefix });
  const audit = async () => mismatches(await storedAndRecomputed(service.models));
  let worker: ReturnType<typeof spawnScript> | undefined;
  try {
    for (const orgId of ['a', 'b', 'c']) await queues.ingest.send([{ priority: 0, feedback: feedbackOf(orgId, 500) }]);
    await service.stored(1_500);
    const rule = { months: KEPT, what: 'feedback', aggregates: 'kept' };
    const body = { version: 0, redaction: null, retention: rule };
    await service.call('PUT', '/v1/settings', { body, key: KEYS.admin });
    await service.call('PUT', '/v1/settings?orgId=b', {
      body: { ...body, retention: { ...rule, aggregates: 'reduced' } },
      key: KEYS.admin,
    });
    await service.service.stop();
    worker = spawnScript('src/main.ts', ['worker'], env);
    await worker.line(/^Metrics/);
    const { id } = await ownRuns.request();
    const gone = async () => 1_500 - (await service.models.feedback.countDocuments());
    await until(async () => (await gone()) >= 100, 'the run is under way', 60_000);
    worker.kill('SIGKILL');
    await sleep(200);
    expect(await audit()).toEqual([]);
    const goneThen = await gone();
    expect(goneThen).toBeLessThan(3 * expired(500));
    worker = spawnScript('src/main.ts', ['worker'], env);
    await until(
      async () => {
        expect(await audit()).toEqual([]);
        return (await ownRuns.find(id))?.isDone === true;
      },
      'the run is done',
      80_000,
    );
    expect(await gone()).toBe(3 * expired(500));
  } finally {
    worker?.kill('SIGKILL');
    await ownRuns.close();
    await queues.close();
    await service.stop();
    await given.stop();
  }
}, 150_000);
