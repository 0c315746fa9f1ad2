import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProblemDetails } from '../../../src/api/http/problem.ts';
import { sessionResponseSchema } from '../../../src/api/signIn/signInSchemas.ts';
import { createOneTimeLink, offerFirstAdmin } from '../../../src/models/signIn/oneTimeLinks.ts';
import { hashToken } from '../../../src/models/token.ts';
import { type Browser, openBrowser } from '../../support/browser.ts';
import { addPerson, PASSWORD } from '../../support/people.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
let url: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  url = running.service.apiUrl!;
  for (const orgId of ['acme', 'globex'])
    await running.call('POST', '/v1/feedback', { body: { id: `of-${orgId}`, orgId, overallRating: 4 } });
  await running.stored(2);
});
afterAll(() => running.stop());
/** A person of its own for each test: attempts are counted by address. */
let ada: string;
let people = 0;
beforeEach(() => {
  ada = `ada${people++}@example.com`;
});
afterEach(async () => {
  const { people: persons, sessions, oneTimeLinks } = running.models;
  await Promise.all([persons.deleteMany(), sessions.deleteMany(), oneTimeLinks.deleteMany()]);
});

let addresses = 0;
/** Each attempt from an address of its own, but where a test is about addresses. */
const newAddress = () => `198.51.${100 + (addresses >> 8)}.${addresses++ & 255}`;
const SAME = { 'sec-fetch-site': 'same-origin' };

async function signIn(email: string, password = PASSWORD, from = newAddress()): Promise<Browser> {
  const browser = openBrowser();
  const page = await attempt(email, password, { from, browser });
  expect([page.status, new URL(page.url).pathname]).toEqual([200, '/sign-in']);
  return browser;
}
const attempt = (
  email: string,
  password: string,
  { from = newAddress(), browser = openBrowser() }: { from?: string; browser?: Browser } = {},
) => browser.submit(`${url}/v1/session`, { email, password }, { ...SAME, 'x-forwarded-for': from });

const events = (action: string) => running.models.auditLog.find({ action }).sort({ _id: 1 }).lean();
const tokenOf = (browser: Browser) => browser.cookies.get(new URL(url).host)?.get('feedback_session')?.value ?? '';
const statusOf = async (browser: Browser, path: string, init?: RequestInit) =>
  (await browser.fetch(`${url}${path}`, init)).status;

async function idsSeen(browser: Browser, path: string): Promise<string[]> {
  const { items } = (await (await browser.fetch(`${url}${path}`)).json()) as { items: { id: string }[] };
  return items.map(({ id }) => id);
}

