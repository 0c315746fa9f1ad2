import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testQueues } from '../../support/stores/queues.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const stores = isolatedStores();
let running: TestService;
beforeAll(async () => {
  running = await startTestService(stores);
});
afterAll(() => running.stop());
const { ingest } = testQueues(stores);

const send = (feedback: object[], key?: string) =>
  running.call('POST', '/v1/feedback/batch', {
    body: { feedback },
    ...(key && { headers: { 'idempotency-key': key } }),
  });
const load = (body: string, key: string, type = 'text/csv') =>
  running.call('POST', '/v1/feedback/import', { body, headers: { 'content-type': type, 'idempotency-key': key } });
const settled = () => until(async () => (await ingest.countJobs()) === 0, 'all jobs are done');
const countOf = (orgId: string) => running.models.feedback.countDocuments({ orgId });

describe('the same id in several orgs', () => {
  it('counts once in each, under a key of no org, and a batch says which of its items were known', async () => {
    const rows = ['north', 'south', undefined].map((orgId) => ({ id: 'shared-1', orgId, overallRating: 2 }));
    const first = await send(rows);
    expect(first.body).toMatchObject({ accepted: 3, duplicates: 0, refused: 0 });
    await settled();
    const again = await send([
      ...rows,
      { id: 'shared-2', orgId: 'south', overallRating: 9 },
      { id: 'shared-2', overallRating: 1 },
    ]);
    expect(again.status).toBe(207);
    expect(again.body).toMatchObject({ accepted: 4, duplicates: 3, refused: 1 });
    expect(
      again.body.results.map(({ status, duplicate }: { status: string; duplicate?: true }) => [status, duplicate]),
    ).toEqual([...rows.map(() => ['accepted', true]), ['refused', undefined], ['accepted', undefined]]);
    await settled();
    expect([await countOf('north'), await countOf('south')]).toEqual([1, 1]);
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  });

  it('is one id under a key of the org and under a key of none', async () => {
    const { key } = await createAccessKey(running.models, { scope: 'ingest', orgId: 'west' });
    await running.service.refreshKeys();
    const item = { id: 'both-keys', overallRating: 3 };
    expect((await running.call('POST', '/v1/feedback', { key, body: item })).status).toBe(202);
    await settled();
    expect((await send([{ ...item, orgId: 'west' }])).body.duplicates).toBe(1);
    await settled();
    expect(await countOf('west')).toBe(1);
  });

  it('is read by orgId; without it, the one of no org or the only one is read, else the refusal names the orgs', async () => {
    await send([
      { id: 'read-1', orgId: 'e1', overallRating: 1 },
      { id: 'read-1', orgId: 'e2', overallRating: 2 },
      { id: 'read-2', orgId: 'e1', overallRating: 3 },
      { id: 'read-2', overallRating: 4 },
      { id: 'read-3', orgId: 'e2', overallRating: 5 },
    ]);
    await settled();
    const get = async (path: string) => {
      const { status, body } = await running.call('GET', `/v1/feedback/${path}`);
      return [status, body.overallRating ?? body.detail];
    };
    expect(await get('read-1')).toEqual([409, expect.stringMatching(/orgId: e1, e2\.$/)]);
    expect(await get('read-1?orgId=e2')).toEqual([200, 2]);
    expect(await get('read-1?orgId=e3')).toEqual([404, expect.any(String)]);
    expect(await get('read-2')).toEqual([200, 4]);
    expect(await get('read-2?orgId=e1')).toEqual([200, 3]);
    expect(await get('read-3')).toEqual([200, 5]);
    const { key } = await createAccessKey(running.models, { scope: 'read', orgId: 'e1' });
    await running.service.refreshKeys();
    const own = await running.call('GET', '/v1/feedback/read-1', { key });
    expect([own.status, own.body.overallRating]).toEqual([200, 1]);
  });
});

