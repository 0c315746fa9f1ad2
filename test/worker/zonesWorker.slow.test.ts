import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { acceptFeedback } from '../../src/ingest/feedbackSchema.ts';
import { readDays, readTotals } from '../../src/models/aggregates/readTotals.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import type { Models } from '../../src/models/database.ts';
import { saveSettings, settingsOf } from '../../src/models/settings/settings.ts';
import type { IngestQueue } from '../../src/queues/ingestQueue.ts';
import { collectAudits } from '../support/audits.ts';
import { createWorkerProcess, type WorkerProcess } from '../support/stores/workerProcess.ts';
import { until } from '../support/until.ts';

let worker: WorkerProcess;
let models: Models;
let ingest: IngestQueue;

beforeAll(async () => {
  worker = await createWorkerProcess({ BACKGROUND_PERCENT: '30' });
  ({ models, ingest } = worker);
  await worker.start();
}, 60_000);
afterAll(() => worker?.stop(), 30_000);

const MAX_WAIT_MS = 60_000;
const NOW = Date.UTC(2026, 9, 26);

async function send(from: number, to: number, now = NOW): Promise<void> {
  const feedback = Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    const input = {
      orgId: `org-${n % 2}`,
      userId: `u-${n % 100}`,
      overallRating: 1 + (n % 5),
      createdAt: NOW - (n % 240) * 1_800_000,
    };
    return acceptFeedback(input, { id: `f-${n}`, now });
  });
  await ingest.send([{ priority: 0, feedback }]);
}

async function setZone(orgId: string, timeZone: string): Promise<void> {
  const { version } = await settingsOf(models, orgId);
  await saveSettings(models, {
    orgId,
    edited: version,
    redaction: null,
    retention: null,
    timeZone,
    actor: COMMAND_LINE,
  });
}

it('a recount keeps every total exact at every moment, under ingest and when its worker is killed', async () => {
  const [FORMER, MORE] = [8_000, 6_000];
  for (let from = 0; from < FORMER; from += 500) await send(from, from + 500);
  const stored = (count: number) =>
    until(async () => (await models.feedback.countDocuments()) >= count, `${count} are stored`, MAX_WAIT_MS);
  await stored(FORMER);
  const audits = collectAudits(models);
  let isIngesting = true;
  const ingesting = (async () => {
    for (let from = FORMER; from < FORMER + MORE; from += 50) {
      await send(from, from + 50);
      // Repeats that were accepted earlier replace the stored feedback, counted in the zone or not.
      if (from % 200 === 0) await send(from - FORMER, from - FORMER + 50, NOW - 1_000);
      await sleep(60);
    }
    isIngesting = false;
  })();
  const recount = async (orgId: string) => (await settingsOf(models, orgId)).dayRecount;
  await setZone('org-0', 'Europe/Berlin');
  await setZone('org-1', 'Asia/Kathmandu');
  await until(async () => ((await recount('org-0'))?.counted ?? 0) > 0, 'the recount is under way', MAX_WAIT_MS);
  await audits.take();
  worker.kill();
  await audits.take();
  await worker.start();
  let changes = 0;
  await until(
    async () => {
      await audits.take();
      const isSettled = (await recount('org-0')) === null && (await recount('org-1')) === null;
      if (!isSettled || !isIngesting) return isSettled && !isIngesting;
      changes++;
      await setZone('org-0', ['America/St_Johns', 'Pacific/Chatham', 'UTC', 'Europe/Berlin'][changes % 4]!);
      return false;
    },
    'the last recount is done',
    180_000,
  );
  await ingesting;
  await stored(FORMER + MORE);
  await until(async () => (await ingest.countJobs()) === 0, 'the queue is empty', MAX_WAIT_MS);
  await audits.take();
  expect(audits.differences).toEqual([]);
  expect(audits.count).toBeGreaterThanOrEqual(5);
  expect(await models.feedback.countDocuments()).toBe(FORMER + MORE);
  for (const [orgId, zone] of [
    ['org-0', undefined],
    ['org-1', 'Asia/Kathmandu'],
  ] as const) {
    const active = (await models.orgZones.findById(orgId).lean())?.active ?? undefined;
    if (zone) expect(active).toBe(zone);
    const days = await readDays(models, { level: 'org', id: orgId }, { from: '2026-01-01', zone: active });
    const sum = [...days.values()].reduce((total, { delta }) => total + (delta.get('n') ?? 0), 0);
    expect(sum).toBe((await readTotals(models, { level: 'org', id: orgId })).delta.get('n'));
    const first = [...days.keys()][0]!;
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: active ?? 'UTC' });
    expect(first).toBe(format.format(NOW - (orgId === 'org-0' ? 238 : 239) * 1_800_000));
  }
}, 300_000);