describe('signing in by password', () => {
  it('starts a session in a cookie that scripts and other sites cannot read, and stores only its hash', async () => {
    const { _id } = await addPerson(running.models, ada, [{ role: 'viewer', orgId: 'acme' }]);
    const browser = await signIn(` ${ada.toUpperCase()} `);
    const cookie = browser.cookies.get(new URL(url).host)?.get('feedback_session');
    expect(cookie?.attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
    expect(cookie?.attributes).not.toContain('Secure');
    expect(cookie?.value).toMatch(/^[\w-]{43}$/);
    const stored = await running.models.sessions.find().lean();
    expect(stored.map((one) => one._id)).toEqual([hashToken(cookie!.value)]);
    expect(JSON.stringify(stored)).not.toContain(cookie!.value);

    const me = await (await browser.fetch(`${url}/v1/session`)).json();
    expect(sessionResponseSchema.safeParse(me).error?.issues).toBeUndefined();
    expect(me).toMatchObject({
      person: { id: _id, email: ada },
      roles: [{ role: 'viewer', orgId: 'acme' }],
    });
    expect((await events('session.sign-in')).at(-1)).toMatchObject({
      actor: { kind: 'person', id: _id, from: expect.stringMatching(/^198\.51\./) },
      details: { by: 'password', failedBefore: 0 },
    });
  });

  it('starts a new session each time, and ends the earlier one of the same browser', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    const before = tokenOf(browser);
    await attempt(ada, PASSWORD, { browser });
    expect(tokenOf(browser)).not.toBe(before);
    const planted = { headers: { cookie: `feedback_session=${before}` } };
    expect((await fetch(`${url}/v1/session`, planted)).status).toBe(401);
  });

  it('answers the same after the same time for an unknown address, a wrong password and a disabled person', async () => {
    await addPerson(running.models, ada, []);
    const eve = await addPerson(running.models, 'eve@example.com', []);
    await running.models.people.updateOne({ _id: eve._id }, { disabled: true });
    const ways = {
      wrong: [ada, 'not this one, surely'],
      unknown: ['bob@example.com', 'not this one, surely'],
      disabled: ['eve@example.com', PASSWORD],
    } as const;
    const timesMs: Record<string, number[]> = {};
    const pages = new Set<string>();
    for (let round = 0; round < 7; round++)
      for (const [kind, [email, password]] of Object.entries(ways)) {
        const started = performance.now();
        const page = await attempt(email, password);
        timesMs[kind] = [...(timesMs[kind] ?? []), performance.now() - started];
        expect(page.status).toBe(403);
        pages.add(page.text.replaceAll(email, ''));
      }
    expect(pages.size).toBe(1);
    // Other load only makes times longer, so the shortest counts.
    const least = Object.values(timesMs).map((times) => Math.min(...times));
    // Hashing is what takes time: without it an unknown address is answered several times sooner.
    expect(Math.max(...least) / Math.min(...least)).toBeLessThan(2);
  });

  it('counts failed attempts for the audit log, without addresses', async () => {
    await addPerson(running.models, ada, []);
    for (let n = 0; n < 3; n++) await attempt(ada, 'not this one, surely');
    // Nobody waits for the count when an attempt is answered.
    await until(
      async () => (await running.models.people.findOne().lean())?.failedSignIns === 3,
      'all three attempts are counted',
    );
    await signIn(ada);
    expect((await events('session.sign-in')).at(-1)?.details).toEqual({ by: 'password', failedBefore: 3 });
    expect(JSON.stringify(await running.models.auditLog.find().lean())).not.toContain('@example.com');
  });

  it.each([
    [{ email: 'ada@example.com' } as Record<string, string>, 400, 'Password'],
    [{ email: 'ada@example.com', password: 'x'.repeat(801) }, 400, 'Password'],
    [{ email: 'ada@example.com', password: PASSWORD, role: 'admin' }, 400, '/role is not a field'],
    [{ email: 'x'.repeat(9000), password: PASSWORD }, 413, '8192 bytes'],
  ])('refuses an invalid form: %#', async (fields, status, text) => {
    const page = await openBrowser().submit(`${url}/v1/session`, fields);
    expect([page.status, page.text]).toEqual([status, expect.stringContaining(text)]);
    expect(page.text).toContain('role="alert"');
  });
});

describe('attempts', () => {
  it('are limited for an account from one address, and only there', async () => {
    await addPerson(running.models, ada, []);
    const from = newAddress();
    for (let n = 0; n < 5; n++) expect((await attempt(ada, 'wrong', { from })).status).toBe(403);
    const limited = await attempt(ada, PASSWORD, { from });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    expect((await attempt(ada, PASSWORD)).status).toBe(200);
  });

  it('count the same when they are concurrent', async () => {
    await addPerson(running.models, ada, []);
    const from = newAddress();
    const pages = await Promise.all(Array.from({ length: 12 }, () => attempt(ada, 'wrong', { from })));
    expect(pages.filter(({ status }) => status === 403)).toHaveLength(5);
  });

  it('are limited for an address over all accounts, and for an IPv6 network', async () => {
    for (const addressOf of [() => '203.0.113.7', (n: number) => `2001:db8:0:7::${n.toString(16)}`]) {
      const statuses = [];
      for (let n = 0; n < 52; n++)
        statuses.push((await attempt(`n${n}@example.com`, 'wrong', { from: addressOf(n) })).status);
      expect(statuses.indexOf(429)).toBe(50);
    }
  }, 60_000);

  it('do not lock out a person at a known address if they come from other addresses', async () => {
    await addPerson(running.models, ada, []);
    const home = newAddress();
    await signIn(ada, PASSWORD, home);
    for (let n = 0; n < 30; n++) await attempt(ada, 'wrong');
    expect((await attempt(ada, PASSWORD)).status).toBe(429);
    expect((await attempt(ada, PASSWORD, { from: home })).status).toBe(200);
  }, 60_000);
});

