import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import { inviteToOrg } from '../../src/models/people/invitations.ts';
import { openBrowser } from '../support/browser.ts';
import { runMain } from '../support/runMain.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let running: TestService;
let env: Record<string, string>;
beforeAll(async () => {
  const { redisUrl, mongodbUri, prefix } = isolatedStores();
  running = await startTestService({ redisUrl, mongodbUri, prefix });
  env = {
    REDIS_URL: redisUrl,
    MONGODB_URI: mongodbUri,
    QUEUE_PREFIX: prefix,
    PUBLIC_URL: running.service.apiUrl!,
  };
});
afterAll(() => running.stop());

const people = (...args: string[]) => runMain(['people', ...args], env);
const linkIn = (text: string) => /^ {2}(http\S+\/welcome\?token=[\w-]{43})$/m.exec(text)?.[1] ?? '';

/** Chooses a password by a link, and says with which status the page answers. */
async function choose(link: string, password: string, browser = openBrowser()): Promise<number> {
  const { origin, searchParams } = new URL(link);
  const token = searchParams.get('token')!;
  const page = await browser.submit(`${origin}/welcome`, { token, email: 'x@example.com', password });
  return page.status;
}

it('the command line invites and lists people, changes their roles, and resets and disables them', async () => {
  const { apiUrl } = running.service;
  const invited = await people('invite', 'Ada@example.com', '--role', 'viewer', '--org', 'acme');
  expect([invited.code, invited.stderr]).toEqual([0, '']);
  const link = linkIn(invited.stdout);
  expect((await people('list')).stdout).toMatch(/^ada@example\.com {2}invited {2}viewer in acme {2}never signed in/);

  const browser = openBrowser();
  expect(await choose(link, 'correct horse battery', browser)).toBe(200);
  expect(await choose(link, 'another one that is long')).toBe(404);
  const seen = async (org: string) => (await browser.fetch(`${apiUrl}/v1/orgs/${org}/summary`)).status;
  expect([await seen('acme'), await seen('globex')]).toEqual([200, 403]);

  // Another role in another org, and none in the first: known to a session that is there already.
  const more = await people('invite', 'ada@example.com', '--role', 'responder', '--org', 'globex');
  expect([more.code, linkIn(more.stdout)]).toEqual([0, '']);
  expect((await people('remove-role', 'ada@example.com', '--org', 'acme')).code).toBe(0);
  expect([await seen('acme'), await seen('globex')]).toEqual([403, 200]);
  expect((await people('list')).stdout).toMatch(/^ada@example\.com {2}active {2}responder in globex {2}last/);

  const reset = await people('reset', 'ada@example.com');
  expect(await seen('globex')).toBe(401);
  const form = { email: 'ada@example.com', password: 'correct horse battery' };
  expect((await openBrowser().submit(`${apiUrl}/v1/session`, form)).status).toBe(403);
  expect(await choose(linkIn(reset.stdout), 'staple the wrong horse', browser)).toBe(200);
  expect(await seen('globex')).toBe(200);

  const unused = linkIn((await people('reset', 'ada@example.com')).stdout);
  expect((await people('disable', 'ada@example.com')).stdout).toBe('disabled ada@example.com\n');
  expect(await choose(unused, 'staple the wrong horse')).toBe(404);
  expect((await people('list')).stdout).toMatch(/^ada@example\.com {2}disabled/);

  const events = await running.models.auditLog.find({ 'actor.kind': 'command line' }).sort({ _id: 1 }).lean();
  expect(events.map(({ action, orgId, details }) => [action, orgId, details.role])).toEqual([
    ['person.invite', 'acme', 'viewer'],
    ['person.invite', 'globex', 'responder'],
    ['person.role', 'acme', null],
    ['person.reset', null, undefined],
    ['person.reset', null, undefined],
    ['person.disable', null, undefined],
  ]);
}, 180_000);

it('people list shows the invitations of an org’s admin until they are withdrawn', async () => {
  const { models } = running;
  await inviteToOrg(models, { email: 'bob@example.com', role: 'viewer', orgId: 'acme', actor: COMMAND_LINE });
  expect((await people('list')).stdout).toMatch(/^bob@example\.com {2}invited {2}viewer in acme {2}never signed in/m);
  expect((await people('remove-role', 'bob@example.com', '--org', 'acme')).code).toBe(0);
  expect((await people('list')).stdout).not.toContain('bob@example.com');
}, 60_000);

it('the people commands refuse invalid arguments with the reason', async () => {
  const [role, email, nobody] = await Promise.all([
    people('invite', 'bob@example.com', '--role', 'king'),
    people('invite', 'bob', '--role', 'viewer'),
    people('disable', 'nobody@example.com'),
  ]);
  expect([role.code, email.code, nobody.code]).toEqual([1, 1, 1]);
  expect(role.stderr).toContain('viewer, responder, admin');
  expect(email.stderr).toContain('"bob" is not an e-mail address');
  expect(nobody.stderr).toContain('there is nobody with the address nobody@example.com');
}, 60_000);
