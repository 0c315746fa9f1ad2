import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import type { Role } from '../../../src/models/people/personSchema.ts';
import { type Browser, openBrowser } from '../../support/browser.ts';
import { addPerson, PASSWORD } from '../../support/people.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
let operations: { method: string; path: string; scope: string; takesOrg: boolean }[];
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  for (const orgId of ['acme', 'canary-org'])
    await running.call('POST', '/v1/feedback', {
      body: { id: `of-${orgId}`, orgId, userId: orgId, sessionId: orgId, overallRating: 4 },
    });
  await running.stored(2);
  const api: OpenApi = (await running.call('GET', '/openapi.json')).body;
  operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security, parameters }]) => {
      const scope = security[0]?.key?.[0];
      const takesOrg = parameters.some(({ name }) => name === 'orgId');
      return scope === undefined ? [] : [{ method, path, scope, takesOrg }];
    }),
  );
});
afterAll(() => running.stop());

const ENOUGH: Record<string, readonly Role[]> = {
  ingest: [],
  read: ['viewer', 'responder', 'admin'],
  respond: ['responder', 'admin'],
  admin: ['admin'],
};
const ROLES = ['viewer', 'responder', 'admin'] as const;
const IDS: Record<string, string> = { orgs: 'canary-org', users: 'canary-org', sessions: 'canary-org' };

async function signInAs(name: string, roles: { role: Role; orgId: string | null }[]): Promise<Browser> {
  const browser = openBrowser();
  await addPerson(running.models, `${name}@example.com`, roles);
  const form = { email: `${name}@example.com`, password: PASSWORD };
  const page = await browser.submit(`${running.service.apiUrl}/v1/session`, form);
  expect(page.status).toBe(200);
  return browser;
}

async function ask(browser: Browser, method: string, path: string) {
  const url = new URL(running.service.apiUrl + path);
  // A stream ends after as many events only.
  if (path.startsWith('/v1/stream')) url.searchParams.set('limit', '1');
  const answer = await browser.fetch(url.href, {
    method: method.toUpperCase(),
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    ...(method !== 'get' && { body: '{}' }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** A path that names things of the other org. */
const filled = (path: string) =>
  path.replace(/(\w+)\/\{\w+\}/g, (_, part: string) => `${part}/${IDS[part] ?? 'of-canary-org'}`);

describe('every route', () => {
  it('refuses people whose role does not suffice', async () => {
    for (const role of ROLES) {
      const browser = await signInAs(`all-${role}`, [{ role, orgId: null }]);
      for (const { method, path, scope } of operations) {
        const { status } = await ask(browser, method, filled(path));
        const isRefused = status === 401 || status === 403;
        expect([role, method, path, isRefused]).toEqual([role, method, path, !ENOUGH[scope]!.includes(role)]);
      }
    }
    expect(operations.length).toBeGreaterThan(40);
  }, 60_000);

  it('refuses people of one org requests for another, and reveals nothing of it', async () => {
    for (const role of ROLES) {
      const browser = await signInAs(`acme-${role}`, [{ role, orgId: 'acme' }]);
      for (const { method, path, takesOrg } of operations) {
        const named = filled(path) + (takesOrg ? '?orgId=canary-org' : '');
        const { status, text } = await ask(browser, method, named);
        if (named.includes('canary-org'))
          expect([role, method, path, [401, 403, 404].includes(status), status]).toEqual([
            role,
            method,
            path,
            true,
            status,
          ]);
        expect([path, text]).toEqual([path, expect.not.stringMatching(/canary/)]);
      }
    }
  }, 60_000);

  it('refuses people without a role', async () => {
    const browser = await signInAs('nobody', []);
    for (const { method, path } of operations) {
      const { status } = await ask(browser, method, filled(path));
      expect([method, path, [401, 403].includes(status)]).toEqual([method, path, true]);
    }
  });
});
