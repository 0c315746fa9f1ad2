import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const ORIGIN = 'https://app.example';
let running: TestService;
let browserKey: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores(), { AUTH_FAILURES_PER_MINUTE: '1000' });
  const made = await createAccessKey(running.models, { scope: 'ingest', orgId: 'acme', origins: [ORIGIN] });
  browserKey = made.key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

/** Sends as `navigator.sendBeacon` does: text/plain, with an origin, and without an Authorization header. */
async function beacon(body: unknown, { path = '/v1/feedback', headers = {} as Record<string, string> } = {}) {
  const response = await fetch(`${running.service.apiUrl}${path}`, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'text/plain;charset=UTF-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

describe('a text/plain body with a browser key', () => {
  it('is taken as the feedback without its key', async () => {
    const sent = { key: browserKey, id: 'beacon-1', overallRating: 2, improvements: 'It closed too fast' };
    const answer = await beacon(sent);
    expect([answer.status, answer.body]).toEqual([202, { id: 'beacon-1', status: 'accepted' }]);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    await running.stored(1);
    const stored = await running.models.feedback.findOne({ improvements: 'It closed too fast' }).lean();
    expect(stored).toMatchObject({ orgId: 'acme', overallRating: 2 });
    expect(JSON.stringify(stored)).not.toContain(browserKey);
    const again = await beacon(sent, { headers: { 'content-type': 'Text/Plain' } });
    expect(again.status).toBe(202);
  });

  it('is taken as a batch', async () => {
    const batch = { key: browserKey, feedback: [{ id: 'beacon-2', uxRating: 5 }, { uxRating: 9 }] };
    const answer = await beacon(batch, { path: '/v1/feedback/batch' });
    expect([answer.status, answer.body.accepted, answer.body.refused]).toEqual([207, 1, 1]);
  });

  it('is checked like any other feedback', async () => {
    const answer = await beacon({ key: browserKey, overallRating: 9, colour: 'red' });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/overallRating',
      '/colour',
    ]);
    expect(JSON.stringify(answer.body)).not.toContain(browserKey);
    const other = await beacon({ key: browserKey, orgId: 'globex', overallRating: 4 });
    expect(other.status).toBe(403);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }, 'only be sent from pages of its origins.'],
    ['no true origin', { origin: 'null' }, 'sends the origin null'],
  ])('is refused from %s', async (_, headers, reason) => {
    const answer = await beacon({ key: browserKey, overallRating: 4 }, { headers });
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining(reason)]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is refused with a key that is a secret, or wrong', async () => {
    const { key: ingestKey } = await createAccessKey(running.models, { scope: 'ingest', orgId: 'acme' });
    const { key: adminKey } = await createAccessKey(running.models, { scope: 'admin' });
    await running.service.refreshKeys();
    for (const key of [ingestKey, adminKey, KEYS.ingest, KEYS.admin]) {
      const answer = await beacon({ key, overallRating: 4 });
      expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('Only a browser key')]);
    }
    const answer = await beacon({ key: 'ft_public_wrong', overallRating: 4 });
    expect([answer.status, answer.body.detail]).toEqual([401, expect.stringContaining('unknown, revoked or expired')]);
  });

  it.each([
    ['no key', { overallRating: 4 }],
    ['a key that is no text', { key: 7, overallRating: 4 }],
    ['a key with a space', { key: 'ft public', overallRating: 4 }],
    ['a list', [{ key: 'ft_public_x' }]],
    ['null', 'null'],
  ])('is refused with %s, and the error says what to send', async (_, body) => {
    const answer = await beacon(body);
    expect([answer.status, answer.body.detail]).toEqual([
      401,
      expect.stringContaining('a browser key as the field "key"'),
    ]);
  });

  it.each([
    ['that is not JSON', 'key=ft_public_x&overallRating=4', 'text/plain', 400],
    ['with two keys', '{"key":"a","key":"b"}', 'text/plain', 400],
    ['over 64 KiB', `{"key":"x","improvements":"${'a'.repeat(65_536)}"}`, 'text/plain', 413],
    ['of another charset', '{}', 'text/plain; charset=latin1', 415],
  ])('is refused before its key is looked up if it is a body %s', async (_, body, type, status) => {
    expect((await beacon(body, { headers: { 'content-type': type } })).status).toBe(status);
  });

  it('opens no other route, and is not read beside a key in the header', async () => {
    expect((await beacon({ key: browserKey }, { path: '/v1/feedback/import' })).status).toBe(401);
    expect((await beacon({ key: browserKey }, { path: '/v1/keys' })).status).toBe(401);
    const headers = { authorization: `Bearer ${browserKey}` };
    expect((await beacon({ key: browserKey, overallRating: 4 }, { headers })).status).toBe(415);
    const asJson = await beacon(
      { key: browserKey, overallRating: 4 },
      { headers: { 'content-type': 'application/json' } },
    );
    expect(asJson.status).toBe(401);
  });
});

it('counts wrong keys in bodies as it does those in headers', async () => {
  const guarded = await startTestService(isolatedStores(), { AUTH_FAILURES_PER_MINUTE: '3' });
  try {
    const { key } = await createAccessKey(guarded.models, { scope: 'ingest', origins: [ORIGIN] });
    await guarded.service.refreshKeys();
    const send = async (body: object) =>
      (
        await fetch(`${guarded.service.apiUrl}/v1/feedback`, {
          method: 'POST',
          headers: { origin: ORIGIN, 'content-type': 'text/plain' },
          body: JSON.stringify(body),
        })
      ).status;
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push(await send({ key: `ft_public_guess-${n}`, overallRating: 1 }));
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(await send({ key, overallRating: 5 })).toBe(202);
  } finally {
    await guarded.stop();
  }
});
