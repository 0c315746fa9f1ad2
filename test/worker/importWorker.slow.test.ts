import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { acceptFeedback } from '../../src/ingest/feedbackSchema.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import type { Models } from '../../src/models/database.ts';
import { findErasure, requestErasure } from '../../src/models/erasure/erasures.ts';
import { writeImportFile } from '../../src/models/imports/importFiles.ts';
import { NOTHING_READ } from '../../src/models/imports/importSchema.ts';
import { createImport, findImport, requestUndo } from '../../src/models/imports/imports.ts';
import { createErasureQueue, type ErasureQueue } from '../../src/queues/erasureQueue.ts';
import { createImportQueue, type ImportQueue } from '../../src/queues/importQueue.ts';
import { collectAudits } from '../support/audits.ts';
import { csvOf, MAPPING } from '../support/imports.ts';
import { createWorkerProcess, type WorkerProcess } from '../support/stores/workerProcess.ts';
import { until } from '../support/until.ts';

let worker: WorkerProcess;
let models: Models;
let imports: ImportQueue;
let erasures: ErasureQueue;

beforeAll(async () => {
  worker = await createWorkerProcess();
  ({ models } = worker);
  imports = createImportQueue(worker.queueOptions);
  erasures = createErasureQueue(worker.queueOptions);
  await worker.start();
}, 60_000);

afterAll(async () => {
  await imports?.close();
  await erasures?.close();
  await worker?.stop();
}, 30_000);

const MAX_WAIT_MS = 120_000;
const ROWS = 6_000;

/** Stores an import as the API does. Without its job, a worker finds it by itself. */
async function upload(file: string, { orgId = null as string | null, isQueued = true } = {}): Promise<string> {
  const _id = uuidv7();
  async function* bytes() {
    yield Buffer.from(file);
  }
  const stored = await writeImportFile(models, _id, bytes());
  const mapping = {
    mapping: JSON.stringify(orgId === null ? MAPPING : { ...MAPPING, constants: {} }),
    mappingName: null,
  };
  const given = { fileName: '', fileOptions: {}, key: null, actor: COMMAND_LINE, again: false, createdAt: new Date() };
  await createImport(models, { _id, orgId, ...given, ...stored, ...mapping }, 100);
  if (isQueued) await imports.request(_id);
  return _id;
}

const progress = async (id: string) => (await findImport(models, id))!;
const isIn = (id: string, state: string) =>
  until(
    async () => (await progress(id)).state === state,
    async () => `is ${state}: ${JSON.stringify(await progress(id))}`,
    MAX_WAIT_MS,
  );
const countOf = (filter: object) => models.feedback.countDocuments(filter);

it('an import whose worker is killed again and again stores each row once, and counts it once', async () => {
  const audits = collectAudits(models);
  const score = (n: number) => (n % 100 === 99 ? 'none' : String(1 + (n % 5)));
  const id = await upload(csvOf(ROWS, 'a', score), { isQueued: false });
  for (const rows of [500, 2_000, 4_000]) {
    await until(async () => (await progress(id)).counts.rows >= rows, `${rows} rows are settled`, MAX_WAIT_MS);
    worker.kill();
    await audits.take();
    const { counts } = await progress(id);
    expect(await countOf({ importId: id })).toBe(counts.stored);
    await worker.start();
  }
  await isIn(id, 'done');
  await audits.take();
  expect(audits.differences).toEqual([]);
  const { counts } = await progress(id);
  expect(counts).toEqual({ ...NOTHING_READ, rows: ROWS, stored: ROWS * 0.99, refused: ROWS / 100 });
  expect(await countOf({ importId: id })).toBe(counts.stored);
  expect(await models.importRefusals.countDocuments()).toBe(ROWS / 100);
  expect(await models.connection.collection('import_files.chunks').countDocuments()).toBe(0);

  // Undone in the middle of a killed worker, too.
  await requestUndo(models, id, COMMAND_LINE);
  await imports.request(id);
  await until(async () => (await progress(id)).removed >= 500, 'some are taken back', MAX_WAIT_MS);
  worker.kill();
  await audits.take();
  const { removed } = await progress(id);
  expect(await countOf({ importId: id })).toBe(counts.stored - removed);
  await worker.start();
  await isIn(id, 'undone');
  await audits.take();
  expect(audits.differences).toEqual([]);
  expect([await countOf({}), (await progress(id)).removed]).toEqual([0, counts.stored]);
}, 300_000);