describe('a request of another site', () => {
  const form = () => ({ email: ada, password: PASSWORD });

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'OURS' }],
  ])('cannot sign in, sign out or change anything: %j', async (given: Record<string, string>) => {
    const headers: Record<string, string> = given.origin === 'OURS' ? { ...given, origin: url } : given;
    await addPerson(running.models, ada, [{ role: 'admin', orgId: null }]);
    const other = openBrowser();
    expect((await other.submit(`${url}/v1/session`, form(), headers)).status).toBe(403);
    expect(tokenOf(other)).toBe('');
    const browser = await signIn(ada);
    for (const [method, path] of [
      ['DELETE', '/v1/session'],
      ['POST', '/v1/session/sign-out'],
      ['POST', '/v1/session/sign-out-everywhere'],
      ['PUT', '/v1/session/password'],
      ['PUT', '/v1/taxonomy'],
      ['POST', '/v1/reanalysis'],
    ] as const) {
      const json = { 'content-type': 'application/json' };
      expect([path, await statusOf(browser, path, { method, headers: { ...json, ...headers } })]).toEqual([path, 403]);
    }
    expect(await statusOf(browser, '/v1/session')).toBe(200);
  });

  it('does not clear the cookie, with which browsers do not send it', async () => {
    for (const path of ['/v1/session/sign-out', '/v1/session/sign-out-everywhere', '/v1/session'])
      for (const method of path === '/v1/session' ? ['POST', 'DELETE'] : ['POST']) {
        const headers = { 'sec-fetch-site': 'cross-site' };
        const answer = await fetch(`${url}${path}`, { method, headers, redirect: 'manual' });
        expect([path, [401, 403].includes(answer.status)]).toEqual([path, true]);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
  });

  it('is recognised by its Origin if the browser sends no Sec-Fetch-Site', async () => {
    await addPerson(running.models, ada, []);
    const page = await openBrowser().submit(`${url}/v1/session`, form(), {
      origin: url,
      'x-forwarded-for': newAddress(),
    });
    expect(page.status).toBe(200);
  });

  it('is accepted if it has a key', async () => {
    const answer = await running.call('POST', '/v1/reanalysis', {
      key: KEYS.admin,
      headers: { 'sec-fetch-site': 'cross-site', cookie: `feedback_session=${'x'.repeat(43)}` },
    });
    expect(answer.status).toBeLessThan(300);
  });
});

describe('a session', () => {
  it('ends on signing out', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    const headers = { cookie: `feedback_session=${tokenOf(browser)}` };
    const out = await browser.fetch(`${url}/v1/session`, { method: 'DELETE', headers: SAME });
    expect([out.status, await out.json()]).toEqual([200, { status: 'signed out' }]);
    expect(out.headers.get('clear-site-data')).toBe('"cache"');
    expect(tokenOf(browser)).toBe('');
    expect((await fetch(`${url}/v1/session`, { headers })).status).toBe(401);
    expect(await statusOf(browser, '/v1/session', { method: 'DELETE', headers: SAME })).toBe(401);
  });

  it('ends with the form of the page', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    const page = await browser.submit(`${url}/v1/session/sign-out`, {});
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('You are signed out.')]);
    expect(await running.models.sessions.countDocuments()).toBe(0);
  });

  it('ends everywhere at once', async () => {
    const { _id } = await addPerson(running.models, ada, []);
    await addPerson(running.models, 'bob@example.com', []);
    const [one, two, bob] = await Promise.all([signIn(ada), signIn(ada), signIn('bob@example.com')]);
    const path = '/v1/session/sign-out-everywhere';
    expect(await statusOf(one, path, { method: 'POST', headers: SAME })).toBe(303);
    expect(await statusOf(one, '/v1/session')).toBe(401);
    expect(await statusOf(two, '/v1/session')).toBe(401);
    expect(await statusOf(bob, '/v1/session')).toBe(200);
    expect((await events('session.sign-out-everywhere')).at(-1)).toMatchObject({ target: _id });
  });

  it('ends after 12 idle hours or 30 days, and records its use at most once a minute', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    const { sessions } = running.models;
    const hours = (n: number) => new Date(Date.now() + n * 3_600_000);
    const set = (fields: object) => sessions.updateOne({}, fields);
    const get = () => sessions.findOne().lean();
    const first = await get();
    expect(first!.expiresAt.getTime() - first!.lastSeenAt.getTime()).toBe(12 * 3_600_000);
    expect(await statusOf(browser, '/v1/session')).toBe(200);
    expect((await get())!.lastSeenAt).toEqual(first!.lastSeenAt);

    const long = hours(-30 * 24 + 1);
    await set({ createdAt: long, lastSeenAt: hours(-1), expiresAt: hours(11) });
    expect(await statusOf(browser, '/v1/session')).toBe(200);
    await until(async () => (await get())!.expiresAt <= hours(2), 'the use of the session is noted', 5_000);
    expect((await get())!.expiresAt.getTime()).toBe(long.getTime() + 30 * 24 * 3_600_000);

    await set({ expiresAt: hours(-0.001) });
    expect(await statusOf(browser, '/v1/session')).toBe(401);
  });

  it('is one of twenty at most: a new one ends the one unused for longest', async () => {
    await addPerson(running.models, ada, []);
    const first = await signIn(ada);
    for (let n = 0; n < 20; n++) await signIn(ada);
    expect(await running.models.sessions.countDocuments()).toBe(20);
    expect(await statusOf(first, '/v1/session')).toBe(401);
  });

  it('is not accepted if its person is disabled', async () => {
    const { _id } = await addPerson(running.models, ada, [{ role: 'admin', orgId: null }]);
    const browser = await signIn(ada);
    expect(await statusOf(browser, '/v1/summary')).toBe(200);
    await running.models.people.updateOne({ _id }, { disabled: true });
    expect(await statusOf(browser, '/v1/summary')).toBe(401);
  });

  it.each(['', 'x', 'x'.repeat(43), `${'x'.repeat(43)}y`, '%00', '{"$ne":null}'])(
    'does not begin with a cookie like %j',
    async (token) => {
      const headers = { cookie: `feedback_session=${token}` };
      expect((await fetch(`${url}/v1/session`, { headers })).status).toBe(401);
      expect((await fetch(`${url}/v1/summary`, { headers })).status).toBe(401);
    },
  );
});

