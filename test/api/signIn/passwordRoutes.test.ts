import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, openBrowser } from '../../support/browser.ts';
import { addPerson, PASSWORD } from '../../support/people.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const ADA = 'ada@example.com';
const NEXT = 'staple the wrong horse';
const SAME = { 'sec-fetch-site': 'same-origin' };

let running: TestService;
let url: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  url = running.service.apiUrl!;
});
afterAll(() => running.stop());
afterEach(async () => {
  const { people, sessions } = running.models;
  await Promise.all([people.deleteMany(), sessions.deleteMany()]);
});

let addresses = 0;
/** Attempts are counted by address, so each test uses its own. */
const newAddress = () => `198.51.100.${addresses++}`;

async function signIn(password = PASSWORD): Promise<Browser> {
  const browser = openBrowser();
  const headers = { ...SAME, 'x-forwarded-for': newAddress() };
  const page = await browser.submit(`${url}/v1/session`, { email: ADA, password }, headers);
  expect(page.text).toContain('You are signed in');
  return browser;
}

const change = (browser: Browser, fields: Record<string, string>, from = newAddress()) =>
  browser.submit(`${url}/password`, fields, { ...SAME, 'x-forwarded-for': from });
const changeTo = (next: string, current = PASSWORD) => ({ email: ADA, current, next, again: next });
const isSignedIn = async (browser: Browser) => (await browser.fetch(`${url}/v1/session`)).status === 200;

describe('the page to change a password', () => {
  it('is linked from the page after sign-in, and redirects others to sign in', async () => {
    await addPerson(running.models, ADA, []);
    const browser = await signIn();
    const landed = await browser.get(`${url}/sign-in`);
    expect(landed.text).toContain('href="/password"');
    const page = await browser.get(`${url}/password`);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<h1>Change password</h1>')]);
    const other = await openBrowser().get(`${url}/password`);
    expect(new URL(other.url).pathname).toBe('/sign-in');
  });

  it('changes the password, says so, and ends every other session', async () => {
    const { _id } = await addPerson(running.models, ADA, []);
    const [browser, other] = [await signIn(), await signIn()];
    const page = await change(browser, changeTo(NEXT));
    expect(new URL(page.url).pathname).toBe('/sign-in');
    expect(page.text).toMatch(/role="status">Your password is changed\./);
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
    await signIn(NEXT);
    const event = await running.models.auditLog.findOne({ action: 'person.password' }).lean();
    expect(event).toMatchObject({ target: _id, actor: { kind: 'person', id: _id } });
    // The page tells nothing to someone who is signed out.
    expect((await openBrowser().get(`${url}/sign-in?password-changed`)).text).not.toContain('is changed');
  });

  it.each([
    ['current', changeTo(NEXT, 'not this one, surely'), 403, 'The current password is not right.'],
    ['current', { next: NEXT, again: NEXT }, 400, 'The current password is missing.'],
    ['next', changeTo('too short'), 400, 'The new password must have 12 characters at least.'],
    [
      'again',
      { ...changeTo(NEXT), again: 'staple the wrong house' },
      400,
      'What you typed the second time is not the same as the new password.',
    ],
  ])('shows the error at its field: %s', async (name, fields, status, sentence) => {
    await addPerson(running.models, ADA, []);
    const browser = await signIn();
    const page = await change(browser, fields as Record<string, string>);
    expect(page.status).toBe(status);
    expect(page.text).toContain(`<p class="error" id="${name}-error">${sentence}</p>`);
    // It has the focus, and is read out with what is wrong.
    const field = new RegExp(`<input id="${name}"[^>]* aria-invalid="true" aria-describedby="([^"]*)" autofocus>`);
    expect(field.exec(page.text)?.[1]?.split(' ')[0]).toBe(`${name}-error`);
    expect(page.text.match(/ autofocus/g)).toHaveLength(1);
    expect(page.text).toContain('<title>Error: Change password');
    expect(page.text).not.toContain('role="alert"');
    // Nothing that was typed comes back.
    for (const typed of Object.values(fields).filter((one) => one !== ADA && one !== undefined))
      expect(page.text).not.toContain(typed);
    expect(await isSignedIn(await signIn())).toBe(true);
  });

  it('treats two Unicode forms of a new password as the same', async () => {
    await addPerson(running.models, ADA, []);
    const fields = { ...changeTo('é'.repeat(12)), again: 'e\u0301'.repeat(12) };
    expect((await change(await signIn(), fields)).text).toContain('Your password is changed.');
  });

  it('counts its attempts together with those to sign in', async () => {
    await addPerson(running.models, ADA, []);
    const browser = await signIn();
    // From where nobody is signed in.
    const from = newAddress();
    const wrong = changeTo(NEXT, 'not this one, surely');
    for (let n = 0; n < 5; n++) expect((await change(browser, wrong, from)).status).toBe(403);
    const limited = await change(browser, changeTo(NEXT), from);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.text).toMatch(/<p class="problem" id="problem" role="alert"[^>]*>Too many attempts/);
    const signInHeaders = { ...SAME, 'x-forwarded-for': from };
    const form = { email: ADA, password: PASSWORD };
    expect((await openBrowser().submit(`${url}/v1/session`, form, signInHeaders)).status).toBe(429);
    expect(await isSignedIn(await signIn())).toBe(true);
  });

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
  ])('refuses a form of another site: %j', async (headers: Record<string, string>) => {
    await addPerson(running.models, ADA, []);
    const browser = await signIn();
    expect((await browser.submit(`${url}/password`, changeTo(NEXT), headers)).status).toBe(403);
    expect((await openBrowser().submit(`${url}/password`, changeTo(NEXT), headers)).status).toBe(403);
    expect(await isSignedIn(await signIn())).toBe(true);
  });

  it('changes nothing after the session has ended, and offers to sign in', async () => {
    await addPerson(running.models, ADA, []);
    const browser = await signIn();
    await running.models.sessions.deleteMany();
    const page = await change(browser, changeTo(NEXT));
    expect([page.status, page.text]).toEqual([401, expect.stringContaining('Nothing was changed.')]);
    expect(page.text).toContain('action="/v1/session"');
    await signIn();
  });

  it('offers no form to people without a password', async () => {
    const { _id } = await addPerson(running.models, ADA, []);
    const browser = await signIn();
    await running.models.people.updateOne({ _id }, { passwordHash: null });
    expect((await browser.get(`${url}/sign-in`)).text).not.toContain('/password');
    expect((await browser.get(`${url}/password`)).text).toContain('have no password here');
    expect((await change(browser, changeTo(NEXT))).status).toBe(403);
    expect((await running.models.people.findById(_id).lean())?.passwordHash).toBeNull();
  });

  it('loads its own style only, labels every field, and marks them for password managers', async () => {
    await addPerson(running.models, ADA, []);
    const page = await (await signIn()).get(`${url}/password`);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.text).not.toMatch(/<script|style=|<style/);
    const fields = [...page.text.matchAll(/<input id="(\w+)"[^>]* autocomplete="([\w-]+)"/g)];
    expect(fields.map(([, name, what]) => [name, what])).toEqual([
      ['email', 'username'],
      ['current', 'current-password'],
      ['next', 'new-password'],
      ['again', 'new-password'],
    ]);
    for (const [, name] of fields) expect(page.text).toContain(`<label for="${name}">`);
    const refused = await running.call('POST', '/password');
    expect(refused.status).toBe(403);
  });
});
