import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createKeyCache } from '../../../src/api/keys/keyCache.ts';
import { keySchema, keysPageSchema, madeKeySchema } from '../../../src/api/keys/keySchemas.ts';
import { problemSchema } from '../../../src/api/reading/readingSchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { hashToken } from '../../../src/models/token.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;
const ORIGIN = 'https://app.example';
let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
});
afterAll(() => running.stop());

const make = (body: unknown, key = KEYS.admin) => running.call('POST', '/v1/keys', { body, key });
const rotate = (id: string, overlapHours: number, key = KEYS.admin) =>
  running.call('POST', `/v1/keys/${id}/rotate`, { body: { overlapHours }, key });
const send = (key: string, more: object = {}) =>
  running.call('POST', '/v1/feedback', { key, body: { overallRating: 4 }, ...more });
const read = (key: string) => running.call('GET', '/v1/summary', { key });
const stored = (id: string) => running.models.accessKeys.findById(id).lean();

describe('a key', () => {
  it('is shown once, works at once, and is stored as a hash only', async () => {
    const { status, body } = await make({ scope: 'read', orgId: 'acme', name: 'reports' });
    expect(madeKeySchema.safeParse(body).error?.issues).toBeUndefined();
    expect([status, (await read(body.key)).status]).toEqual([201, 200]);
    const document = await stored(body.id);
    expect(document).toMatchObject({ hash: hashToken(body.key), orgId: 'acme', name: 'reports' });
    expect(JSON.stringify(document)).not.toContain(body.key);
    const listed = await running.call('GET', '/v1/keys', { key: KEYS.admin });
    expect(keysPageSchema.safeParse(listed.body).error?.issues).toBeUndefined();
    expect(listed.body.items.map(({ id }: { id: string }) => id)).toContain(body.id);
    expect(JSON.stringify(listed.body)).not.toMatch(new RegExp(`${body.key}|${hashToken(body.key)}`));
  });

  it.each([
    ['ingest', [202, 403, 403]],
    ['read', [403, 200, 403]],
    ['respond', [403, 200, 403]],
    ['admin', [202, 200, 200]],
  ])('with the scope %s may do what the scope allows, and no more', async (scope, statuses) => {
    const { key } = (await make({ scope })).body;
    const answers = [await send(key), await read(key), await running.call('GET', '/v1/keys', { key })];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  it('is refused from the instant at which it expires', async () => {
    const expiresMs = Date.now() + HOUR_MS;
    const { body } = await make({ scope: 'read', expiresAt: new Date(expiresMs).toISOString() });
    expect([(await read(body.key)).status, body.state]).toEqual([200, 'valid']);
    const keys = createKeyCache(running.models, {});
    try {
      await keys.refresh();
      expect(keys.find(body.key, expiresMs - 1)).toMatchObject({ id: body.id });
      expect(keys.find(body.key, expiresMs)).toBeUndefined();
    } finally {
      await keys.close();
    }
    await running.models.accessKeys.updateOne({ _id: body.id }, { expiresAt: new Date() });
    await until(async () => (await read(body.key)).status === 401, 'the key is refused');
    const { items } = (await running.call('GET', '/v1/keys', { key: KEYS.admin })).body;
    expect(items.find(({ id }: { id: string }) => id === body.id).state).toBe('expired');
  });

  it('is refused after it is revoked, and a second revocation changes nothing', async () => {
    const { id, key } = (await make({ scope: 'read' })).body;
    const first = await running.call('DELETE', `/v1/keys/${id}`, { key: KEYS.admin });
    expect(keySchema.safeParse(first.body).error?.issues).toBeUndefined();
    expect([first.status, first.body.state, (await read(key)).status]).toEqual([200, 'revoked', 401]);
    const again = await running.call('DELETE', `/v1/keys/${id}`, { key: KEYS.admin });
    expect(again.body).toEqual(first.body);
    expect(await running.models.auditLog.countDocuments({ action: 'key.revoke', target: id })).toBe(1);
    expect((await running.call('DELETE', '/v1/keys/nothing', { key: KEYS.admin })).status).toBe(404);
  });

  it('is not made from invalid fields, each of which is named', async () => {
    for (const [body, pointer] of [
      [{}, '/scope'],
      [{ scope: 'write' }, '/scope'],
      [{ scope: 'read', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      [{ scope: 'read', expiresAt: 'soon' }, '/expiresAt'],
      [{ scope: 'read', name: 'a\u001b[31mb' }, '/name'],
      [{ scope: 'read', origins: [ORIGIN] }, '/scope'],
      [{ scope: 'ingest', origins: [] }, '/origins'],
      [{ scope: 'ingest', origins: ['*'] }, '/origins/0'],
      [{ scope: 'ingest', origins: ['null'] }, '/origins/0'],
      [{ scope: 'ingest', origins: [`${ORIGIN}/path`] }, '/origins/0'],
      [{ scope: 'read', color: 'red' }, '/color'],
    ] as const) {
      const answer = await make(body);
      expect(problemSchema.safeParse(answer.body).error?.issues).toBeUndefined();
      expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, pointer]);
    }
  });

  it('is listed page by page, newest first', async () => {
    for (let n = 0; n < 5; n++) await make({ scope: 'read', orgId: 'paged', name: `${n}` });
    const names: string[] = [];
    let cursor = '';
    do {
      const path = `/v1/keys?orgId=paged&limit=2${cursor}`;
      const { body } = await running.call('GET', path, { key: KEYS.admin });
      names.push(...body.items.map(({ name }: { name: string }) => name));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(names).toEqual(['4', '3', '2', '1', '0']);
  });

  it('shows when it was last used, to about a minute', async () => {
    const { id, key } = (await make({ scope: 'read' })).body;
    expect((await stored(id))?.lastUsedAt).toBeNull();
    const before = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => read(key)));
    await until(async () => ((await stored(id))?.lastUsedAt?.getTime() ?? 0) >= before, 'the use is stored');
  });
});

describe('rotation', () => {
  it('makes a key of the same kind, while the old key works for the overlap', async () => {
    const former = (await make({ scope: 'read', orgId: 'acme', name: 'reports' })).body;
    const { status, body } = await rotate(former.id, 2);
    expect(madeKeySchema.safeParse(body).error?.issues).toBeUndefined();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      scope: 'read',
      orgId: 'acme',
      name: 'reports',
      replaces: former.id,
      expiresAt: null,
    });
    expect([(await read(former.key)).status, (await read(body.key)).status]).toEqual([200, 200]);
    const end = (await stored(former.id))?.expiresAt?.getTime() ?? 0;
    expect(Math.abs(end - Date.now() - 2 * HOUR_MS)).toBeLessThan(60_000);
  });

  it('without an overlap ends the old key at once', async () => {
    const former = (await make({ scope: 'ingest', origins: [ORIGIN] })).body;
    const { body } = await rotate(former.id, 0);
    expect(body.origins).toEqual([ORIGIN]);
    const headers = { origin: ORIGIN };
    expect((await send(former.key, { headers })).status).toBe(401);
    expect((await send(body.key, { headers })).status).toBe(202);
  });

  it('succeeds once among concurrent requests', async () => {
    const { id } = (await make({ scope: 'read' })).body;
    const all = await Promise.all([1, 2, 3, 4].map((hours) => rotate(id, hours)));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await running.models.accessKeys.countDocuments({ replaces: id })).toBe(1);
    const follower = all.find(({ status }) => status === 201)?.body.id;
    expect(all.find(({ status }) => status === 409)?.body.detail).toContain(follower);
    // If the answer was lost, revoke the key that nobody holds, and rotate again.
    await running.call('DELETE', `/v1/keys/${follower}`, { key: KEYS.admin });
    expect((await rotate(id, 1)).status).toBe(201);
  });

  it('refuses keys that are invalid by then, and never extends the life of a key', async () => {
    const { id } = (await make({ scope: 'read' })).body;
    await running.call('DELETE', `/v1/keys/${id}`, { key: KEYS.admin });
    expect((await rotate(id, 1)).status).toBe(409);
    const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
    const short = (await make({ scope: 'read', expiresAt })).body;
    const { body } = await rotate(short.id, 24);
    expect((await stored(short.id))?.expiresAt?.toISOString()).toBe(expiresAt);
    const life = Date.parse(body.expiresAt) - Date.parse(body.createdAt);
    expect(Math.abs(life - HOUR_MS)).toBeLessThan(60_000);
  });
});

