import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deleteOrphanFiles } from '../../../src/models/imports/importFiles.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { csvOf, importInState, MAPPING, postImport } from '../../support/imports.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
let acmeKey: string;
let globexKey: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores(), { IMPORT_LIMIT_MB: '1', IMPORTS_PER_ORG: '3' });
  acmeKey = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  globexKey = (await createAccessKey(running.models, { scope: 'admin', orgId: 'globex' })).key;
  await running.service.refreshKeys();
}, 60_000);
afterAll(() => running.stop());

const admin = { key: KEYS.admin };
const filesIn = async () => [
  await running.models.connection.collection('import_files.files').countDocuments(),
  await running.models.connection.collection('import_files.chunks').countDocuments(),
];
const differences = async () => mismatches(await storedAndRecomputed(running.models));

describe('an import', () => {
  it('stores the rows of a file by its mapping, names the refused ones, and is undone to the last row', async () => {
    const score = (n: number) => (n % 50 === 7 ? '9' : String(1 + (n % 5)));
    const sent = await postImport(running, {
      file: csvOf(1_200, 'a', score),
      mapping: MAPPING,
      fileName: 'Q3 export.csv',
    });
    expect([sent.status, sent.headers.get('location')]).toEqual([202, `/v1/imports/${sent.body.id}`]);
    expect(sent.body).toMatchObject({ orgId: null, fileName: 'Q3 export.csv' });
    const done = await importInState(running, sent.body.id, 'done');
    expect(done).toMatchObject({ rows: 1_200, stored: 1_176, refused: 24, duplicates: 0, erased: 0, failure: null });
    expect(done.refusals).toHaveLength(24);
    expect(done.refusals[0]).toEqual({
      line: 9,
      errors: [{ column: 'Score', message: expect.stringContaining('1 to 5') }],
    });
    expect(done.mapping).toEqual(MAPPING);

    const { body } = await running.call('GET', '/v1/orgs/acme/summary');
    expect(body.count).toBe(1_176);
    const one = (await running.call('GET', '/v1/feedback/a-3')).body;
    expect(one).toMatchObject({ userId: 'customer-0', overallRating: 4, createdAt: '2026-09-04T10:00:00.000Z' });
    expect([one.importId, one.acceptedAt]).toEqual([sent.body.id, sent.body.createdAt]);
    expect(await differences()).toEqual([]);
    expect(await filesIn()).toEqual([0, 0]);

    const csv = await fetch(`${running.service.apiUrl}/v1/imports/${sent.body.id}/refusals`, {
      headers: { authorization: `Bearer ${KEYS.admin}` },
    });
    const lines = (await csv.text()).trimEnd().split('\r\n');
    expect([csv.status, lines.length, lines[0]]).toEqual([200, 25, '"line","column","reason"']);
    expect(lines[1]).toMatch(/^"9","Score",".*1 to 5.*"$/);

    for (let times = 0; times < 2; times++)
      expect((await running.call('DELETE', `/v1/imports/${sent.body.id}`, admin)).status).toBe(202);
    const undone = await importInState(running, sent.body.id, 'undone');
    expect([undone.stored, undone.removed]).toEqual([1_176, 1_176]);
    expect(await running.models.feedback.countDocuments()).toBe(0);
    expect(await differences()).toEqual([]);
    expect((await storedAndRecomputed(running.models)).stored).toEqual([]);
    expect((await running.call('DELETE', `/v1/imports/${sent.body.id}`, admin)).body.state).toBe('undone');
    const actions = await running.models.auditLog.find({ target: sent.body.id }).lean();
    expect(actions.map(({ action }) => action)).toEqual(['import.create', 'import.undo']);
  }, 120_000);

  it('leaves feedback that was there before, or that an app sends later, when it is undone', async () => {
    const posted = { orgId: 'acme', id: 'b-1', overallRating: 2, createdAt: Date.UTC(2026, 8, 1) };
    await running.call('POST', '/v1/feedback', { key: acmeKey, body: posted });
    await running.stored(1);
    const { body } = await postImport(running, { file: csvOf(10, 'b'), mapping: MAPPING, query: '?orgId=acme' });
    expect(await importInState(running, body.id, 'done')).toMatchObject({ stored: 9, duplicates: 1 });
    expect((await running.call('GET', '/v1/feedback/b-1')).body).toMatchObject({ overallRating: 2 });
    const again = { orgId: 'acme', id: 'b-2', overallRating: 1, createdAt: Date.UTC(2026, 8, 1) };
    await running.call('POST', '/v1/feedback', { key: acmeKey, body: again });
    await running.call('POST', '/v1/feedback', { key: acmeKey, body: { id: 'b-later', overallRating: 1 } });
    await running.stored(11);

    await running.call('DELETE', `/v1/imports/${body.id}`, admin);
    expect((await importInState(running, body.id, 'undone')).removed).toBe(8);
    const kept = await running.models.feedback.find().sort({ _id: 1 }).lean();
    expect(kept.map(({ overallRating, importId }) => [overallRating, importId])).toEqual([
      [2, undefined],
      // The content of the import, which was accepted first.
      [3, undefined],
      [1, undefined],
    ]);
    expect(await differences()).toEqual([]);
  }, 120_000);

  it('that is sent again names the former one; under a key it is answered, and a mended file adds what is new', async () => {
    const file = csvOf(20, 'c');
    const first = await postImport(running, { file, mapping: MAPPING });
    const second = await postImport(running, { file, mapping: MAPPING });
    expect([second.status, second.body.detail]).toEqual([409, expect.stringContaining(first.body.id)]);
    const third = await postImport(running, { file, mapping: MAPPING, query: '?again=true' });
    expect(third.status).toBe(202);
    expect(await importInState(running, third.body.id, 'done')).toMatchObject({ stored: 0, duplicates: 20 });
    await running.call('DELETE', `/v1/imports/${first.body.id}`, admin);
    await importInState(running, first.body.id, 'undone');
    expect((await postImport(running, { file, mapping: MAPPING })).status).toBe(202);

    const rows = ['Score;Comment', '4;Fine', '4;Fine', '9;Wrong', '1;Slow'];
    const mapping = {
      columns: { Score: { field: 'overallRating' }, Comment: { field: 'improvements' } },
      constants: { orgId: 'mended' },
    };
    const keyed = { mapping, idempotencyKey: 'survey-week-1' };
    const sent = await postImport(running, { ...keyed, file: rows.join('\n') });
    expect((await postImport(running, { ...keyed, file: rows.join('\n') })).body.id).toBe(sent.body.id);
    expect(await importInState(running, sent.body.id, 'done')).toMatchObject({ stored: 3, refused: 1 });
    const mended = ['Score;Comment', '5;New', ...rows.slice(1, 3), '3;Right', rows[4]];
    const next = await postImport(running, { ...keyed, file: mended.join('\n') });
    expect(await importInState(running, next.body.id, 'done')).toMatchObject({ stored: 2, duplicates: 3, refused: 0 });
    expect(await filesIn()).toEqual([0, 0]);
  }, 120_000);

  it('of a compressed file works, and one of a damaged file fails with the reason', async () => {
    const file = gzipSync(csvOf(50, 'd'));
    const whole = await postImport(running, { file, mapping: MAPPING });
    expect(await importInState(running, whole.body.id, 'done')).toMatchObject({ stored: 50 });
    const cut = gzipSync(Buffer.from(csvOf(8_000, 'e')));
    const sent = await postImport(running, { file: cut.subarray(0, cut.length - 500), mapping: MAPPING });
    const failed = await importInState(running, sent.body.id, 'failed');
    expect(failed.failure).toContain('gzip');
    expect(await running.models.feedback.countDocuments({ importId: failed.id })).toBe(failed.stored);
    expect(await filesIn()).toEqual([0, 0]);
  }, 120_000);

  it('stops when far too many rows are refused', async () => {
    const file = `Score,Comment\n${'9,x\n'.repeat(12_000)}`;
    const mapping = { columns: { Score: { field: 'overallRating' }, Comment: { leaveOut: true } } };
    const { body } = await postImport(running, { file, mapping });
    const failed = await importInState(running, body.id, 'failed');
    expect(failed.failure).toContain('10000 rows');
    expect([failed.rows < 12_000, failed.refused, failed.refusals.length]).toEqual([true, failed.rows, 100]);
    // Nothing of it was stored, so the file may be sent again.
    const again = await postImport(running, { file, mapping });
    expect(again.status).toBe(202);
    await importInState(running, again.body.id, 'failed');
  }, 120_000);
});