it('an import that is undone while it runs leaves no row', async () => {
  const audits = collectAudits(models);
  for (const rows of [0, 500, 2_500]) {
    const id = await upload(csvOf(ROWS, `b${rows}`));
    await until(async () => (await progress(id)).counts.rows >= rows, `${rows} rows are settled`, MAX_WAIT_MS);
    await requestUndo(models, id, COMMAND_LINE);
    await isIn(id, 'undone');
    const { counts, removed } = await progress(id);
    expect({ counts, removed, left: await countOf({}) }).toEqual({ counts, removed: counts.stored, left: 0 });
    expect(counts.rows).toBeLessThan(ROWS);
    await audits.take();
  }
  expect(audits.differences).toEqual([]);
}, 300_000);

it('erasures hold while an import runs: of one of its users, and of its org with its file', async () => {
  const audits = collectAudits(models);
  const id = await upload(csvOf(ROWS, 'c'));
  await until(async () => (await progress(id)).counts.rows >= 500, 'some rows are settled', MAX_WAIT_MS);
  const user = await requestErasure(models, { what: 'user', id: 'customer-1', orgId: null }, COMMAND_LINE);
  await erasures.request(user._id);
  await until(
    async () => (await findErasure(models, user._id))!.finishedAt !== null,
    'the user is erased',
    MAX_WAIT_MS,
  );
  await isIn(id, 'done');
  const { counts } = await progress(id);
  expect(counts.stored + counts.erased).toBe(ROWS);
  expect([counts.erased > 0, await countOf({ userId: 'customer-1' })]).toEqual([true, 0]);
  await requestUndo(models, id, COMMAND_LINE);
  await imports.request(id);
  await isIn(id, 'undone');
  expect(await countOf({})).toBe(0);
  await audits.take();

  const ofOrg = await upload(csvOf(ROWS, 'd'), { orgId: 'globex' });
  await until(async () => (await progress(ofOrg)).counts.rows >= 500, 'some rows are settled', MAX_WAIT_MS);
  const org = await requestErasure(models, { what: 'org', id: 'globex', orgId: null }, COMMAND_LINE);
  await erasures.request(org._id);
  await until(async () => (await findErasure(models, org._id))!.finishedAt !== null, 'the org is erased', MAX_WAIT_MS);
  expect([await findImport(models, ofOrg), await countOf({ orgId: 'globex' })]).toEqual([null, 0]);
  expect(await models.connection.collection('import_files.files').countDocuments()).toBe(0);
  await audits.take();
  expect(audits.differences).toEqual([]);
}, 300_000);

it('an undo, retention of a part and an erasure at once leave exact totals', async () => {
  const audits = collectAudits(models);
  const id = await upload(csvOf(3_000, 'e'));
  await isIn(id, 'done');
  const posted = acceptFeedback(
    { orgId: 'acme', userId: 'customer-2', overallRating: 5 },
    { id: 'own', now: Date.now() },
  );
  await worker.ingest.send([{ priority: 0, feedback: [posted] }]);
  await until(async () => (await countOf({ _id: /^own/ })) === 1, 'the post is stored', MAX_WAIT_MS);
  const [erasure] = await Promise.all([
    requestErasure(models, { what: 'user', id: 'customer-0', orgId: 'acme' }, COMMAND_LINE),
    requestUndo(models, id, COMMAND_LINE),
  ]);
  await Promise.all([erasures.request(erasure._id), imports.request(id)]);
  await isIn(id, 'undone');
  await until(
    async () => (await findErasure(models, erasure._id))!.finishedAt !== null,
    'the user is erased',
    MAX_WAIT_MS,
  );
  await audits.take();
  expect(audits.differences).toEqual([]);
  const kept = await models.feedback.find({ orgId: 'acme' }).lean();
  expect([...new Set(kept.map(({ _id }) => _id.slice(0, 3)))]).toEqual(['own']);
}, 300_000);