describe('an admin of one org', () => {
  let own: string;
  beforeAll(async () => {
    own = (await make({ scope: 'admin', orgId: 'acme' })).body.key;
  });

  it('makes keys of that org only', async () => {
    expect((await make({ scope: 'admin' }, own)).body.orgId).toBe('acme');
    expect((await make({ scope: 'read', orgId: 'globex' }, own)).status).toBe(403);
  });

  it('sees and changes keys of that org only, and cannot tell whether others exist', async () => {
    const other = (await make({ scope: 'read', orgId: 'globex' })).body;
    const everyone = (await make({ scope: 'read' })).body;
    const { items } = (await running.call('GET', '/v1/keys?limit=200', { key: own })).body;
    expect(new Set(items.map(({ orgId }: { orgId: string }) => orgId))).toEqual(new Set(['acme']));
    for (const { id } of [other, everyone, { id: 'nothing' }]) {
      const answers = [await rotate(id, 1, own), await running.call('DELETE', `/v1/keys/${id}`, { key: own })];
      expect(answers.map(({ status, body }) => [status, body.detail])).toEqual(
        answers.map(() => [404, 'There is no key with this id that this key may manage.']),
      );
    }
    expect([(await read(other.key)).status, (await read(everyone.key)).status]).toEqual([200, 200]);
  });

  it('whose key expires makes no key that outlives it', async () => {
    const end = Date.now() + HOUR_MS;
    const expiresAt = new Date(end).toISOString();
    const { key } = (await make({ scope: 'admin', orgId: 'acme', expiresAt })).body;
    expect((await make({ scope: 'read' }, key)).status).toBe(403);
    const later = new Date(end + 1).toISOString();
    expect((await make({ scope: 'read', expiresAt: later }, key)).status).toBe(403);
    expect((await make({ scope: 'read', expiresAt }, key)).status).toBe(201);
    const lasting = (await make({ scope: 'read', orgId: 'acme' })).body;
    expect(Date.parse((await rotate(lasting.id, 1, key)).body.expiresAt)).toBe(end);
  });
});