describe('a dry run', () => {
  it('proposes the time zone of the org for local times', async () => {
    const body = { version: 0, redaction: null, retention: null, timeZone: 'Europe/Berlin' };
    expect((await running.call('PUT', '/v1/settings?orgId=zoned', { ...admin, body })).status).toBe(200);
    const file = 'Score;Abgeschickt\r\n4;13.01.2026 09:30\r\n2;14.01.2026 18:05\r\n';
    const zoneFor = async (org: string) =>
      (await postImport(running, { file, query: `?dryRun=true&orgId=${org}` })).body.mapping.columns.Abgeschickt.zone;
    await until(async () => (await zoneFor('zoned')) === 'Europe/Berlin', 'the zone is proposed');
    expect(await zoneFor('other')).toBeUndefined();
  }, 60_000);

  it('reports what would be stored, and stores nothing', async () => {
    const before = await running.models.feedback.countDocuments();
    const file = csvOf(3_000, 'f');
    const { status, body } = await postImport(running, { file, mapping: MAPPING, query: '?dryRun=true' });
    expect([status, body.rows, body.isWhole, body.accepted, body.refused]).toEqual([200, 1_000, false, 1_000, 0]);
    expect(body.stored[0]).toMatchObject({ line: 2, feedback: { id: 'f-0', orgId: 'acme', overallRating: 1 } });
    const proposal = await postImport(running, { file, query: '?dryRun=true' });
    expect([proposal.status, proposal.body.isProposed]).toEqual([200, true]);
    expect(await running.models.feedback.countDocuments()).toBe(before);
    expect(await filesIn()).toEqual([0, 0]);
  });
});

