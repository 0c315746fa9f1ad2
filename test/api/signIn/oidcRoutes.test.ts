import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Provider from 'oidc-provider';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { inviteToOrg } from '../../../src/models/people/invitations.ts';
import { type Browser, openBrowser } from '../../support/browser.ts';
import { addPerson, PASSWORD } from '../../support/people.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

interface Account {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

let running: TestService;
let url: string;
let server: Server;
let issuer: string;
/** The accounts at the provider, by subject, and the one that is signed in there; none gives up. */
const accounts: Record<string, Account> = {};
let signedInThere: string | undefined;

/** A real provider, whose people consent to everything without a question. */
function providerAt(issuer: string, redirectUri: string): Provider {
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'feedback', client_secret: 'a secret: of the tests', redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['of the tests'] },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...accounts[sub] }),
    }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  });
  return provider;
}

beforeAll(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  running = await startTestService(isolatedStores(), {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: 'feedback',
    OIDC_CLIENT_SECRET: 'a secret: of the tests',
  });
  url = running.service.apiUrl!;
  const provider = providerAt(issuer, `${url}/v1/session/oidc/callback`);
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    const { prompt, params } = await provider.interactionDetails(request, response);
    if (signedInThere === undefined) return provider.interactionFinished(request, response, { error: 'access_denied' });
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, { login: { accountId: signedInThere } });
    const grant = new provider.Grant({ accountId: signedInThere, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });
});
afterAll(async () => {
  await running.stop();
  server.closeAllConnections();
  server.close();
});
afterEach(async () => {
  await Promise.all([running.models.people.deleteMany(), running.models.sessions.deleteMany()]);
});

const start = (browser = openBrowser()) => browser.get(`${url}/v1/session/oidc`);
const meOf = async (browser: Browser) =>
  (await (await browser.fetch(`${url}/v1/session`)).json()) as { person?: { id: string; email: string } };

function as(subject: string, account: Account): void {
  accounts[subject] = account;
  signedInThere = subject;
}

/** Follows the way there as far as the address that the provider sends back to, which is not opened. */
async function untilCallback(browser: Browser): Promise<string> {
  let location = `${url}/v1/session/oidc`;
  for (;;) {
    const answer = await browser.fetch(location);
    location = new URL(answer.headers.get('location') ?? '', location).href;
    if (location.startsWith(`${url}/v1/session/oidc/callback`)) return location;
  }
}

