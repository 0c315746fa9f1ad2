import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  erasureSchema,
  erasuresSchema,
  exportSchema,
  publicKeySchema,
} from '../../../src/api/erasure/erasureSchemas.ts';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { isGenuine } from '../../../src/models/erasure/receipt.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { inviteToOrg } from '../../../src/models/people/invitations.ts';
import { saveTaxonomy } from '../../../src/models/taxonomy/taxonomies.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
let acmeKey: string;
let acmeReadKey: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  acmeKey = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  acmeReadKey = (await createAccessKey(running.models, { scope: 'read', orgId: 'acme' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

let sent = 0;
async function send(fields: object, count = 1): Promise<string[]> {
  const feedback = Array.from({ length: count }, () => ({
    id: `f-${sent++}`,
    overallRating: 4,
    easeOfUse: 'Very easy',
    improvements: 'The parking garage smells.',
    ...fields,
  }));
  const before = await running.models.feedback.countDocuments();
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(before + count);
  return feedback.map(({ id }) => id);
}

const ask = (body: unknown, key = KEYS.admin) => running.call('POST', '/v1/erasures', { body, key });
const get = (path: string, key = KEYS.admin) => running.call('GET', path, { key });

async function erased(body: unknown, key = KEYS.admin) {
  const asked = await ask(body, key);
  expect([asked.status, asked.body.state]).toEqual([202, 'waiting']);
  let found = asked.body;
  await until(async () => {
    found = (await get(`/v1/erasures/${asked.body.id}`)).body;
    expect(erasureSchema.safeParse(found).error?.issues).toBeUndefined();
    return found.state === 'done';
  }, 'the erasure is done');
  return found;
}

describe('an erasure', () => {
  it('of a user removes their feedback from every response, and gives a receipt without personal data', async () => {
    await send({ orgId: 'acme', userId: 'u-gone', sessionId: 's-gone' }, 5);
    await send({ orgId: 'globex', userId: 'u-gone' }, 2);
    await send({ orgId: 'acme', userId: 'u-stays', sessionId: 's-stays' }, 3);
    const done = await erased({ what: 'user', id: 'u-gone', orgId: 'acme' });
    expect(done.removed).toMatchObject({ feedback: 5, aggregates: 2 });
    expect((await get('/v1/users/u-gone/summary')).body.count).toBe(2);
    expect((await get('/v1/orgs/acme/summary')).body.count).toBe(3);
    expect((await get('/v1/sessions?limit=200')).body.items).toHaveLength(1);
    expect((await get('/v1/feedback?userId=u-gone&orgId=acme')).body.items).toEqual([]);

    await erased({ what: 'user', id: 'u-gone' });
    const users = (await get('/v1/users')).body.items.map(({ userId }: { userId: string }) => userId);
    expect(users).toEqual(['u-stays']);
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);

    const key = await get('/v1/erasures/public-key');
    expect(publicKeySchema.safeParse(key.body).error?.issues).toBeUndefined();
    expect(isGenuine(done.receipt, key.body.publicKey)).toBe(true);
    const forged = structuredClone(done.receipt);
    forged.receipt.removed.feedback++;
    expect(isGenuine(forged, key.body.publicKey)).toBe(false);
    expect(JSON.stringify(done)).not.toContain('u-gone');
  });

  it('is in the audit log, without the id of its subject', async () => {
    const { id } = await erased({ what: 'session', id: 's-audited' });
    const entry = await running.models.auditLog.findOne({ target: id }).lean();
    expect(entry).toMatchObject({ action: 'erasure.request', actor: { kind: 'key', id: 'bootstrap' } });
    expect(JSON.stringify(await running.models.auditLog.find().lean())).not.toMatch(/s-audited|u-gone/);
  });

  it('refuses an erased feedback id permanently, while the user may send feedback again', async () => {
    const [id] = await send({ orgId: 'acme', userId: 'u-back' });
    await erased({ what: 'feedback', id });
    await running.call('POST', '/v1/feedback', { body: { id, userId: 'u-back', overallRating: 1 } });
    await erased({ what: 'user', id: 'u-back' });
    await running.call('POST', '/v1/feedback', { body: { id, userId: 'u-back', overallRating: 1 } });
    await send({ orgId: 'acme', userId: 'u-back', overallRating: 5 });
    const { body } = await get('/v1/users/u-back/summary');
    expect([body.count, body.ratings.overallRating.mean]).toEqual([1, 5]);
    const metrics = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/feedback_processed_total\{outcome="erased"\} 2\n/);
    expect((await get(`/v1/feedback/${id}`)).status).toBe(404);
  });

  it('can be requested again, with the same outcome', async () => {
    await send({ userId: 'u-twice' }, 2);
    const body = { what: 'user', id: 'u-twice' };
    const both = await Promise.all([erased(body), erased(body)]);
    expect(both.map((one) => one.removed.feedback).sort()).toEqual([0, 2]);
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  });

  it('of an org also removes its lists, taxonomy, keys and invitations', async () => {
    await send({ orgId: 'closing', easeOfUse: 'Our own answer' }, 3);
    await running.call('POST', '/v1/feedback', { body: { orgId: 'closing', userId: 'w', overallRating: 1 } });
    const themes = [{ id: 'animals', label: 'Animals', description: 'Animals.', terms: 'llama' }];
    const change = { orgId: 'closing', edited: 0, themes, by: COMMAND_LINE, now: new Date() };
    await saveTaxonomy(running.models, change);
    const { key } = await createAccessKey(running.models, { scope: 'admin', orgId: 'closing' });
    await running.service.refreshKeys();
    const offer = {
      email: 'ada@example.com',
      role: 'viewer',
      orgId: 'closing',
      actor: COMMAND_LINE,
    } as const;
    await inviteToOrg(running.models, offer);
    const asked = await ask({ what: 'org', id: 'closing' }, key);
    const path = `/v1/erasures/${asked.body.id}`;
    await until(async () => (await get(path)).body.state === 'done', 'the erasure is done');
    const { removed } = (await get(path)).body;
    expect(removed).toMatchObject({ feedback: 4, taxonomies: 1, keys: 1, choiceLists: 1 });
    await running.service.refreshKeys();
    expect((await get(path, key)).status).toBe(401);
    expect(await running.models.invitations.countDocuments()).toBe(0);
    expect((await get('/v1/orgs/closing/summary')).body.count).toBe(0);
    const left = await running.models.aggregates.countDocuments({ orgId: 'closing' });
    expect([left, await running.models.choiceLists.countDocuments({ _id: /closing/ })]).toEqual([0, 0]);
    await until(async () => (await running.models.pendingTexts.countDocuments()) === 0, 'all phrases are counted');
    expect(await running.models.phraseSketches.countDocuments({ _id: /closing/ })).toBe(0);
  });

  it('is listed, page by page, to the keys that may see it', async () => {
    const { body: first } = await get('/v1/erasures?limit=2');
    expect(erasuresSchema.safeParse(first).error?.issues).toBeUndefined();
    const { body: second } = await get(`/v1/erasures?limit=200&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(ids).toHaveLength(await running.models.erasures.countDocuments());
    const { body: own } = await get('/v1/erasures', acmeKey);
    expect(own.items.map(({ orgId }: { orgId: string }) => orgId)).toEqual(['acme']);
    const others = first.items.find(({ orgId }: { orgId: string }) => orgId !== 'acme');
    expect((await get(`/v1/erasures/${others.id}`, acmeKey)).status).toBe(404);
  });

  it('by a key of an org removes data of that org only', async () => {
    await send({ orgId: 'globex', userId: 'u-both' }, 2);
    await send({ orgId: 'acme', userId: 'u-both' }, 1);
    const [id] = await send({ orgId: 'globex' });
    expect((await erased({ what: 'user', id: 'u-both' }, acmeKey)).removed.feedback).toBe(1);
    expect((await erased({ what: 'feedback', id }, acmeKey)).removed.feedback).toBe(0);
    expect((await get('/v1/users/u-both/summary')).body.count).toBe(2);
    const refused = await Promise.all([
      ask({ what: 'org', id: 'globex' }, acmeKey),
      ask({ what: 'user', id: 'u-both', orgId: 'globex' }, acmeKey),
      ask({ what: 'user', id: 'u-both' }, acmeReadKey),
      ask({ what: 'user', id: 'u-both' }, KEYS.ingest),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('is refused with the name of each invalid field', async () => {
    for (const [body, pointer] of [
      [{ what: 'people', id: 'x' }, '/what'],
      [{ what: 'user' }, '/id'],
      [{ what: 'user', id: 'a b' }, '/id'],
      [{ what: 'user', id: { $ne: '' } }, '/id'],
      [{ what: 'user', id: 'x', all: true }, '/all'],
      [{ what: 'org', id: 'x', orgId: 'y' }, '/orgId'],
    ] as const) {
      const { status, body: problem } = await ask(body);
      expect([status, problem.errors[0].pointer]).toEqual([400, pointer]);
    }
    expect((await get('/v1/erasures?cursor=x')).status).toBe(400);
    expect((await get('/v1/erasures/nothing')).status).toBe(404);
  });
});

describe('the export of a user', () => {
  it('holds everything stored about them; for the key of an org, only data of the org', async () => {
    const [first, second] = [
      await send({ orgId: 'acme', userId: 'u-export', tags: ['a'] }, 700),
      await send({ userId: 'u-export', overallRating: 1 }, 1),
    ];
    await send({ orgId: 'acme', userId: 'u-export-2' });
    const { body } = await get('/v1/users/u-export/export');
    expect(exportSchema.safeParse(body).error?.issues).toBeUndefined();
    const idsOf = (items: { id: string }[]) => items.map(({ id }) => id).sort();
    expect(idsOf(body.feedback)).toEqual([...first, ...second].sort());
    const figures = new Map(body.figures.map(({ orgId, count }: { orgId: string; count: number }) => [orgId, count]));
    expect(figures).toEqual(
      new Map([
        ['acme', 700],
        [null, 1],
      ]),
    );
    const own = (await get('/v1/users/u-export/export', acmeKey)).body;
    expect([own.orgId, idsOf(own.feedback)]).toEqual(['acme', [...first].sort()]);
    expect(own.figures).toHaveLength(1);
    expect((await get('/v1/users/u-export/export?orgId=globex', acmeKey)).status).toBe(403);
    expect((await get('/v1/users/u-export/export', acmeReadKey)).status).toBe(403);
    const nobody = await get('/v1/users/nobody/export');
    expect([nobody.status, nobody.body.feedback, nobody.body.figures]).toEqual([200, [], []]);
    expect(await running.models.auditLog.countDocuments({ action: 'user.export' })).toBe(3);
  });
});