describe('a form', () => {
  const refused = async (query: string, request: Parameters<typeof postImport>[1]) =>
    (({ status, body }) => [status, JSON.stringify(body)])(await postImport(running, { query, ...request }));

  it('is refused with the reason if a part is missing, unknown, too large, or wrong', async () => {
    const file = csvOf(2, 'g');
    expect(await refused('', { mapping: MAPPING })).toEqual([
      400,
      expect.stringContaining('is missing; send the file'),
    ]);
    expect(await refused('', { file })).toEqual([400, expect.stringContaining('dryRun=true')]);
    expect(await refused('', { file, mapping: 'no-such-mapping' })).toEqual([
      400,
      expect.stringContaining('import-mappings'),
    ]);
    expect(await refused('', { file, mapping: '{"columns":' })).toEqual([400, expect.stringContaining('is not JSON')]);
    const unknown = { columns: { Score: { field: 'stars' } } };
    expect(await refused('', { file, mapping: unknown })).toEqual([
      400,
      expect.stringContaining('/mapping/columns/Score'),
    ]);
    const unfit = { columns: { Points: { field: 'overallRating' } } };
    expect(await refused('', { file, mapping: unfit })).toEqual([400, expect.stringContaining('is not in the file')]);
    expect(await refused('?format=xlsx', { file, mapping: MAPPING })).toEqual([
      415,
      expect.stringContaining('workbook'),
    ]);
    const large = csvOf(20_000, 'h');
    expect(await refused('', { file: large, mapping: MAPPING })).toEqual([
      413,
      expect.stringContaining('IMPORT_LIMIT_MB'),
    ]);
    expect(await refused('', { file, mapping: `{"columns":${' '.repeat(300_000)}{}}` })).toEqual([
      413,
      expect.stringContaining('mapping'),
    ]);
    expect(await filesIn()).toEqual([0, 0]);
    expect(await running.models.imports.countDocuments({ fileName: 'nothing' })).toBe(0);
  }, 60_000);

  it('of another type, without a boundary, or cut off stores nothing', async () => {
    const url = `${running.service.apiUrl}/v1/imports`;
    const headers = { authorization: `Bearer ${KEYS.admin}` };
    for (const type of ['application/json', 'multipart/form-data', 'text/csv', 'multipart/mixed; boundary=x']) {
      const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': type }, body: 'x' });
      expect([type, response.status]).toEqual([type, 415]);
    }
    const type = { 'content-type': 'multipart/form-data; boundary=xyz' };
    const cut = '--xyz\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nScore\r\n4\r\n';
    const response = await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body: cut });
    expect(response.status).toBe(400);
    for (const body of ['', 'no form', '--xyz--\r\n']) {
      const empty = await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body });
      expect([body, empty.status]).toEqual([body, 400]);
    }
    const twice = `${cut}${cut}--xyz--\r\n`;
    expect((await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body: twice })).status).toBe(400);
    // A client that goes away in the middle.
    await new Promise<void>((resolve) => {
      const sending = httpRequest(url, { method: 'POST', headers: { ...headers, ...type, 'content-length': 100_000 } });
      sending.on('error', () => resolve());
      sending.write(cut);
      setTimeout(() => sending.destroy(new Error('gone')), 200);
    });
    expect((await running.call('GET', '/healthz')).status).toBe(200);
    expect(await filesIn()).toEqual([0, 0]);
  });
});

