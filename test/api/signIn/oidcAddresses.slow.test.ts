import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openBrowser } from '../../support/browser.ts';
import { addPerson } from '../../support/people.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

/**
 * The service reaches a provider that is set to be on the loopback, and nothing else that is not public. `0.0.0.0` is not:
 * whoever connects to it all the same is on this machine, at the trap.
 */
const CLIENT = { OIDC_CLIENT_ID: 'feedback', OIDC_CLIENT_SECRET: 'a secret: of the tests' };
const ADA = 'ada@example.com';

let provider: Server;
let issuer: string;
let running: TestService;
let url: string;
/** a server inside, which nobody must connect to */
const trap = createSocketServer((socket) => {
  trapped++;
  socket.destroy();
});
let trapped = 0;
let inside: string;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
/** The provider's answers by path, and its metadata. */
let answers: Record<string, Handler>;
let metadata: Record<string, unknown>;
let nonce: string;

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const json =
  (body: unknown): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const redirect =
  (location: string, status = 307): Handler =>
  (_request, response) =>
    void response.writeHead(status, { location }).end();

function idToken(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: 's-ada', aud: 'feedback', iat: now, exp: now + 60, nonce };
  const signed = [{ alg: 'RS256', kid: 'k' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createSign('sha256').update(signed).sign(keys.privateKey, 'base64url')}`;
}

/** A provider just large enough to be signed in at. */
function honest(): void {
  metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' };
  answers = {
    '/.well-known/openid-configuration': (...given) => json(metadata)(...given),
    '/token': (...given) => json({ access_token: randomUUID(), token_type: 'Bearer', id_token: idToken() })(...given),
    '/jwks': json({ keys: [jwk] }),
    '/userinfo': json({ sub: 's-ada', email: ADA, email_verified: true }),
  };
}

async function listen(server: Server | typeof trap, host: string): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  provider = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '/', issuer).pathname];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  issuer = `http://127.0.0.1:${await listen(provider, '127.0.0.1')}`;
  inside = `http://0.0.0.0:${await listen(trap, '0.0.0.0')}`;
});
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
  trap.close();
});
// Metadata is cached, so each test starts its own service.
beforeEach(async () => {
  honest();
  trapped = 0;
  running = await startTestService(isolatedStores(), { ...CLIENT, OIDC_ISSUER: issuer });
  url = running.service.apiUrl!;
  await addPerson(running.models, ADA, []);
});
afterEach(() => running.stop());

/** Goes to the provider and back again, as far as it leads. */
async function signIn(): Promise<number> {
  const browser = openBrowser();
  const begun = await browser.fetch(`${url}/v1/session/oidc`);
  if (begun.status !== 303) return begun.status;
  const { searchParams: asked } = new URL(begun.headers.get('location')!);
  nonce = asked.get('nonce')!;
  const back = new URLSearchParams({ code: 'a code', state: asked.get('state')! });
  return (await browser.get(`${url}/v1/session/oidc/callback?${back}`)).status;
}

describe('a provider', () => {
  it('signs people in at its own address, and reaches a private address only if it is allowed', async () => {
    expect([await signIn(), trapped]).toEqual([200, 0]);
    // The trap is there to be fallen into.
    await expect(fetch(inside)).rejects.toThrow();
    expect(trapped).toBe(1);
  });

  it.each([
    ['token_endpoint', '/token', 403],
    ['jwks_uri', '/jwks', 403],
    ['userinfo_endpoint', '/userinfo', 403],
  ])('is not followed to a private address that it names as its %s', async (name, path, status) => {
    metadata[name] = `${inside}${path}`;
    expect([await signIn(), trapped]).toEqual([status, 0]);
    expect(await running.models.sessions.countDocuments()).toBe(0);
  });

  it.each([
    ['/.well-known/openid-configuration', 502],
    ['/token', 403],
    ['/jwks', 403],
    ['/userinfo', 403],
  ])('is not followed when it redirects from %s to a private address', async (path, status) => {
    for (const code of [302, 307]) {
      answers[path] = redirect(`${inside}${path}`, code);
      expect([code, await signIn(), trapped]).toEqual([code, status, 0]);
    }
    expect(await running.models.sessions.countDocuments()).toBe(0);
  });

  it('is not connected to if its name resolves to a private address', async () => {
    // Resolved by the system: a name of this machine, with https like other providers.
    const named = await startTestService(isolatedStores(), {
      ...CLIENT,
      OIDC_ISSUER: `https://localhost:${new URL(inside).port}`,
    });
    try {
      const page = await openBrowser().get(`${named.service.apiUrl}/v1/session/oidc`);
      expect([page.status, page.text]).toEqual([502, expect.stringContaining('does not answer')]);
      expect(trapped).toBe(0);
    } finally {
      await named.stop();
    }
  });
});