describe('a password', () => {
  const NEXT = 'staple the wrong horse';
  const change = (browser: Browser, body: object) =>
    browser.fetch(`${url}/v1/session/password`, {
      method: 'PUT',
      headers: { ...SAME, 'content-type': 'application/json', 'x-forwarded-for': newAddress() },
      body: JSON.stringify(body),
    });

  it('is changed with the old one, and every other session ends', async () => {
    const { _id } = await addPerson(running.models, ada, []);
    const [one, two] = [await signIn(ada), await signIn(ada)];
    expect((await change(one, { current: 'not this one, surely', next: NEXT })).status).toBe(403);
    expect(await statusOf(two, '/v1/session')).toBe(200);
    expect((await change(one, { current: PASSWORD, next: NEXT })).status).toBe(200);
    expect([await statusOf(one, '/v1/session'), await statusOf(two, '/v1/session')]).toEqual([200, 401]);
    expect((await attempt(ada, PASSWORD)).status).toBe(403);
    await signIn(ada, NEXT);
    expect((await events('person.password')).at(-1)).toMatchObject({ target: _id, actor: { id: _id } });
    const stored = await running.models.people.findById(_id).lean();
    expect(stored?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('has 12 to 200 characters of any kind, and is the same in every Unicode form', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    for (const next of ['eleven char', 'é'.repeat(11), 'x'.repeat(201)]) {
      const answer = await change(browser, { current: PASSWORD, next });
      expect([answer.status, ((await answer.json()) as ProblemDetails).errors?.[0]?.pointer]).toEqual([400, '/next']);
    }
    expect((await change(browser, { current: PASSWORD, next: 'é'.repeat(200) })).status).toBe(200);
    await signIn(ada, 'e\u0301'.repeat(200));
  });
});

describe('the rights of a person', () => {
  const put = { method: 'PUT', headers: { ...SAME, 'content-type': 'application/json' }, body: '{}' };

  it('follow from their roles, in the orgs of the roles', async () => {
    await addPerson(running.models, ada, [
      { role: 'viewer', orgId: 'acme' },
      { role: 'admin', orgId: 'globex' },
    ]);
    const browser = await signIn(ada);
    const statuses = async (paths: [string, RequestInit?][]) =>
      Promise.all(paths.map(([path, init]) => statusOf(browser, path, init)));
    // Which org is meant must be said, by a parameter or by the path.
    expect(
      await statuses([
        ['/v1/summary'],
        ['/v1/summary?orgId=acme'],
        ['/v1/orgs/acme/summary'],
        ['/v1/summary?orgId=globex'],
        ['/v1/summary?orgId=initech'],
        ['/v1/orgs/initech/summary'],
        ['/v1/orgs/globex/summary?orgId=acme'],
        ['/v1/feedback/of-acme?orgId=acme'],
        ['/v1/feedback/of-globex?orgId=acme'],
        ['/v1/taxonomy?orgId=acme', put],
        ['/v1/taxonomy?orgId=globex', put],
        // The only org in which they may: no question.
        ['/v1/taxonomy', put],
      ]),
    ).toEqual([400, 200, 200, 200, 403, 403, 403, 200, 404, 403, 400, 400]);
    expect(await idsSeen(browser, '/v1/feedback?orgId=acme')).toEqual(['of-acme']);
  });

  it('are in the org that a header names if the route has no parameter for it', async () => {
    await addPerson(running.models, ada, [
      { role: 'admin', orgId: 'acme' },
      { role: 'admin', orgId: 'glöbex' },
    ]);
    const browser = await signIn(ada);
    const create = (headers: Record<string, string>, body: object = { scope: 'read' }) =>
      browser.fetch(`${url}/v1/keys`, {
        method: 'POST',
        headers: { ...put.headers, ...headers },
        body: JSON.stringify(body),
      });
    expect((await create({})).status).toBe(400);
    expect((await create({ 'feedback-org': 'initech' })).status).toBe(403);
    expect((await create({ 'feedback-org': 'acme' }, { scope: 'read', orgId: 'initech' })).status).toBe(403);
    const made = await create({ 'feedback-org': encodeURIComponent('glöbex') });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ orgId: 'glöbex' })]);
    expect((await events('key.create')).at(-1)).toMatchObject({
      actor: { kind: 'person', id: expect.any(String) },
      orgId: 'glöbex',
    });
  });

  it('are limited to their only org', async () => {
    await addPerson(running.models, ada, [{ role: 'responder', orgId: 'acme' }]);
    const browser = await signIn(ada);
    expect(await idsSeen(browser, '/v1/feedback')).toEqual(['of-acme']);
    expect(await statusOf(browser, '/v1/feedback?orgId=globex')).toBe(403);
    expect(await statusOf(browser, '/v1/taxonomy', put)).toBe(403);
  });

  it('never include sending feedback', async () => {
    await addPerson(running.models, ada, [{ role: 'admin', orgId: null }]);
    const browser = await signIn(ada);
    expect(await statusOf(browser, '/v1/summary')).toBe(200);
    for (const path of ['/v1/feedback', '/v1/feedback/batch', '/v1/feedback/import']) {
      const init = { method: 'POST', headers: put.headers, body: '{"overallRating":3}' };
      expect(await statusOf(browser, path, init)).toBe(401);
    }
  });

  it('do not exist without a role', async () => {
    await addPerson(running.models, ada, []);
    const browser = await signIn(ada);
    expect(await statusOf(browser, '/v1/summary')).toBe(403);
  });
});

