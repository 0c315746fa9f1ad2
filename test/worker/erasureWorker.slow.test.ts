import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { acceptFeedback, type FeedbackInput } from '../../src/ingest/feedbackSchema.ts';
import { encodeJob } from '../../src/ingest/job.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import type { Models } from '../../src/models/database.ts';
import { readErasureSecrets } from '../../src/models/erasure/erasureSecrets.ts';
import { findErasure, requestErasure } from '../../src/models/erasure/erasures.ts';
import { isGenuine } from '../../src/models/erasure/receipt.ts';
import { publicId } from '../../src/models/feedback/feedbackDocument.ts';
import type { DeadLetterQueue } from '../../src/queues/deadLetterQueue.ts';
import { createErasureQueue, type ErasureQueue } from '../../src/queues/erasureQueue.ts';
import type { IngestQueue } from '../../src/queues/ingestQueue.ts';
import { collectAudits } from '../support/audits.ts';
import { createWorkerProcess, type WorkerProcess } from '../support/stores/workerProcess.ts';
import { until } from '../support/until.ts';

let worker: WorkerProcess;
let models: Models;
let ingest: IngestQueue;
let deadLetters: DeadLetterQueue;
let erasures: ErasureQueue;

beforeAll(async () => {
  worker = await createWorkerProcess();
  ({ models, ingest, deadLetters } = worker);
  erasures = createErasureQueue(worker.queueOptions);
  await worker.start();
}, 60_000);

afterAll(async () => {
  await erasures?.close();
  await worker?.stop();
}, 30_000);

const MAX_WAIT_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const BEFORE = NOW - 60_000;
const AFTER = NOW + 60_000;

/** Every fourth is of the erased user. */
function feedbackOf(n: number, acceptedAt: number) {
  const isErased = n % 4 === 0;
  const input: FeedbackInput = {
    orgId: `org-${n % 3}`,
    userId: isErased ? 'erased-user' : `u-${n % 100}`,
    sessionId: isErased ? `erased-session-${n % 40}` : `s-${n % 50}`,
    overallRating: 1 + (n % 5),
    createdAt: NOW - (n % 7) * 86_400_000,
    improvements: isErased ? `My secret hamster number ${n} is slow.` : 'The coach is great, but slow.',
  };
  return acceptFeedback(input, { id: `f-${n}`, now: acceptedAt });
}

async function send(from: number, to: number, acceptedAt: number): Promise<void> {
  const feedback = Array.from({ length: to - from }, (_, index) => feedbackOf(from + index, acceptedAt));
  await ingest.send([{ priority: 0, feedback }]);
}

