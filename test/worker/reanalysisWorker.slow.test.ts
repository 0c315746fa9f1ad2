import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { acceptFeedback } from '../../src/ingest/feedbackSchema.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import type { Models } from '../../src/models/database.ts';
import { saveTaxonomy } from '../../src/models/taxonomy/taxonomies.ts';
import type { IngestQueue } from '../../src/queues/ingestQueue.ts';
import { createReanalysisQueue, type ReanalysisQueue } from '../../src/queues/reanalysisQueue.ts';
import { collectAudits } from '../support/audits.ts';
import { createWorkerProcess, type WorkerProcess } from '../support/stores/workerProcess.ts';
import { until } from '../support/until.ts';

let worker: WorkerProcess;
let models: Models;
let ingest: IngestQueue;
let reanalyses: ReanalysisQueue;

beforeAll(async () => {
  worker = await createWorkerProcess({ BACKGROUND_PERCENT: '40' });
  ({ models, ingest } = worker);
  reanalyses = createReanalysisQueue(worker.queueOptions);
  await worker.start();
}, 60_000);

afterAll(async () => {
  await reanalyses?.close();
  await worker?.stop();
}, 30_000);

const MAX_WAIT_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const TEXTS = [
  'The coach is great, but the pages are slow.',
  'A llama would be nice. Please fix the calendar.',
  'Thank you for everything!',
  undefined,
];

async function send(from: number, to: number, now = NOW): Promise<void> {
  const feedback = Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return acceptFeedback(
      {
        orgId: `org-${n % 3}`,
        userId: `u-${n % 400}`,
        overallRating: 1 + (n % 5),
        // Many with the same time, as in an import.
        createdAt: NOW - (n % 4) * 86_400_000,
        ...(TEXTS[n % 4] !== undefined && { improvements: TEXTS[n % 4] }),
      },
      { id: `f-${n}`, now },
    );
  });
  await ingest.send([{ priority: 0, feedback }]);
}

const stored = (count: number) =>
  until(async () => (await models.feedback.countDocuments()) >= count, `${count} feedback are stored`, MAX_WAIT_MS);

it('a re-analysis keeps every aggregate exact at every moment, under ingest and when its worker is killed', async () => {
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

  const audits = collectAudits(models);
  const ingesting = (async () => {
    for (let from = FORMER; from < FORMER + MORE; from += 50) {
      await send(from, from + 50);
      // Repeats that were accepted earlier replace the stored feedback, reanalysed or not.
      if (from % 200 === 0) await send(from - FORMER, from - FORMER + 50, NOW - 1_000);
      await sleep(40);
    }
  })();
  const progress = async () => (await reanalyses.find(null))!;
  await until(async () => (await progress()).reanalysed >= 500, 'the re-analysis is under way', MAX_WAIT_MS);
  await audits.take();
  const killedAt = await progress();
  worker.kill();
  await audits.take();
  await worker.start();
  await until(async () => (await progress()).reanalysed > killedAt.reanalysed, 'the re-analysis goes on', MAX_WAIT_MS);
  // It goes on where it was.
  expect(killedAt.state).toBe('running');
  expect((await progress()).walked).toBeGreaterThanOrEqual(killedAt.walked);
  await audits.take();
  await ingesting;
  await until(
    async () => {
      await audits.take();
      return (await progress()).state === 'done';
    },
    'the re-analysis is done',
    120_000,
  );
  await stored(FORMER + MORE);
  await until(async () => (await ingest.countJobs()) === 0, 'the queue is empty', MAX_WAIT_MS);
  await audits.take();
  expect(audits.differences).toEqual([]);
  expect(audits.count).toBeGreaterThanOrEqual(5);

  expect(await models.feedback.countDocuments()).toBe(FORMER + MORE);
  const versions = (orgId: string) => models.feedback.distinct('analysis.version', { orgId });
  expect(await versions('org-0')).toEqual([expect.stringMatching(/\+deployment@1$/)]);
  expect(await versions('org-1')).toEqual([expect.stringMatching(/\+org@1$/)]);
  const themesOf = (orgId: string) => models.feedback.distinct('analysis.mentions.theme', { orgId });
  expect(await themesOf('org-0')).toEqual(['animals', 'performance']);
  expect(await themesOf('org-1')).toEqual(['animals']);
}, 120_000);