describe('the key of an org', () => {
  it('imports for its org alone, and sees no import of another', async () => {
    const own = { ...MAPPING, constants: {} };
    const sent = await postImport(running, { file: csvOf(5, 'i'), mapping: own, key: globexKey });
    expect(sent.body.orgId).toBe('globex');
    const { id } = await importInState(running, sent.body.id, 'done', globexKey);
    expect(await running.models.feedback.countDocuments({ orgId: 'globex' })).toBe(5);
    const foreign = await postImport(running, { file: csvOf(5, 'j'), mapping: MAPPING, key: globexKey });
    expect(await importInState(running, foreign.body.id, 'done', globexKey)).toMatchObject({ stored: 0, refused: 5 });
    expect(
      (await postImport(running, { file: csvOf(5, 'j'), mapping: own, key: globexKey, query: '?orgId=acme' })).status,
    ).toBe(403);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/refusals'],
      ['DELETE', ''],
    ] as const) {
      const other = await running.call(method, `/v1/imports/${id}${path}`, { key: acmeKey });
      const none = await running.call(method, `/v1/imports/${id.replace(/^./, '1')}${path}`, { key: acmeKey });
      expect([other.status, other.body]).toEqual([404, none.body]);
    }
    const list = async (key: string) =>
      ((await running.call('GET', '/v1/imports?limit=200', { key })).body.items as { id: string }[]).map(
        ({ id }) => id,
      );
    expect(await list(acmeKey)).not.toContain(id);
    expect(await list(globexKey)).toEqual([foreign.body.id, id]);
    const page = (await running.call('GET', '/v1/imports?limit=1', { key: globexKey })).body;
    const rest = await running.call('GET', `/v1/imports?limit=1&cursor=${page.nextCursor}`, { key: globexKey });
    expect(rest.body.items[0].id).toBe(id);
  }, 60_000);
});

describe('a mapping', () => {
  it('is saved by name for an org, used by it, listed beside the shipped ones, and deleted', async () => {
    const put = (key: string, name = 'our-survey', body: unknown = MAPPING) =>
      running.call('PUT', `/v1/import-mappings/${name}`, { key, body });
    expect((await put(acmeKey)).body).toMatchObject({ name: 'our-survey', isShipped: false, mapping: MAPPING });
    expect((await put(acmeKey, 'a b')).status).toBe(400);
    expect((await put(acmeKey, 'x', { columns: { A: { field: 'nothing' } } })).status).toBe(400);
    const list = (await running.call('GET', '/v1/import-mappings', { key: acmeKey })).body.items;
    expect(list[0].name).toBe('our-survey');
    expect(list.filter(({ isShipped }: { isShipped: boolean }) => isShipped).length).toBeGreaterThan(3);
    expect((await put(acmeKey, list[1].name)).status).toBe(409);
    const sent = await postImport(running, { file: csvOf(4, 'k'), mapping: 'our-survey', key: acmeKey });
    expect([sent.status, sent.body.mappingName]).toEqual([202, 'our-survey']);
    await importInState(running, sent.body.id, 'done');
    expect((await postImport(running, { file: csvOf(4, 'l'), mapping: 'our-survey', key: globexKey })).status).toBe(
      400,
    );
    expect((await running.call('GET', '/v1/import-mappings/our-survey', { key: globexKey })).status).toBe(404);
    expect((await running.call('DELETE', '/v1/import-mappings/our-survey', { key: globexKey })).status).toBe(404);
    expect((await running.call('DELETE', '/v1/import-mappings/our-survey', { key: acmeKey })).status).toBe(200);
    expect((await running.call('GET', '/v1/import-mappings/our-survey', { key: acmeKey })).status).toBe(404);
  }, 60_000);
});

it('files that no import needs are deleted an hour later', async () => {
  const { connection, imports } = running.models;
  const chunks = connection.collection('import_files.chunks');
  const old = '01900000-0000-7000-8000-000000000000';
  const justNow = 'ffffffff-0000-7000-8000-000000000000';
  await chunks.insertMany([
    { files_id: old, n: 0 },
    { files_id: justNow, n: 0 },
  ]);
  const waiting = {
    ...(await imports.findOne().lean())!,
    _id: '01900000-0000-7000-8000-000000000001',
    state: 'failed' as const,
    fingerprint: 'x',
  };
  await imports.create(waiting);
  await chunks.insertOne({ files_id: waiting._id, n: 0 });
  expect(await deleteOrphanFiles(running.models)).toBe(2);
  expect((await chunks.find().toArray()).map((chunk) => chunk.files_id)).toEqual([justNow]);
  await chunks.deleteMany({});
});
