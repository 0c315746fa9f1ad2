import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { invitedPersonSchema, peoplePageSchema, resetPersonSchema } from '../../../src/api/people/peopleSchemas.ts';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { invitePerson } from '../../../src/models/people/managePeople.ts';
import { findPersonByEmail } from '../../../src/models/people/people.ts';
import type { RoleIn } from '../../../src/models/people/personSchema.ts';
import { hasPeople, offerFirstAdmin } from '../../../src/models/signIn/oneTimeLinks.ts';
import { type Browser, openBrowser } from '../../support/browser.ts';
import { addPerson, PASSWORD } from '../../support/people.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const ALL: RoleIn = { role: 'admin', orgId: null };
const OTHER_PASSWORD = 'staple the wrong horse';
const NOBODY = '00000000-0000-4000-8000-000000000000';

let running: TestService;
let url: string;
/** keys of admins: of one org each, and of all */
let acme: string;
let globex: string;
const all = KEYS.admin;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  url = running.service.apiUrl!;
  for (const orgId of ['acme', 'globex'])
    await running.call('POST', '/v1/feedback', { body: { id: `of-${orgId}`, orgId, overallRating: 4 } });
  await running.stored(2);
  acme = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  globex = (await createAccessKey(running.models, { scope: 'admin', orgId: 'globex' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());
/** An address of its own for each test: attempts are counted by address. */
let ada: string;
let tests = 0;
beforeEach(() => {
  ada = `ada${tests++}@example.com`;
});
afterEach(async () => {
  const { people, sessions, oneTimeLinks, invitations, auditLog } = running.models;
  for (const collection of [people, sessions, oneTimeLinks, invitations, auditLog])
    await (collection as typeof people).deleteMany();
});

const list = (key: string, query = '') => running.call('GET', `/v1/people${query}`, { key });
const invite = (key: string, body: object) => running.call('POST', '/v1/people', { key, body });
const removeRole = (key: string, id: string, query = '') =>
  running.call('DELETE', `/v1/people/${id}/role${query}`, { key });
const manage = (key: string, id: string, what: 'reset' | 'disable') =>
  running.call('POST', `/v1/people/${id}/${what}`, { key });
const events = async () =>
  (
    await running.models.auditLog
      .find({ action: /^person/ })
      .sort({ _id: 1 })
      .lean()
  ).map(({ action, orgId, target, actor, details }) => ({
    action,
    orgId,
    target,
    by: actor.kind,
    ...details,
  }));

async function take(link: { url: string }, password = PASSWORD, browser = openBrowser()) {
  const token = new URL(link.url).searchParams.get('token')!;
  const page = await browser.submit(`${url}/welcome`, { token, email: 'x@example.com', password });
  return { ...page, browser };
}
const enter = async (email: string, password = PASSWORD) => {
  const browser = openBrowser();
  const { status } = await browser.submit(`${url}/v1/session`, { email, password });
  return { status, browser };
};
const rolesOf = async (email: string) => (await findPersonByEmail(running.models, email))?.roles;
const seen = async (browser: Browser, org: string) => (await browser.fetch(`${url}/v1/orgs/${org}/summary`)).status;

/** An answer about somebody, without its random parts. */
const comparable = (text: string) =>
  text
    .replaceAll(/"id":"[^"]+"/g, '"id"')
    .replaceAll(/(?<=token=|value=\\")[\w-]{43}/g, 'token')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/ada\d+@|new\d*@/g, '…@');

describe('an admin of all orgs', () => {
  it('invites, gives and removes roles, resets and disables, with audit entries', async () => {
    const invited = await invite(all, { email: ada.toUpperCase(), role: 'viewer', orgId: 'acme' });
    expect(invited.status).toBe(201);
    expect(invitedPersonSchema.safeParse(invited.body).error?.issues).toBeUndefined();
    const { id, link, ...shown } = invited.body;
    const roles = [{ role: 'viewer', orgId: 'acme' }];
    expect(shown).toEqual({ email: ada, name: '', state: 'invited', roles, lastSignInAt: null });
    expect(link.url).toMatch(new RegExp(`^${url}/welcome\\?token=[\\w-]{43}$`));
    expect(Date.parse(link.expiresAt) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);

    const { status, browser } = await take(link);
    expect([status, await seen(browser, 'acme'), await seen(browser, 'globex')]).toEqual([200, 200, 403]);
    const more = await invite(all, { email: ada, role: 'responder', orgId: 'globex' });
    expect(more.body).toMatchObject({ id, state: 'active', link: null });
    expect(more.body.roles).toEqual([...roles, { role: 'responder', orgId: 'globex' }]);
    expect(await seen(browser, 'globex')).toBe(200);
    const page = (await list(all)).body;
    expect(peoplePageSchema.safeParse(page).error?.issues).toBeUndefined();
    expect(page.items).toMatchObject([{ id, email: ada, lastSignInAt: expect.any(String) }]);

    expect((await removeRole(all, id, '?orgId=acme')).body.roles).toEqual([{ role: 'responder', orgId: 'globex' }]);
    expect(await seen(browser, 'acme')).toBe(403);
    expect((await removeRole(all, id, '?orgId=acme')).status).toBe(404);
    expect((await removeRole(all, id)).status).toBe(404);

    const reset = await manage(all, id, 'reset');
    expect([reset.status, resetPersonSchema.safeParse(reset.body).success]).toEqual([200, true]);
    expect(await seen(browser, 'globex')).toBe(401);
    expect((await enter(ada)).status).toBe(403);
    expect((await take(reset.body.link, OTHER_PASSWORD)).status).toBe(200);
    const again = await manage(all, id, 'reset');
    expect((await manage(all, id, 'disable')).body).toMatchObject({ id, state: 'disabled' });
    expect((await take(again.body.link)).status).toBe(404);
    expect((await invite(all, { email: ada, role: 'viewer' })).body.state).toBe('invited');

    expect(await events()).toMatchObject([
      { action: 'person.invite', orgId: 'acme', target: id, by: 'key', role: 'viewer' },
      { action: 'person.password', target: id, by: 'person' },
      { action: 'person.invite', orgId: 'globex', role: 'responder' },
      { action: 'person.role', orgId: 'acme', role: null },
      { action: 'person.reset', orgId: null, target: id },
      { action: 'person.password' },
      { action: 'person.reset' },
      { action: 'person.disable', target: id },
      { action: 'person.invite', orgId: null, role: 'viewer' },
    ]);
    expect(JSON.stringify(await running.models.auditLog.find().lean())).not.toContain('@example.com');
  }, 30_000);

  it('lists people and invitations by address, page by page', async () => {
    for (const name of ['c', 'a', 'e']) await invite(all, { email: `${name}@example.com`, role: 'viewer' });
    for (const name of ['b', 'd']) await invite(acme, { email: `${name}@example.com`, role: 'viewer' });
    await invite(globex, { email: 'b@example.com', role: 'viewer' });
    const found: string[] = [];
    let query = '?limit=1';
    for (;;) {
      const { items, nextCursor } = (await list(all, query)).body;
      found.push(...items.map(({ email }: { email: string }) => email[0]));
      if (nextCursor === null) break;
      query = `?limit=1&cursor=${nextCursor}`;
    }
    expect(found).toEqual(['a', 'b', 'b', 'c', 'd', 'e']);
    const ofAcme = (await list(all, '?orgId=acme')).body.items;
    expect(ofAcme.map(({ email }: { email: string }) => email[0])).toEqual(['b', 'd']);
    expect((await list(all, '?cursor=eyJlbWFpbCI6MX0')).status).toBe(400);
  });

  it.each([
    [{ role: 'viewer' }, '/email'],
    [{ email: 'ada', role: 'viewer' }, '/email'],
    [{ email: `${'x'.repeat(250)}@example.com`, role: 'viewer' }, '/email'],
    [{ email: 'ada@example.com', role: 'king' }, '/role'],
    [{ email: 'ada@example.com', role: 'viewer', orgId: '' }, '/orgId'],
    [{ email: 'ada@example.com', role: 'viewer', orgId: null }, '/orgId'],
    [{ email: 'ada@example.com', role: 'viewer', name: 'Ada' }, '/name'],
  ])('gets an error that names the invalid field: %j', async (body, pointer) => {
    const { status, body: problem } = await invite(all, body);
    expect([status, problem.errors[0].pointer]).toEqual([400, pointer]);
    expect(await running.models.people.countDocuments()).toBe(0);
  });

  it('gets 404 for a missing person', async () => {
    for (const id of [NOBODY, 'x', '%00', '{"$ne":1}'])
      for (const answer of [
        await removeRole(all, encodeURIComponent(id)),
        await manage(all, encodeURIComponent(id), 'reset'),
        await manage(all, encodeURIComponent(id), 'disable'),
      ])
        expect([id, answer.status]).toEqual([id, 404]);
  });

  it('cannot let anybody in with a key that expires', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const ending = (await createAccessKey(running.models, { scope: 'admin', expiresAt })).key;
    await running.service.refreshKeys();
    const { _id } = await addPerson(running.models, ada, [{ role: 'viewer', orgId: null }]);
    expect((await invite(ending, { email: 'eve@example.com', role: 'admin' })).status).toBe(403);
    expect((await manage(ending, _id, 'reset')).status).toBe(403);
    expect((await manage(ending, _id, 'disable')).status).toBe(200);
    expect(await running.models.people.countDocuments()).toBe(1);
  });
});

describe('the last admin of all orgs', () => {
  it('cannot be removed in any way while no other can sign in', async () => {
    const { _id: id } = await addPerson(running.models, ada, [ALL]);
    await addPerson(running.models, 'of-acme@example.com', [{ role: 'admin', orgId: 'acme' }]);
    const off = await addPerson(running.models, 'off@example.com', [ALL]);
    await running.models.people.updateOne({ _id: off._id }, { disabled: true });
    // Invited, but not in yet.
    await invite(all, { email: 'bob@example.com', role: 'admin' });
    const before = await running.models.people.findById(id).lean();
    for (const answer of [
      await removeRole(all, id),
      await manage(all, id, 'disable'),
      await invite(all, { email: ada, role: 'viewer' }),
    ])
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('last admin')]);
    expect(await running.models.people.findById(id).lean()).toEqual(before);

    await addPerson(running.models, 'eve@example.com', [ALL]);
    expect((await removeRole(all, id)).status).toBe(200);
  });

  it('remains when two admins remove each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      await running.models.people.deleteMany();
      const people = await Promise.all(
        ['ada', 'bob'].map((name) => addPerson(running.models, `${name}${round}@example.com`, [ALL])),
      );
      const answers = await Promise.all(people.map(({ _id }) => removeRole(all, _id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  }, 30_000);
});

describe('an admin of one org', () => {
  it('invites, changes and removes roles in it, and sees nobody else', async () => {
    await addPerson(running.models, 'eve@example.com', [{ role: 'viewer', orgId: 'globex' }, ALL]);
    const invited = await invite(acme, { email: ada, role: 'viewer' });
    const { id: offer, link } = invited.body;
    expect(invited.body).toMatchObject({ state: 'invited', roles: [{ role: 'viewer', orgId: 'acme' }] });
    expect((await list(acme)).body.items).toMatchObject([{ id: offer, email: ada, state: 'invited' }]);
    const shown = await openBrowser().get(link.url);
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('<h1>Join acme</h1>')]);
    const { status, browser } = await take(link);
    expect([status, await seen(browser, 'acme'), await seen(browser, 'globex')]).toEqual([200, 200, 403]);
    expect((await take(link)).status).toBe(404);

    const [{ id }] = (await list(acme)).body.items;
    const changed = await invite(acme, { email: ada, role: 'responder' });
    expect(changed.body).toMatchObject({ id, link: null, roles: [{ role: 'responder', orgId: 'acme' }] });
    expect((await list(globex)).body.items.map(({ email }: { email: string }) => email)).toEqual(['eve@example.com']);
    expect((await removeRole(acme, id)).body).toMatchObject({ id, roles: [] });
    expect(await seen(browser, 'acme')).toBe(403);
    expect((await list(acme)).body).toEqual({ items: [], nextCursor: null });
    expect(await events()).toMatchObject([
      { action: 'person.invite', orgId: 'acme', target: offer, role: 'viewer' },
      { action: 'person.join', orgId: 'acme', target: id, by: 'person', role: 'viewer' },
      { action: 'person.role', orgId: 'acme', target: id, role: 'responder' },
      { action: 'person.role', orgId: 'acme', target: id, role: null },
    ]);
  });

  it('withdraws an invitation; a newer one replaces an older one; each link expires after a day', async () => {
    const first = (await invite(acme, { email: ada, role: 'viewer' })).body;
    const second = (await invite(acme, { email: ada, role: 'admin' })).body;
    expect(second.id).toBe(first.id);
    expect((await take(first.link)).status).toBe(404);
    expect((await removeRole(globex, second.id)).status).toBe(404);
    expect((await removeRole(acme, second.id)).body).toMatchObject({ id: second.id, roles: [] });
    expect((await take(second.link)).status).toBe(404);
    const third = (await invite(acme, { email: ada, role: 'viewer' })).body;
    await running.models.invitations.updateOne({}, { expiresAt: new Date(Date.now() - 1) });
    expect((await take(third.link)).status).toBe(404);
    expect(await running.models.people.countDocuments()).toBe(0);
  });

  it('gives no role in another org or in all', async () => {
    for (const orgId of ['globex', 'nowhere'])
      expect((await invite(acme, { email: ada, role: 'viewer', orgId })).status).toBe(403);
    const { _id } = await addPerson(running.models, ada, [{ role: 'viewer', orgId: 'globex' }, ALL]);
    for (const id of [_id, NOBODY]) expect((await removeRole(acme, id, '?orgId=globex')).status).toBe(403);
    expect((await invite(acme, { email: ada, role: 'admin' })).status).toBe(201);
    expect(await rolesOf(ada)).toEqual([{ role: 'viewer', orgId: 'globex' }, ALL]);
    expect(await running.models.invitations.find().lean()).toMatchObject([{ orgId: 'acme' }]);
  });

  it('gets the same answer whether or not an address has an account', async () => {
    const elsewhere: [string, RoleIn[]][] = [
      ['of another org', [{ role: 'viewer', orgId: 'globex' }]],
      ['of all orgs', [ALL]],
      ['of no org', []],
    ];
    const answersTo = async (email: string) => {
      const invited = await invite(acme, { email, role: 'viewer' });
      const link = await openBrowser().get(invited.body.link.url);
      // One too short is no password of anybody.
      const short = await take(invited.body.link, 'short');
      return comparable(
        JSON.stringify([
          invited.status,
          invited.body,
          (await list(acme)).body,
          link.text,
          [short.status, short.text],
          (await invite(acme, { email, role: 'viewer' })).body,
          (await running.call('GET', '/v1/audit?orgId=acme', { key: acme })).body.items.map(
            ({ action, details }: Record<string, unknown>) => [action, details],
          ),
        ]),
      );
    };
    const ofNobody = await answersTo(`new${tests}@example.com`);
    for (const [what, roles] of elsewhere) {
      await running.models.auditLog.deleteMany();
      await running.models.invitations.deleteMany();
      const email = `ada${tests++}@example.com`;
      await addPerson(running.models, email, roles);
      expect([what, await answersTo(email)]).toEqual([what, ofNobody]);
    }
  });

  it('sees only the org’s part of a person who is in other orgs', async () => {
    const member = { role: 'viewer', orgId: 'acme' } as const;
    await addPerson(running.models, ada, [member]);
    const before = (await list(acme)).body;
    expect(before.items[0]).toMatchObject({ email: ada, roles: [member], lastSignInAt: null });
    await invite(all, { email: ada, role: 'admin', orgId: 'globex' });
    await invite(all, { email: ada, role: 'admin' });
    await enter(ada);
    expect((await list(acme)).body).toEqual(before);
    // The audit log of the org says nothing of it either.
    const log = await running.call('GET', '/v1/audit', { key: acme });
    expect(log.body.items).toEqual([]);
  });

  it('cannot reset or disable anybody, and gets the same answer for everybody', async () => {
    const people = [
      await addPerson(running.models, ada, [{ role: 'viewer', orgId: 'acme' }]),
      await addPerson(running.models, 'eve@example.com', [{ role: 'viewer', orgId: 'acme' }, ALL]),
      { _id: NOBODY },
    ];
    for (const what of ['reset', 'disable'] as const) {
      const answers = await Promise.all(people.map(({ _id }) => manage(acme, _id, what)));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(answers[0]!.status).toBe(403);
    }
    expect((await enter(ada)).status).toBe(200);
  });

  it('cannot get into an account by inviting its address', async () => {
    await addPerson(running.models, ada, [ALL]);
    const { link } = (await invite(acme, { email: ada, role: 'viewer' })).body;
    const guess = await take(link, OTHER_PASSWORD);
    expect([guess.status, guess.text]).toEqual([403, expect.stringContaining('by another password')]);
    expect((await enter(ada, OTHER_PASSWORD)).status).toBe(403);
    expect(await rolesOf(ada)).toEqual([ALL]);
    // Guessing on is limited as at sign-in.
    const from = { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '198.51.100.77' };
    const token = new URL(link.url).searchParams.get('token')!;
    const statuses = [];
    for (let n = 0; n < 6; n++) {
      const form = { token, email: ada, password: OTHER_PASSWORD };
      statuses.push((await openBrowser().submit(`${url}/welcome`, form, from)).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
    // The account's owner accepts, and keeps the other roles.
    const { status, browser } = await take(link);
    expect([status, await seen(browser, 'globex')]).toEqual([200, 200]);
    expect(await rolesOf(ada)).toEqual([ALL, { role: 'viewer', orgId: 'acme' }]);
    expect((await enter(ada)).status).toBe(200);
  });

  it('cannot get into the account of a person who is invited elsewhere and has no password yet', async () => {
    const own = (await invite(all, { email: ada, role: 'admin' })).body.link;
    const { link } = (await invite(acme, { email: ada, role: 'viewer' })).body;
    expect((await take(link)).status).toBe(403);
    expect((await take(own)).status).toBe(200);
  });

  it('loses access to an account opened with their link when it gets another role', async () => {
    for (const more of [{ role: 'admin' }, { role: 'viewer', orgId: 'globex' }]) {
      const email = `ada${tests++}@example.com`;
      const opened = await take((await invite(acme, { email, role: 'viewer' })).body.link);
      // The admin himself has chosen the password. More in the same org changes nothing.
      expect((await invite(all, { email, role: 'responder', orgId: 'acme' })).body.link).toBeNull();
      expect(await seen(opened.browser, 'acme')).toBe(200);
      const given = await invite(all, { email, ...more });
      expect(given.body).toMatchObject({ state: 'invited', link: { url: expect.any(String) } });
      expect(await seen(opened.browser, 'acme')).toBe(401);
      expect((await enter(email)).status).toBe(403);
      expect((await events()).at(-1)).toMatchObject({ action: 'person.reset', by: 'key' });
      const { status, browser } = await take(given.body.link, OTHER_PASSWORD);
      expect([status, await seen(browser, 'globex'), await seen(browser, 'acme')]).toEqual([200, 200, 200]);
      // From now on it is their own.
      expect((await invite(all, { email, role: 'viewer', orgId: 'initech' })).body.link).toBeNull();
    }
  }, 30_000);

  it('cannot use such an account to accept another org’s invitation', async () => {
    await take((await invite(acme, { email: ada, role: 'viewer' })).body.link);
    const { link } = (await invite(globex, { email: ada, role: 'viewer' })).body;
    const { status, text } = await take(link);
    expect([status, text]).toEqual([403, expect.stringContaining('opened by another org')]);
    expect(await rolesOf(ada)).toEqual([{ role: 'viewer', orgId: 'acme' }]);
  });

  it('does not keep the first admin out by inviting somebody', async () => {
    await take((await invite(acme, { email: ada, role: 'admin' })).body.link);
    expect(await hasPeople(running.models)).toBe(false);
    const token = (await offerFirstAdmin(running.models))!;
    const form = { token, password: PASSWORD };
    const taken = await openBrowser().submit(`${url}/welcome`, { ...form, email: ada });
    expect([taken.status, taken.text]).toEqual([409, expect.stringContaining('is here already')]);
    const root = await openBrowser().submit(`${url}/welcome`, { ...form, email: 'root@example.com' });
    expect(root.status).toBe(200);
    expect(await rolesOf('root@example.com')).toEqual([ALL]);
  });
});

describe('an invitation', () => {
  it('is accepted without a password by the signed-in invitee only', async () => {
    await addPerson(running.models, ada, []);
    await addPerson(running.models, 'bob@example.com', []);
    const { link } = (await invite(acme, { email: ada, role: 'viewer' })).body;
    const token = new URL(link.url).searchParams.get('token')!;
    const bob = (await enter('bob@example.com')).browser;
    expect((await bob.get(link.url)).text).toContain('name="password"');
    expect((await bob.submit(`${url}/welcome`, { token, email: ada })).status).toBe(400);
    const { browser } = await enter(ada);
    expect((await browser.get(link.url)).text).not.toContain('name="password"');
    expect((await browser.submit(`${url}/welcome`, { token }, {})).status).toBe(403);
    expect((await browser.submit(`${url}/welcome`, { token, email: ada })).status).toBe(200);
    expect(await rolesOf(ada)).toEqual([{ role: 'viewer', orgId: 'acme' }]);
    expect(await rolesOf('bob@example.com')).toEqual([]);
  });

  it('opens nothing for a disabled person', async () => {
    const { _id } = await addPerson(running.models, ada, []);
    await running.models.people.updateOne({ _id }, { disabled: true });
    const { link } = (await invite(acme, { email: ada, role: 'viewer' })).body;
    expect((await take(link)).status).toBe(403);
    expect(await rolesOf(ada)).toEqual([]);
  });

  it('is one of many concurrent ones to an address: one is left, and one person', async () => {
    for (const key of [acme, all]) {
      const body = { email: `${key === acme ? 'one' : 'two'}@example.com`, role: 'viewer' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => invite(key, body)));
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
      expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
      const statuses = await Promise.all(answers.map(async ({ body: { link } }) => (await take(link)).status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    }
    expect(await running.models.people.countDocuments()).toBe(2);
  });

  it('is used once, under concurrent use', async () => {
    const { link } = (await invite(acme, { email: ada, role: 'viewer' })).body;
    const pages = await Promise.all(Array.from({ length: 4 }, () => take(link)));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await running.models.people.countDocuments()).toBe(1);
  });

  it('is removed when the role is given in another way', async () => {
    const { link } = (await invite(acme, { email: ada, role: 'admin' })).body;
    await invitePerson(running.models, { email: ada, role: 'viewer', orgId: 'acme', actor: COMMAND_LINE });
    expect((await take(link)).status).toBe(404);
    expect(await rolesOf(ada)).toEqual([{ role: 'viewer', orgId: 'acme' }]);
  });
});

describe('people who are signed in', () => {
  const json = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
  const post = (browser: Browser, body: object, headers: Record<string, string> = json) =>
    browser.fetch(`${url}/v1/people`, { method: 'POST', headers, body: JSON.stringify(body) });

  it('manage people where they are admins, from our own pages only', async () => {
    const { _id } = await addPerson(running.models, ada, [
      { role: 'admin', orgId: 'acme' },
      { role: 'admin', orgId: 'globex' },
      { role: 'viewer', orgId: null },
    ]);
    const { browser } = await enter(ada);
    const body = { email: 'new@example.com', role: 'viewer' };
    const { 'sec-fetch-site': _, ...foreign } = json;
    for (const headers of [foreign, { ...json, 'sec-fetch-site': 'cross-site' }])
      expect((await post(browser, body, headers)).status).toBe(403);
    expect((await post(browser, body)).status).toBe(400);
    expect((await post(browser, body, { ...json, 'feedback-org': 'initech' })).status).toBe(403);
    const made = await post(browser, body, { ...json, 'feedback-org': 'globex' });
    expect([made.status, await made.json()]).toMatchObject([201, { roles: [{ orgId: 'globex' }] }]);
    expect((await events()).at(-1)).toMatchObject({ action: 'person.invite', by: 'person', orgId: 'globex' });
    const own = await browser.fetch(`${url}/v1/people?orgId=acme`);
    expect(((await own.json()) as { items: unknown[] }).items).toMatchObject([
      { id: _id, roles: [{ role: 'admin', orgId: 'acme' }] },
    ]);
    for (const what of ['reset', 'disable']) {
      const headers = { ...json, 'feedback-org': 'acme' };
      const answer = await browser.fetch(`${url}/v1/people/${_id}/${what}`, { method: 'POST', headers });
      expect(answer.status).toBe(403);
    }
  });
});
