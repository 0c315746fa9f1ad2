import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { acceptFeedback } from '../../src/ingest/feedback.ts';
import { auditAggregates, differencesOf } from '../../src/models/auditAggregates.ts';
import { COMMAND_LINE } from '../../src/models/auditLog.ts';
import { closeDatabase, createIndexes, type Models, openDatabase } from '../../src/models/database.ts';
import { saveTaxonomy } from '../../src/models/taxonomies.ts';
import { type Connection, connectPatiently } from '../../src/queues/connect.ts';
import { createIngestQueue, type IngestQueue } from '../../src/queues/ingestQueue.ts';
import { createReanalysisQueue, type ReanalysisQueue } from '../../src/queues/reanalysisQueue.ts';
import { spawnScript } from '../support/spawnScript.ts';
import { type OwnStores, ownStores } from '../support/stores.ts';

let stores: OwnStores;
let models: Models;
let connection: Connection;
let ingest: IngestQueue;
let reanalyses: ReanalysisQueue;
let worker: ReturnType<typeof spawnScript>;

async function startWorker(): Promise<void> {
  worker = spawnScript('src/main.ts', ['worker'], {
    REDIS_URL: stores.redis.url,
    MONGODB_URI: stores.mongodb.url,
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    REANALYSIS_PERCENT: '40',
  });
  await worker.line(/^Metrics/);
}

beforeAll(async () => {
  stores = await ownStores();
  models = openDatabase({ uri: stores.mongodb.url, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
  await createIndexes(models);
  connection = connectPatiently(stores.redis.url, () => {});
  ingest = createIngestQueue({ connection, prefix: 'feedback' });
  reanalyses = createReanalysisQueue({ connection, prefix: 'feedback' });
  await startWorker();
}, 60_000);

afterAll(async () => {
  worker?.kill('SIGKILL');
  await ingest?.close();
  await reanalyses?.close();
  connection?.disconnect();
  if (models) await closeDatabase(models);
  await stores.stop();
}, 30_000);

const NOW = Date.UTC(2026, 0, 1);
const TEXTS = [
  'The coach is great, but the pages are slow.',
  'A llama would be nice. Please fix the calendar.',
  'Thank you for everything!',
  undefined,
];

async function send(from: number, to: number, now = NOW): Promise<void> {
  const feedback = Array.from({ length: to - from }, (_, at) => {
    const n = from + at;
    return acceptFeedback(
      {
        orgId: `org-${n % 3}`,
        userId: `u-${n % 400}`,
        overallRating: 1 + (n % 5),
        // Many of one time: an import does that.
        createdAt: NOW - (n % 4) * 86_400_000,
        ...(TEXTS[n % 4] !== undefined && { improvements: TEXTS[n % 4] }),
      },
      { id: `f-${n}`, now },
    );
  });
  await ingest.send([{ rank: 0, feedback }]);
}

async function until(isIt: () => Promise<boolean>): Promise<void> {
  while (!(await isIt())) await sleep(20);
}
const stored = (count: number) => until(async () => (await models.feedback.countDocuments()) >= count);

it('keeps every aggregate exact at every moment, under ingest and when its worker is killed', async () => {
  const [FORMER, MORE] = [6_000, 4_000];
  for (let from = 0; from < FORMER; from += 500) await send(from, from + 500);
  await stored(FORMER);
  const themes = [
    { id: 'animals', label: 'Animals', description: 'Animals.', terms: 'llama' },
    { id: 'performance', label: 'Speed', description: 'What takes long.', terms: 'slow, coach' },
  ];
  const change = { edited: 0, themes, by: COMMAND_LINE, now: new Date() };
  await saveTaxonomy(models, { ...change, orgId: null });
  await saveTaxonomy(models, { ...change, orgId: 'org-1', themes: themes.slice(0, 1) });
  await reanalyses.request(null);

  let audits = 0;
  let differences: string[] = [];
  const audit = async () => {
    audits++;
    differences = [...differences, ...differencesOf(await auditAggregates(models))];
  };
  const ingesting = (async () => {
    for (let from = FORMER; from < FORMER + MORE; from += 50) {
      await send(from, from + 50);
      // Repeats that were accepted before what is stored take its place, whatever has been done to that since.
      if (from % 200 === 0) await send(from - FORMER, from - FORMER + 50, NOW - 1_000);
      await sleep(40);
    }
  })();
  const progress = async () => (await reanalyses.find(null))!;
  await until(async () => (await progress()).reanalysed >= 500);
  await audit();
  const killedAt = await progress();
  worker.kill('SIGKILL');
  await audit();
  await startWorker();
  await until(async () => (await progress()).reanalysed > killedAt.reanalysed);
  // It goes on where it was.
  expect(killedAt.state).toBe('running');
  expect((await progress()).walked).toBeGreaterThanOrEqual(killedAt.walked);
  await audit();
  await ingesting;
  await until(async () => {
    await audit();
    return (await progress()).state === 'done';
  });
  await stored(FORMER + MORE);
  await until(async () => (await ingest.countJobs()) === 0);
  await audit();
  expect(differences).toEqual([]);
  expect(audits).toBeGreaterThanOrEqual(5);

  expect(await models.feedback.countDocuments()).toBe(FORMER + MORE);
  const versions = (orgId: string) => models.feedback.distinct('analysis.version', { orgId });
  expect(await versions('org-0')).toEqual([expect.stringMatching(/\+deployment@1$/)]);
  expect(await versions('org-1')).toEqual([expect.stringMatching(/\+org@1$/)]);
  const themesOf = (orgId: string) => models.feedback.distinct('analysis.mentions.theme', { orgId });
  expect(await themesOf('org-0')).toEqual(['animals', 'performance']);
  expect(await themesOf('org-1')).toEqual(['animals']);
}, 120_000);