describe('signing in at an OpenID provider', () => {
  it('finds a person by the verified address, and links the account', async () => {
    const { _id } = await addPerson(running.models, 'ada@example.com', [{ role: 'viewer', orgId: 'acme' }]);
    as('s-ada', { email: 'Ada@Example.com', email_verified: true, name: 'Ada' });
    const browser = openBrowser();
    const page = await start(browser);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('You are signed in')]);
    expect((await meOf(browser)).person?.id).toBe(_id);
    const cookies = browser.cookies.get(new URL(url).host)!;
    expect([...cookies.keys()]).toEqual(['feedback_session']);
    const events = await running.models.auditLog.find().sort({ _id: -1 }).limit(2).lean();
    expect(events).toMatchObject([
      { action: 'session.sign-in', target: _id, details: { by: 'oidc' } },
      { action: 'person.link', target: _id, details: { issuer } },
    ]);

    // Another address there is still the same account.
    as('s-ada', { email: 'lovelace@example.com', email_verified: true });
    const again = openBrowser();
    await start(again);
    expect((await meOf(again)).person?.email).toBe('ada@example.com');
  });

  it.each([
    ['was not invited', { email: 'bob@example.com', email_verified: true }, /nobody has let you in/],
    ['has an unverified address', { email: 'ada@example.com', email_verified: false }, /nobody has/],
    ['has no address', {}, /nobody has let you in/],
  ])('refuses a person who %s', async (_who, account, text) => {
    await addPerson(running.models, 'ada@example.com', []);
    as('s-other', account);
    const browser = openBrowser();
    const page = await start(browser);
    expect([page.status, page.text]).toEqual([403, expect.stringMatching(text)]);
    expect(await running.models.sessions.countDocuments()).toBe(0);
    expect(await running.models.people.countDocuments()).toBe(1);
  });

  it('refuses a disabled person, and another account with the same address', async () => {
    const { _id } = await addPerson(running.models, 'ada@example.com', []);
    as('s-1', { email: 'ada@example.com', email_verified: true });
    expect((await start()).status).toBe(200);
    as('s-2', { email: 'ada@example.com', email_verified: true });
    expect((await start()).text).toContain('belongs to another account');
    signedInThere = 's-1';
    await running.models.people.updateOne({ _id }, { disabled: true });
    expect((await start()).text).toContain('disabled');
  });

  it('says that the person cancelled at the provider', async () => {
    signedInThere = undefined;
    const page = await start();
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('refused or given up')]);
  });

  it('accepts a callback once, unchanged, and only in the browser that started', async () => {
    await addPerson(running.models, 'ada@example.com', []);
    as('s-ada', { email: 'ada@example.com', email_verified: true });
    const browser = openBrowser();
    const callback = await untilCallback(browser);
    // Somebody else's browser, with a sign-in of its own under way and without.
    const victim = openBrowser();
    expect((await victim.get(callback)).status).toBe(403);
    await victim.fetch(`${url}/v1/session/oidc`);
    expect((await victim.get(callback)).status).toBe(403);
    expect(await running.models.sessions.countDocuments()).toBe(0);

    const jar = browser.cookies.get(new URL(url).host)!;
    const state = jar.get('feedback_oidc')!;
    expect(state.attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
    const [body = '', mac = ''] = state.value.split('.');
    const changed = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...changed, expiresAt: 9e15 })).toString('base64url');
    for (const value of [`${forged}.${mac}`, `${body}.`, body, '.', 'x'.repeat(3000)]) {
      const forger = openBrowser();
      forger.cookies.set(new URL(url).host, new Map([['feedback_oidc', { value, attributes: [] }]]));
      expect((await forger.get(callback)).status).toBe(403);
    }
    expect((await browser.get(callback)).status).toBe(200);
    jar.set('feedback_oidc', state);
    expect((await browser.get(callback)).status).toBe(403);
  });

  it('lets in invited people, with the roles of their invitations', async () => {
    const { models } = running;
    for (const orgId of ['acme', 'globex'])
      await inviteToOrg(models, { email: 'bob@example.com', role: 'viewer', orgId, actor: COMMAND_LINE });
    as('s-other', { email: 'bob@example.com', email_verified: false });
    expect((await start()).status).toBe(403);
    as('s-bob', { email: 'bob@example.com', email_verified: true, name: 'Bob' });
    const page = await start();
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('You are signed in')]);
    const [bob] = await models.people.find().lean();
    expect(bob?.roles).toEqual([
      { role: 'viewer', orgId: 'acme' },
      { role: 'viewer', orgId: 'globex' },
    ]);
    expect(await models.invitations.countDocuments()).toBe(0);
    const joins = await models.auditLog.find({ action: 'person.join', target: bob!._id }).lean();
    expect(joins.map(({ orgId }) => orgId).sort()).toEqual(['acme', 'globex']);
  });

  it('ends a password that an org’s admin may know once the provider verifies the address', async () => {
    const { models } = running;
    const email = 'ada@example.com';
    const { _id } = await addPerson(models, email, [{ role: 'viewer', orgId: 'acme' }]);
    await models.people.updateOne({ _id }, { openedFor: 'acme' });
    const admin = openBrowser();
    await admin.submit(`${url}/v1/session`, { email, password: PASSWORD });
    expect((await meOf(admin)).person?.id).toBe(_id);
    as('s-ada', { email, email_verified: true });
    const browser = openBrowser();
    await start(browser);
    expect((await meOf(browser)).person?.id).toBe(_id);
    expect((await meOf(admin)).person).toBeUndefined();
    const again = await openBrowser().submit(`${url}/v1/session`, { email, password: PASSWORD });
    expect(again.status).toBe(403);
  });

  it('creates new people if there is a default role', async () => {
    const { models } = running;
    const open = await startTestService(isolatedStores(), {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'feedback',
      OIDC_CLIENT_SECRET: 'a secret: of the tests',
      OIDC_DEFAULT_ROLE: 'viewer',
      PUBLIC_URL: url,
    });
    try {
      as('s-new', { email: 'new@example.com', email_verified: true, name: 'New' });
      const browser = openBrowser();
      const callback = await (async () => {
        // The provider knows one address to come back to: that of the other service.
        let location = `${open.service.apiUrl}/v1/session/oidc`;
        for (;;) {
          const answer = await browser.fetch(location);
          location = new URL(answer.headers.get('location') ?? '', location).href;
          if (location.startsWith(`${url}/`)) return location.replace(url, open.service.apiUrl!);
        }
      })();
      await browser.fetch(callback);
      expect(await open.models.people.find().lean()).toMatchObject([
        {
          email: 'new@example.com',
          name: 'New',
          roles: [{ role: 'viewer', orgId: null }],
          links: [{ issuer, subject: 's-new' }],
        },
      ]);
      expect(await models.people.countDocuments()).toBe(0);
    } finally {
      await open.stop();
    }
  });

  it('is offered if it is configured, and says so when the provider is away', async () => {
    expect((await openBrowser().get(`${url}/sign-in`)).text).toContain('href="/v1/session/oidc"');
    const without = await startTestService(isolatedStores());
    const away = await startTestService(isolatedStores(), {
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_ID: 'feedback',
      OIDC_CLIENT_SECRET: 'secret',
    });
    try {
      expect((await openBrowser().get(`${without.service.apiUrl}/sign-in`)).text).not.toContain('oidc');
      expect((await fetch(`${without.service.apiUrl}/v1/session/oidc`)).status).toBe(404);
      const page = await openBrowser().get(`${away.service.apiUrl}/v1/session/oidc`);
      expect([page.status, page.text]).toEqual([502, expect.stringContaining('does not answer')]);
    } finally {
      await without.stop();
      await away.stop();
    }
  });
});