describe('a file that is mended and sent again under its Idempotency-Key', () => {
  const HEADER = 'orgId,userId,overallRating,improvements';
  const rows = (org: string) => [
    `${org},ann,5,"Clear, and kind"`,
    `${org},bob,8,Too slow`,
    `${org},,3,`,
    `${org},cyd,2,"The export ends\nin the middle"`,
    `${org},,3,`,
    `${org},dee,4,`,
  ];
  const csv = (lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;

  it.each<[string, (lines: string[]) => string[], number, number]>([
    ['with its wrong row corrected', (lines) => lines.with(1, lines[1]!.replace(',8,', ',4,')), 6, 5],
    ['with its wrong row removed', (lines) => lines.toSpliced(1, 1), 5, 5],
    ['with rows moved', (lines) => lines.toSpliced(1, 1).reverse(), 5, 5],
    ['with rows added at the top', (lines) => [`${lines[0]!.split(',')[0]},eve,1,`, ...lines.toSpliced(1, 1)], 6, 5],
    ['with one more of the equal rows', (lines) => [lines[2]!, ...lines.toSpliced(1, 1)], 6, 5],
    ['with one of the equal rows less', (lines) => lines.toSpliced(4, 1), 5, 4],
  ])('%s counts each row once', async (title, mend, stored, duplicates) => {
    const org = `mend-${title.replace(/\W+/g, '-')}`;
    const key = `upload-${org}`;
    const first = await load(csv(rows(org)), key);
    expect(first.body).toMatchObject({ accepted: 5, duplicates: 0, refused: 1 });
    await settled();
    const mended = mend(rows(org));
    const second = await load(csv(mended), key);
    expect(second.body.duplicates).toBe(duplicates);
    await settled();
    expect(await countOf(org)).toBe(stored);
    const third = await load(csv(mended), key);
    expect(third.body.duplicates).toBe(third.body.accepted);
    await settled();
    expect(await countOf(org)).toBe(stored);
  });

  it('counts an edited row as a new one', async () => {
    await load(csv(['edit,ann,5,Fine']), 'upload-edit');
    expect((await load(csv(['edit,ann,4,Fine']), 'upload-edit')).body).toMatchObject({ accepted: 1, duplicates: 0 });
    await settled();
    expect(await countOf('edit')).toBe(2);
  });

  it('is the same as a batch, as NDJSON and as CSV', async () => {
    const items = [
      { orgId: 'forms', userId: 'u', overallRating: 2, tags: ['a', 'b'] },
      { orgId: 'forms', overallRating: 1 },
    ];
    await send(items, 'form-1');
    await settled();
    const lines = items.toReversed().map((item) => JSON.stringify(item));
    expect((await load(lines.join('\n'), 'form-1', 'application/x-ndjson')).body).toMatchObject({
      accepted: 2,
      duplicates: 2,
    });
    const table = 'tags,overallRating,userId,orgId\n,1,,forms\na;b,2,u,forms\n';
    expect((await load(table, 'form-1')).body).toMatchObject({ accepted: 2, duplicates: 2 });
    await settled();
    expect(await countOf('forms')).toBe(2);
  });

  it('that stopped early is sent again as a whole, and the refusal says so', async () => {
    const line = (n: number) =>
      JSON.stringify({ orgId: 'stop', overallRating: (n % 5) + 1, improvements: `row ${n % 700}` });
    const lines = Array.from({ length: 1_300 }, (_, n) => line(n));
    const broken = [
      ...lines.slice(0, 1_200),
      JSON.stringify({ improvements: 'x'.repeat(300_000) }),
      ...lines.slice(1_200),
    ];
    const stopped = await load(broken.join('\n'), 'stop-1', 'application/x-ndjson');
    expect(stopped.status).toBe(413);
    expect(stopped.body.detail).toMatch(
      /up to line 1000 are settled, 1000 .* whole import again with the same Idempotency-Key/,
    );
    const whole = await load(lines.join('\n'), 'stop-1', 'application/x-ndjson');
    expect(whole.body).toMatchObject({ accepted: 1_300, duplicates: 1_000 });
    await settled();
    expect(await countOf('stop')).toBe(1_300);
  });
});
