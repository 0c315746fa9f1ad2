import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema } from '../../../src/api/reading/readingSchemas.ts';
import { settingsSchema } from '../../../src/api/settings/settingsSchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { createActiveSettings } from '../../../src/models/settings/activeSettings.ts';
import { runMain } from '../../support/runMain.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { recordRedisCommands } from '../../support/stores/recordRedisCommands.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const stores = isolatedStores();
let running: TestService;
const keys: Record<string, string> = {};
let sent = 0;

beforeAll(async () => {
  running = await startTestService(stores);
  for (const scope of ['read', 'admin', 'ingest'] as const)
    keys[scope] = (await createAccessKey(running.models, { scope, orgId: 'acme' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

const show = async (orgId?: string, key = KEYS.read) =>
  running.call('GET', `/v1/settings${orgId ? `?orgId=${orgId}` : ''}`, { key });
const put = (body: unknown, orgId?: string, key = KEYS.admin) =>
  running.call('PUT', `/v1/settings${orgId ? `?orgId=${orgId}` : ''}`, { body, key });

const SENSITIVE = 'Write to maria@example.com, or +49 30 1234567; card 4111 1111 1111 1111.';
const MASKED = 'Write to [mail], or [tel]; card [card].';

async function storedOf(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const id = `f-${sent++}`;
  const answer = await running.call('POST', '/v1/feedback', { body: { id, ...fields } });
  expect(answer.status).toBe(202);
  await running.stored(sent);
  return (await running.call('GET', `/v1/feedback/${id}`)).body;
}

describe('settings', () => {
  it('are the defaults until they are edited: personal data is masked, and everything is kept', async () => {
    const { body } = await show('acme');
    expect(settingsSchema.safeParse(body).error?.issues).toBeUndefined();
    expect(body).toMatchObject({
      version: 0,
      redaction: null,
      retention: null,
      inForce: { redaction: 'mask', retention: 'forever' },
    });
    const one = await storedOf({ orgId: 'acme', improvements: SENSITIVE, easeOfUse: 'ask a.b@example.org' });
    expect(one).toMatchObject({ improvements: MASKED, easeOfUse: 'ask [mail]' });
  });

  it('of the deployment apply to orgs without settings of their own', async () => {
    expect(await put({ version: 0, redaction: 'off', retention: null })).toMatchObject({
      status: 200,
      body: { orgId: null, version: 1 },
    });
    expect((await put({ version: 0, redaction: 'mask', retention: null }, 'acme')).status).toBe(200);
    expect((await show('globex')).body.inForce.redaction).toBe('off');
    expect((await storedOf({ orgId: 'globex', improvements: SENSITIVE })).improvements).toBe(SENSITIVE);
    expect((await storedOf({ improvements: SENSITIVE })).improvements).toBe(SENSITIVE);
    expect((await storedOf({ orgId: 'acme', improvements: SENSITIVE })).improvements).toBe(MASKED);
  });

  it('that refuse personal data name its kinds and positions, never the data', async () => {
    expect((await put({ version: 1, redaction: 'refuse', retention: null }, 'acme')).status).toBe(200);
    const body = { orgId: 'acme', improvements: SENSITIVE, helpfulness: 'password=hunter2x' };
    const single = await running.call('POST', '/v1/feedback', { body });
    expect(problemSchema.safeParse(single.body).error?.issues).toBeUndefined();
    expect([single.status, single.body.errors]).toEqual([
      400,
      [
        {
          pointer: '/improvements',
          message: expect.stringMatching(/an e-mail address, a phone number, a card number/),
        },
        { pointer: '/helpfulness', message: expect.stringMatching(/a password, key or token/) },
      ],
    ]);
    expect(JSON.stringify(single.body)).not.toMatch(/maria|1234567|4111|hunter2x/);
    const batch = await running.call('POST', '/v1/feedback/batch', {
      body: { feedback: [body, { orgId: 'acme', improvements: 'Great coach.' }] },
    });
    expect([batch.status, batch.body.accepted, batch.body.results[0].problem.errors[0].pointer]).toEqual([
      207,
      1,
      '/feedback/0/improvements',
    ]);
    await running.stored(++sent);
    const rows = await running.call('POST', '/v1/feedback/import', {
      body: `${JSON.stringify(body)}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect([rows.status, rows.body.refused]).toEqual([207, 1]);
  });

  it('are visible to the key that is bound to the org, and to no key of another org', async () => {
    const { read, admin, ingest } = keys as Record<'read' | 'admin' | 'ingest', string>;
    expect((await show(undefined, read)).body).toMatchObject({ orgId: 'acme', version: 2 });
    const own = await running.call('POST', '/v1/feedback', {
      key: ingest,
      body: { improvements: SENSITIVE },
    });
    expect(own.status).toBe(400);
    const calls = [
      show('globex', read),
      put({ version: 0, redaction: 'off', retention: null }, 'globex', admin),
      put({ version: 2, redaction: 'off', retention: null }, 'acme', read),
      put({ version: 2, redaction: 'off', retention: null }, 'acme', ingest),
    ];
    for (const { status } of await Promise.all(calls)) expect(status).toBe(403);
  });

  it('refuse an edit of an old version, and each edit is in the audit log', async () => {
    const edits = await Promise.all(
      [1, 2, 3].map((months) =>
        put({ version: 2, redaction: 'mask', retention: { months, what: 'text', aggregates: 'kept' } }, 'acme'),
      ),
    );
    expect(edits.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const written = await running.models.auditLog.find({ action: 'settings.put', orgId: 'acme' }).lean();
    expect(written.map(({ details }) => details.version)).toEqual([1, 2, 3]);
    expect(written[0]?.actor).toMatchObject({ kind: 'key', id: 'bootstrap' });
  });

  it('are refused with the name of each invalid field', async () => {
    for (const [body, pointer] of [
      [{ version: 3, redaction: 'maybe', retention: null }, '/redaction'],
      [{ version: 3, redaction: null, retention: 'soon' }, '/retention'],
      [{ version: 3, redaction: null, retention: { months: 0, what: 'text', aggregates: 'kept' } }, '/retention'],
      [{ version: -1, redaction: null, retention: null }, '/version'],
      [{ redaction: null, retention: null }, '/version'],
      [{ version: 3, redaction: null, retention: null, colour: 'red' }, '/colour'],
    ] as const) {
      const { status, body: answer } = await put(body, 'acme');
      expect([status, answer.errors?.[0].pointer.slice(0, pointer.length)]).toEqual([400, pointer]);
    }
    expect((await show('acme')).body.version).toBe(3);
  });

  it('are shown and edited from the command line', async () => {
    const env = {
      REDIS_URL: stores.redisUrl,
      MONGODB_URI: stores.mongodbUri,
      QUEUE_PREFIX: stores.prefix,
    };
    const set = await runMain(['settings', 'set', '--org', 'initech', '--redaction', 'refuse'], env);
    expect([set.code, set.stdout]).toEqual([0, 'version 1 is active\n']);
    const rule = ['settings', 'set', '--org', 'initech', '--retention', '24:feedback:reduced'];
    expect((await runMain(rule, env)).code).toBe(0);
    const shown = JSON.parse((await runMain(['settings', 'show', '--org', 'initech'], env)).stdout);
    expect(shown).toMatchObject({
      version: 2,
      redaction: 'refuse',
      retention: { months: 24, what: 'feedback', aggregates: 'reduced' },
    });
    const wrong = await runMain(['settings', 'set', '--retention', 'soon'], env);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('months:what:aggregates')]);
    expect((await runMain(['settings', 'set'], env)).code).toBe(1);
  }, 60_000);

  it('that have never been read let no personal data through', () => {
    const unread = createActiveSettings(running.models);
    expect(unread.of('globex')).toEqual({ redaction: 'mask', retention: 'forever' });
    unread.close();
  });
});

it('writes masked texts to Redis without the personal data', async () => {
  const recording = await recordRedisCommands(stores.redisUrl);
  await storedOf({ orgId: 'acme', improvements: `planted ${SENSITIVE}` });
  recording.stop();
  const seen = recording.lines().filter((line) => line.includes('planted'));
  expect(seen.length).toBeGreaterThan(0);
  for (const line of seen) expect(line).not.toMatch(/maria@example|1234567|4111 1111/);
});