it('an erasure keeps aggregates exact, resumes after its worker is killed, and lets nothing come back', async () => {
  const [FORMER, MORE] = [6_000, 2_000];
  for (let from = 0; from < FORMER; from += 500) await send(from, from + 500, BEFORE);
  await until(async () => (await models.feedback.countDocuments()) >= FORMER, 'all is stored', MAX_WAIT_MS);
  const record = { ...feedbackOf(0, BEFORE), id: 'letter', overallRating: 99 };
  await deadLetters.put({ kind: 'record', record, reason: 'a test', jobId: '1' });
  const payload = { version: 9, feedback: [record, { ...record, userId: 'somebody else' }] };
  await deadLetters.put({ kind: 'job', record: payload, reason: 'a test', jobId: '2' });
  await ingest.queue.add('batch', encodeJob([feedbackOf(100_000, BEFORE)]), { delay: 3_600_000 });

  const subject = { what: 'user', id: 'erased-user', orgId: null } as const;
  const { _id } = await requestErasure(models, subject, COMMAND_LINE, new Date(NOW));
  await erasures.request(_id);

  const audits = collectAudits(models);
  const ingesting = (async () => {
    for (let from = FORMER; from < FORMER + MORE; from += 50) {
      // Late jobs from before the erasure, feedback of the user after it, and erased feedback sent again.
      await send(from, from + 50, from % 100 === 0 ? BEFORE : AFTER);
      if (from % 200 === 0) await send(from - FORMER, from - FORMER + 50, from % 400 === 0 ? BEFORE : AFTER);
      await sleep(20);
    }
  })();
  const progress = async () => (await findErasure(models, _id))!;
  await until(async () => (await progress()).removed.feedback >= 200, 'the erasure is under way', MAX_WAIT_MS);
  worker.kill();
  // An erasure whose process ended before it could add the job.
  const nobody = { what: 'session', id: 'nobody', orgId: null } as const;
  const unqueued = await requestErasure(models, nobody, COMMAND_LINE);
  const killedAt = await progress();
  expect([killedAt.finishedAt, killedAt.subject]).toEqual([null, subject]);
  await audits.take();
  await worker.start();
  await until(
    async () => (await progress()).removed.feedback > killedAt.removed.feedback,
    'the erasure goes on',
    MAX_WAIT_MS,
  );
  await audits.take();
  await ingesting;
  await until(
    async () => {
      await audits.take();
      return (await progress()).finishedAt !== null;
    },
    'the erasure is finished',
    120_000,
  );
  const counts = () => ingest.queue.getJobCountByTypes('waiting', 'prioritized', 'active');
  await until(async () => (await counts()) === 0, 'the queue is empty', MAX_WAIT_MS);
  await audits.take();
  expect(audits.differences).toEqual([]);
  expect(audits.count).toBeGreaterThanOrEqual(4);

  // Feedback accepted after the erasure is stored, and nothing else of this user.
  const remaining = await models.feedback.find({ userId: 'erased-user' }).lean();
  const later = Array.from({ length: MORE }, (_, index) => FORMER + index).filter(
    (n) => n % 4 === 0 && (n - (n % 50)) % 100 !== 0,
  );
  expect(remaining.map(({ _id }) => publicId(_id)).sort()).toEqual(later.map((n) => `f-${n}`).sort());
  expect(await models.feedback.countDocuments({ userId: { $ne: 'erased-user' } })).toBe(((FORMER + MORE) * 3) / 4);

  // Dead letters and waiting jobs hold no erased record, and still hold the records of others.
  const kept = await deadLetters.list({ skip: 0, limit: 100 });
  expect(kept.map(({ record }) => record)).toEqual([
    { version: 9, feedback: [{ ...record, userId: 'somebody else' }] },
  ]);
  const [delayed] = await ingest.queue.getJobs(['delayed']);
  expect(delayed?.data).toEqual({ version: 1, feedback: [] });

  await until(
    async () => (await findErasure(models, unqueued._id))!.finishedAt !== null,
    'the erasure that nobody queued is finished',
    MAX_WAIT_MS,
  );
  const done = await progress();
  expect(done.subject).toBeUndefined();
  expect(done.removed).toMatchObject({ deadLetters: 2, queued: 1 });
  expect(isGenuine(done.receipt, (await readErasureSecrets(models)).publicKey)).toBe(true);
  expect(JSON.stringify(done)).not.toContain('erased-user');

  // After the later feedback is erased too, no collection names the user.
  const again = await requestErasure(models, subject, COMMAND_LINE, new Date(AFTER));
  await erasures.request(again._id);
  await until(
    async () => (await findErasure(models, again._id))!.finishedAt !== null,
    'the second erasure is finished',
    MAX_WAIT_MS,
  );
  await audits.take();
  expect(audits.differences).toEqual([]);
  await until(async () => (await models.pendingTexts.countDocuments()) === 0, 'all phrases are counted', MAX_WAIT_MS);
  for (const { name } of await models.connection.db!.listCollections().toArray()) {
    const text = JSON.stringify(await models.connection.db!.collection(name).find().toArray());
    expect([name, text.match(/erased-user|erased-session|hamster/)?.[0]]).toEqual([name, undefined]);
  }
}, 180_000);
