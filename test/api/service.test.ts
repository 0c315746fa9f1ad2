import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
});
afterAll(() => running.stop());
const call: TestService['call'] = (...args) => running.call(...args);
let stored = 0;
const settle = (more: number) => {
  stored += more;
  return running.stored(stored);
};

describe('POST /v1/feedback', () => {
  it('answers 202, and the feedback can be read within a second with its text exactly as sent', async () => {
    const improvements = '  Great coach,\n\tbut <b>slow</b> 👍 \u0000 "x" ';
    const { status, body } = await call('POST', '/v1/feedback', {
      body: { id: 'one', orgId: 'acme', improvements },
    });
    expect([status, body]).toEqual([202, { id: 'one', status: 'accepted' }]);
    await settle(1);
    expect((await call('GET', '/v1/feedback/one')).body.improvements).toBe(improvements);
  });

  it('counts an id once, even with other content', async () => {
    const send = (overallRating: number) =>
      call('POST', '/v1/feedback', {
        body: { orgId: 'twice', overallRating },
        headers: { 'idempotency-key': 'same' },
      });
    expect([(await send(5)).status, (await send(1)).status, (await send(1)).status]).toEqual([202, 202, 202]);
    await settle(1);
    // Feedback accepted later may be stored first; the earlier one then replaces it.
    const summary = async () => (await call('GET', '/v1/orgs/twice/summary')).body;
    for (let n = 0; n < 50 && (await summary()).ratings.overallRating.mean !== 5; n++) await sleep(50);
    const body = await summary();
    expect(body.ratings.overallRating).toEqual({ count: 1, mean: 5, distribution: [0, 0, 0, 0, 1] });
  });

  it('names every invalid field at once', async () => {
    const { status, body, headers } = await call('POST', '/v1/feedback', {
      body: { overallRating: 6, orgId: 'a b', color: 'red', createdAt: 'soon', improvements: 5 },
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual(
      ['/color', '/createdAt', '/improvements', '/orgId', '/overallRating'].sort(),
    );
  });

  it.each([
    [{}, ''],
    [{ improvements: ' ' }, ''],
    [{ overallRating: 4.5 }, '/overallRating'],
    [{ overallRating: '4' }, '/overallRating'],
    [{ overallRating: 4, userId: 'x'.repeat(129) }, '/userId'],
    [{ easeOfUse: 'x'.repeat(101) }, '/easeOfUse'],
    [{ improvements: 'x'.repeat(10_001) }, '/improvements'],
    [{ improvements: '\ud800' }, '/improvements'],
    [{ overallRating: 4, createdAt: Date.now() + 11 * 366 * 24 * 3_600_000 }, '/createdAt'],
    [{ overallRating: 4, userId: { $ne: '' } }, '/userId'],
    [{ overallRating: 4, experiment: 'x' }, '/variant'],
  ])('refuses %j', async (body, pointer) => {
    const answer = await call('POST', '/v1/feedback', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('refuses a body that is not JSON, has another media type, or is too large', async () => {
    expect((await call('POST', '/v1/feedback', { body: '{' })).status).toBe(400);
    expect((await call('POST', '/v1/feedback', { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
    expect((await call('POST', '/v1/feedback', { body: `"${'x'.repeat(300_000)}"` })).status).toBe(413);
  });
});

describe('POST /v1/feedback/batch and /import', () => {
  it('accepts valid feedback and names the refused', async () => {
    const feedback = [{ overallRating: 4 }, { overallRating: 9 }];
    const { status, body } = await call('POST', '/v1/feedback/batch', { body: { feedback } });
    expect(status).toBe(207);
    expect(body).toMatchObject({ accepted: 1, refused: 1 });
    expect(body.results[1].problem.errors[0].pointer).toBe('/feedback/1/overallRating');
    await settle(1);
    const tooMany = { feedback: Array(1001).fill({ overallRating: 1 }) };
    expect((await call('POST', '/v1/feedback/batch', { body: tooMany })).status).toBe(400);
  });

  it('imports gzipped NDJSON and CSV, refuses by line, and counts repeated ids once', async () => {
    const lines = `${JSON.stringify({ orgId: 'imp', overallRating: 1 })}\n\n{"overallRating":9}\n${JSON.stringify({ orgId: 'imp', improvements: 'ü' })}`;
    const load = () =>
      fetch(`${running.service.apiUrl}/v1/feedback/import`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${KEYS.ingest}`,
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
          'idempotency-key': 'load-1',
        },
        body: gzipSync(lines),
      });
    expect(await (await load()).json()).toMatchObject({ accepted: 2, refused: 1, refusals: [{ line: 3 }] });
    await load();
    const csv = 'orgId,overallRating,improvements,tags\nimp,5,"a, ""b""\nc",x;y\nimp,seven,,\n';
    const answer = await call('POST', '/v1/feedback/import', {
      body: csv,
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer.body).toMatchObject({ accepted: 1, refused: 1 });
    await settle(3);
    const { body } = await call('GET', '/v1/orgs/imp/summary');
    expect(body).toMatchObject({ count: 3, ratings: { overallRating: { count: 2, mean: 3 } } });
    expect((await call('GET', '/v1/feedback?tag=y')).body.items[0].improvements).toBe('a, "b"\nc');
  });
});

describe('reading', () => {
  it('answers the questions of the product', async () => {
    const feedback = [
      {
        orgId: 'def',
        userId: 'abc',
        sessionId: 'xyz',
        overallRating: 5,
        uxRating: 4,
        willingToPay: 'Yes, at $10',
        createdAt: '2026-01-01T10:00:00Z',
      },
      {
        orgId: 'def',
        userId: 'abc',
        sessionId: 'xyz',
        overallRating: 2,
        uxRating: 2,
        willingToPay: 'No',
        createdAt: '2026-01-03T10:00:00Z',
      },
      { orgId: 'def', userId: 'other', overallRating: 3, willingToPay: 'Yesterday', createdAt: '2026-02-01' },
    ];
    expect((await call('POST', '/v1/feedback/batch', { body: { feedback } })).status).toBe(202);
    await settle(3);
    expect((await call('GET', '/v1/feedback?sessionId=xyz')).body.items).toHaveLength(2);
    const session = (await call('GET', '/v1/sessions?orgId=def')).body.items[0];
    expect(session).toMatchObject({
      sessionId: 'xyz',
      ratings: { overallRating: { mean: 3.5 }, uxRating: { mean: 3 } },
    });
    const first = (await call('GET', '/v1/feedback?userId=abc&order=oldest&limit=1')).body;
    const second = (await call('GET', `/v1/feedback?userId=abc&order=oldest&limit=1&cursor=${first.nextCursor}`)).body;
    expect([first, second].map((page) => page.items[0].overallRating)).toEqual([5, 2]);
    expect(second.nextCursor).toBeNull();
    const willing = (await call('GET', '/v1/users?orgId=def&willingToPay=yes')).body.items;
    expect(willing.map((user: { userId: string }) => user.userId)).toEqual(['abc']);
    const [raw] = await running.models.feedback.aggregate([
      { $match: { orgId: 'def' } },
      {
        $group: {
          _id: '$orgId',
          count: { $sum: 1 },
          mean: { $avg: '$overallRating' },
          ux: { $avg: '$uxRating' },
        },
      },
    ]);
    const { body } = await call('GET', '/v1/orgs/def/summary');
    expect([body.count, body.ratings.overallRating.mean, body.ratings.uxRating.mean]).toEqual([
      raw.count,
      raw.mean,
      raw.ux,
    ]);
    const days = (await call('GET', '/v1/users/abc/trend?interval=day')).body.periods;
    expect(days.map((day: { from: string; count: number }) => [day.from, day.count])).toEqual([
      ['2026-01-01', 1],
      ['2026-01-02', 0],
      ['2026-01-03', 1],
    ]);
    const january = await call('GET', '/v1/orgs/def/summary?from=2026-01-01&to=2026-01-31');
    expect(january.body).toMatchObject({ count: 2, population: { count: 2 } });
  });

  it('needs a key with the right scope, and restricts a bound key to its org', async () => {
    expect((await call('GET', '/v1/summary', { key: 'no-such-key-anywhere' })).status).toBe(401);
    expect((await call('GET', '/v1/summary', { key: KEYS.ingest })).status).toBe(403);
    expect((await call('POST', '/v1/feedback', { key: KEYS.read, body: { overallRating: 1 } })).status).toBe(403);
    const { key } = await createAccessKey(running.models, { scope: 'read', orgId: 'def' });
    const read = async () => (await call('GET', '/v1/orgs/acme/summary', { key })).status;
    // Nobody tells the service of it: it looks once a second.
    await until(async () => (await read()) !== 401, 'the new key is known');
    expect(await read()).toBe(403);
    expect((await call('GET', '/v1/feedback/one', { key })).status).toBe(404);
    expect((await call('GET', '/v1/summary', { key })).body).toMatchObject({
      count: 3,
      population: { count: 3 },
    });
    expect((await call('GET', '/v1/orgs', { key })).body.items).toHaveLength(1);
  });

  it('refuses unknown parameters, and cursors of other lists', async () => {
    expect((await call('GET', '/v1/feedback?color=red')).body.errors[0].pointer).toBe('/color');
    expect((await call('GET', '/v1/feedback?cursor=abc')).status).toBe(400);
  });
});