describe('the link of the first start', () => {
  const form = { email: 'Root@example.com', name: 'Root', password: PASSWORD };

  it('creates the first admin once, under concurrent use', async () => {
    const token = (await offerFirstAdmin(running.models))!;
    expect(JSON.stringify(await running.models.oneTimeLinks.find().lean())).not.toContain(token);
    const shown = await openBrowser().get(`${url}/welcome?token=${token}`);
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('first admin')]);
    const browsers = Array.from({ length: 4 }, openBrowser);
    const pages = await Promise.all(
      browsers.map((browser, n) => browser.submit(`${url}/welcome`, { ...form, email: `root${n}@example.com`, token })),
    );
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    const people = await running.models.people.find().lean();
    expect(people).toMatchObject([{ roles: [{ role: 'admin', orgId: null }] }]);
    const winner = browsers[pages.findIndex(({ status }) => status === 200)]!;
    expect(await statusOf(winner, '/v1/summary')).toBe(200);
    expect((await events('person.first-admin')).at(-1)).toMatchObject({ target: people[0]!._id });
    expect(await offerFirstAdmin(running.models)).toBeUndefined();
  });

  it('is replaced at the next start, expires after a day, and is refused from other sites', async () => {
    const before = (await offerFirstAdmin(running.models))!;
    const token = (await offerFirstAdmin(running.models))!;
    const use = (one: string, headers?: Record<string, string>) =>
      openBrowser().submit(`${url}/welcome`, { ...form, token: one }, headers);
    expect((await use(before)).status).toBe(404);
    expect((await use(token, {})).status).toBe(403);
    await running.models.oneTimeLinks.updateOne({}, { expiresAt: new Date(Date.now() - 1) });
    expect((await use(token)).status).toBe(404);
    expect(await running.models.people.countDocuments()).toBe(0);
  });

  it('keeps the typed fields after an error, and works afterwards', async () => {
    const token = (await offerFirstAdmin(running.models))!;
    const browser = openBrowser();
    const wrong = await browser.submit(`${url}/welcome`, { ...form, password: 'short', token });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('Password must have 12 characters at least.');
    expect(wrong.text).toMatch(/<input id="password"[^>]* aria-invalid="true"/);
    expect(wrong.text).toContain('value="Root@example.com"');
    expect(wrong.text).not.toContain('short');
    expect((await browser.submit(`${url}/welcome`, { ...form, token })).status).toBe(200);
    expect(await running.models.people.findOne().lean()).toMatchObject({ email: 'root@example.com' });
  });

  it('reduces a name to one line of text', async () => {
    const token = (await offerFirstAdmin(running.models))!;
    const name = 'Ada\nroot@example.com  active\u001b[2J\u202e';
    await openBrowser().submit(`${url}/welcome`, { ...form, name, token });
    const person = await running.models.people.findOne().lean();
    expect(person?.name).toBe('Adaroot@example.com  active[2J');
  });

  it('sets the password of an invited person and nothing else', async () => {
    const { _id } = await addPerson(running.models, ada, [{ role: 'viewer', orgId: 'acme' }]);
    const old = await signIn(ada);
    const token = await createOneTimeLink(running.models, _id);
    const page = await openBrowser().submit(`${url}/welcome`, {
      ...form,
      password: 'a new one, and long',
      token,
    });
    expect(page.status).toBe(200);
    expect(await statusOf(old, '/v1/session')).toBe(401);
    await signIn(ada, 'a new one, and long');
    expect(await running.models.people.find().lean()).toMatchObject([
      { email: ada, name: 'Root', roles: [{ role: 'viewer', orgId: 'acme' }] },
    ]);
  });
});