describe('a key for browsers', () => {
  let key: string;
  const headers = { origin: ORIGIN };
  beforeAll(async () => {
    const made = await make({ scope: 'ingest', orgId: 'acme', origins: [ORIGIN, 'http://localhost:5173'] });
    key = made.body.key;
  });

  it('has a prefix that marks it as public', () => expect(key).toMatch(/^ft_public_/));

  it('sends from its origins, and the page may read the response', async () => {
    for (const origin of [ORIGIN, 'http://localhost:5173']) {
      const one = await send(key, { headers: { origin } });
      const batch = await running.call('POST', '/v1/feedback/batch', {
        key,
        headers: { origin },
        body: { feedback: [{ overallRating: 5 }] },
      });
      for (const answer of [one, batch]) {
        expect(answer.status).toBe(202);
        expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
        expect(answer.headers.get('vary')).toContain('Origin');
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      }
    }
    const refused = await send(key, { headers, body: { overallRating: 9 } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, ORIGIN]);
  });

  it('is refused from other origins, whose pages cannot read the response', async () => {
    const elsewhere = ['https://evil.example', `${ORIGIN}:444`, `${ORIGIN}.evil.example`, 'http://app.example', 'null'];
    for (const origin of elsewhere) {
      const answer = await send(key, { headers: { origin } });
      expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([origin, 403, null]);
    }
    expect((await send(key)).status).toBe(403);
  });

  it('cannot read, import, or confirm an id', async () => {
    const known = { overallRating: 1, id: 'taken-already' };
    await send(KEYS.ingest, { body: { ...known, orgId: 'acme' } });
    const [taken, free] = [
      await send(key, { headers, body: known }),
      await send(key, { headers, body: { ...known, id: 'free' } }),
    ];
    expect([taken.status, taken.body.status]).toEqual([free.status, free.body.status]);
    const api = (await running.call('GET', '/openapi.json')).body;
    const may: string[] = [];
    for (const [path, methods] of Object.entries<Record<string, { security: unknown[] }>>(api.paths))
      for (const [method, { security }] of Object.entries(methods)) {
        if (security.length === 0) continue;
        const { status } = await running.call(method.toUpperCase() as 'GET', path.replace(/\{\w+\}/g, 'x'), {
          key,
          headers,
          ...(method !== 'get' && { body: {} }),
        });
        // 401 where only people are let in.
        if (status !== 401 && status !== 403) may.push(path);
      }
    expect(may).toEqual(['/v1/feedback', '/v1/feedback/batch']);
  });

  it('passes preflight requests on its two paths, from its origins only', async () => {
    const ask = (path: string, origin: string) =>
      fetch(running.service.apiUrl + path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    for (const path of ['/v1/feedback', '/v1/feedback/batch']) {
      const yes = await ask(path, ORIGIN);
      expect([yes.status, yes.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
      expect(yes.headers.get('access-control-allow-methods')).toBe('POST');
      expect(yes.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(yes.headers.get('access-control-allow-credentials')).toBeNull();
      const no = await ask(path, 'https://evil.example');
      expect([no.status, no.headers.get('access-control-allow-origin')]).toEqual([405, null]);
      expect(no.headers.get('vary')).toContain('Origin');
    }
    for (const path of ['/v1/feedback/import', '/v1/summary', '/v1/keys'])
      expect((await ask(path, ORIGIN)).headers.get('access-control-allow-origin')).toBeNull();
    const reading = await running.call('GET', '/v1/summary', { headers });
    expect(reading.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('works from apps in a webview and from every subdomain of a wildcard, and from nowhere else', async () => {
    const origins = ['capacitor://localhost', 'https://*.shop.example', 'http://localhost:8100'];
    const { status, body } = await make({ scope: 'ingest', orgId: 'acme', origins });
    expect([status, body.origins]).toEqual([201, origins]);
    const preflight = (origin: string) =>
      fetch(`${running.service.apiUrl}/v1/feedback`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const may = [
      'capacitor://localhost',
      'http://localhost:8100',
      'https://berlin.shop.example',
      'https://a.b.shop.example',
    ];
    for (const origin of may) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
      const answer = await send(body.key, { headers: { origin } });
      expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([origin, 202, origin]);
    }
    const mayNot = ['capacitor://local', 'ionic://localhost', 'http://localhost', 'https://shop.example', 'null'];
    for (const origin of [
      ...mayNot,
      'http://berlin.shop.example',
      'https://*.shop.example',
      'https://evilshop.example',
    ]) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect([origin, (await send(body.key, { headers: { origin } })).status]).toEqual([origin, 403]);
    }
  });

  it.each([
    ['https://*.co.uk', 'must not stand for every site of co.uk'],
    ['https://app.example/', 'here https://app.example'],
    ['file://', 'any page can send the origin null'],
  ])('is not made for the origin %s, and the error says why', async (origin, reason) => {
    const { status, body } = await make({ scope: 'ingest', origins: [ORIGIN, origin] });
    expect([status, body.errors]).toEqual([400, [{ pointer: '/origins/1', message: expect.stringContaining(reason) }]]);
  });

  it('adds no header to responses without an origin', async () => {
    const answer = await send(KEYS.ingest);
    expect([answer.headers.get('vary'), answer.headers.get('access-control-allow-origin')]).toEqual([null, null]);
  });
});

describe('guessing keys', () => {
  let guarded: TestService;
  beforeAll(async () => {
    guarded = await startTestService(isolatedStores(), { AUTH_FAILURES_PER_MINUTE: '5' });
  });
  afterAll(() => guarded.stop());
  const from = (address: string, key: string) =>
    guarded.call('GET', '/v1/summary', { key, headers: { 'x-forwarded-for': `198.51.100.7, ${address}` } });
  const guess = async (address: string, times: number) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n++) statuses.push((await from(address, `ft_read_wrong-${n}`)).status);
    return statuses;
  };

  it('is stopped after too many wrong keys from an address in a minute', async () => {
    expect(await guess('203.0.113.9', 7)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const refused = await from('203.0.113.9', 'wrong');
    expect(problemSchema.safeParse(refused.body).error?.issues).toBeUndefined();
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    // An IPv6 client has 2^64 addresses.
    for (let n = 0; n < 5; n++) await from(`2001:db8:1:2::${n}`, 'wrong');
    expect((await from('2001:db8:1:2:ffff::1', 'wrong')).status).toBe(429);
    expect((await from('2001:db8:1:3::1', 'wrong')).status).toBe(401);
    const metrics = await (await fetch(`${guarded.service.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/feedback_auth_failures_total\{outcome="wrong"\} 11\n/);
    expect(metrics).toMatch(/feedback_auth_failures_total\{outcome="limited"\} 4\n/);
  });

  it('does not shut out generated keys from the same address, even new ones', async () => {
    await guess('203.0.113.20', 6);
    for (const scope of ['ingest', 'read', 'admin'] as const) {
      const { key } = await createAccessKey(guarded.models, { scope, orgId: 'acme' });
      await guarded.service.refreshKeys();
      const headers = { 'x-forwarded-for': '203.0.113.20' };
      const answer =
        scope === 'ingest'
          ? await guarded.call('POST', '/v1/feedback', { key, headers, body: { overallRating: 4 } })
          : await from('203.0.113.20', key);
      expect([scope, answer.status]).toEqual([scope, scope === 'ingest' ? 202 : 200]);
    }
    const { id, key } = await createAccessKey(guarded.models, { scope: 'read' });
    await guarded.call('DELETE', `/v1/keys/${id}`, { key: KEYS.admin });
    expect((await from('203.0.113.20', key)).status).toBe(429);
  });

  it('shuts out a key from the environment, which may be guessed, only from addresses that have not used it', async () => {
    expect((await from('203.0.113.30', KEYS.read)).status).toBe(200);
    await guess('203.0.113.30', 6);
    await guess('203.0.113.31', 6);
    const [known, otherKey, unknown, elsewhere] = [
      await from('203.0.113.30', KEYS.read),
      await from('203.0.113.30', KEYS.admin),
      await from('203.0.113.31', KEYS.read),
      await from('203.0.113.32', KEYS.read),
    ];
    expect([known.status, otherKey.status, unknown.status, elsewhere.status]).toEqual([200, 429, 429, 200]);
    const wrong = await from('203.0.113.31', 'wrong');
    const shown = ({ status, body }: typeof wrong) => ({ status, body });
    expect(shown(unknown)).toEqual(shown(wrong));
  });

  it('reads nothing from the database', async () => {
    const keys = createKeyCache(running.models, {});
    await keys.refresh();
    const find = jest.spyOn(running.models.accessKeys, 'find');
    try {
      for (let n = 0; n < 1_000; n++) expect(keys.find(`ft_ingest_guess-${n}`, Date.now())).toBeUndefined();
      expect(find).not.toHaveBeenCalled();
    } finally {
      find.mockRestore();
      await keys.close();
    }
  });
});

it('accepts a key that was stored before keys had an expiry and origins', async () => {
  const { id, key } = await createAccessKey(running.models, { scope: 'read' });
  const fields = { expiresAt: 1, origins: 1, replaces: 1, lastUsedAt: 1 } as const;
  await running.models.accessKeys.collection.updateOne({ _id: id as never }, { $unset: fields });
  await running.service.refreshKeys();
  expect((await read(key)).status).toBe(200);
});