describe('the page', () => {
  it('loads its own style only, and escapes what was typed', async () => {
    const page = await attempt('"><script>alert(1)</script>', 'wrong');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.text).not.toMatch(/<script|style=|<style/);
    expect(page.text).toContain('&#60;script&#62;');
    const style = await fetch(`${url}/sign-in.css`);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it('labels every field, and focuses the error', async () => {
    const page = await attempt(ada, 'wrong');
    for (const name of ['email', 'password']) {
      expect(page.text).toContain(`<label for="${name}">`);
      expect(page.text).toMatch(new RegExp(`<input id="${name}"[^>]* aria-describedby="problem"`));
    }
    expect(page.text).toMatch(/<p class="problem" id="problem" role="alert" tabindex="-1" autofocus>/);
    expect(page.text.match(/ autofocus/g)).toHaveLength(1);
    expect(page.text).toContain('<title>Error: Sign in');
    expect(page.text).toContain('autocomplete="username"');
    expect(page.text).toContain('autocomplete="current-password"');
  });

  it('marks the fields that are invalid, and no others', async () => {
    const page = await openBrowser().submit(`${url}/v1/session`, { email: ada });
    expect(page.text).toMatch(/<input id="password"[^>]* aria-invalid="true"/);
    expect(page.text).not.toMatch(/<input id="email"[^>]* aria-invalid/);
  });
});

describe('the cookie behind https', () => {
  it('is for this host and https only', async () => {
    const secure = await startTestService(isolatedStores(), { PUBLIC_URL: 'https://feedback.example.com/' });
    try {
      await addPerson(secure.models, ada, []);
      const browser = openBrowser();
      const secureUrl = secure.service.apiUrl!;
      const headers = { origin: 'https://feedback.example.com' };
      const form = { email: ada, password: PASSWORD };
      expect((await browser.submit(`${secureUrl}/v1/session`, form, { origin: secureUrl })).status).toBe(403);
      expect((await browser.submit(`${secureUrl}/v1/session`, form, headers)).status).toBe(200);
      const [[name, { attributes }]] = [...browser.cookies.get(new URL(secureUrl).host)!] as never as [
        [string, { attributes: string[] }],
      ];
      expect(name).toBe('__Host-feedback_session');
      expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']));
      expect(attributes.join()).not.toMatch(/domain/i);
    } finally {
      await secure.stop();
    }
  });
});
