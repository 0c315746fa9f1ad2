import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OpenApi } from '../../src/api/docs/openapi.ts';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { mismatches, storedAndRecomputed } from '../support/storedAndRecomputed.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
});
afterAll(() => running.stop());

const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** Ids that are easily confused with each other, or with a part of a storage key. */
const ALIKE = [
  ...['all', 'org', 'user', 'all-day', 'null', 'undefined', '*', '!', '~', '.', '..', '$', '%', '0', '-', ':', '::'],
  ...['a', 'A', 'ａ', 'а', 'a!', 'a.b', 'a/b', 'a%b', 'a%20b', 'a%2520b', 'a+b', 'a:b', 'a{b}', 'a\u00a8', '%20'],
  ...['\u00e9', 'e\u0301', 'ﬁ', 'fi', '\u212b', '\u00c5', '👍', '👍🏽', '\u{1f44d}\u{fe0f}', 'x'.repeat(128)],
  ...['👍'.repeat(128), '👍'.repeat(127), 'x'.repeat(127), '__proto__', 'constructor', '$where', '%other', '\ufffd'],
];

describe('ids that look alike', () => {
  it('are counted separately, as orgs, users and sessions', async () => {
    // Each id gets as many feedback as its position in the list, so that a mix-up shows.
    const feedback = ALIKE.flatMap((id, at) =>
      Array.from({ length: at + 1 }, () => ({ orgId: id, userId: id, sessionId: id, overallRating: 3 })),
    );
    for (let from = 0; from < feedback.length; from += 500) {
      const body = { feedback: feedback.slice(from, from + 500) };
      expect((await running.call('POST', '/v1/feedback/batch', { body })).status).toBe(202);
    }
    await running.stored(feedback.length);
    for (const [at, id] of ALIKE.entries())
      for (const level of ['orgs', 'users', 'sessions']) {
        const path = `/v1/${level}/${encodeURIComponent(id).replaceAll('.', '%2e')}/summary`;
        // `fetch` resolves `.` and `..` as steps of the path, in every spelling.
        if (['.', '..'].includes(id)) continue;
        const { status, body } = await running.call('GET', path);
        expect([level, id, status, body.count]).toEqual([level, id, 200, at + 1]);
        const { body: listed } = await running.call('GET', `/v1/users?${query({ orgId: id })}`);
        expect(listed.items.map(({ userId }: { userId: string }) => userId)).toEqual([id]);
      }
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  }, 60_000);

  it('are counted separately, whatever characters they have', async () => {
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => /^[\p{L}\p{M}\p{N}\p{P}\p{S}]{1,128}$/u.test(text) && !/^\.+$/.test(text));
    const before = await running.models.feedback.countDocuments();
    let sent = before;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id, { minLength: 2, maxLength: 6 }), async (ids) => {
        const user = `p-${sent}`;
        const feedback = ids.flatMap((orgId, at) =>
          Array.from({ length: at + 1 }, () => ({ orgId, userId: user, overallRating: 2 })),
        );
        await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
        sent += feedback.length;
        await until(
          async () => (await running.models.feedback.countDocuments()) >= sent,
          `${sent} feedback are stored`,
        );
        for (const [at, orgId] of ids.entries()) {
          const { body } = await running.call('GET', `/v1/users/${user}/summary?${query({ orgId })}`);
          expect([orgId, body.count]).toEqual([orgId, at + 1]);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('stay separate as ids of feedback in different orgs, and their cursors continue', async () => {
    const long = '👍'.repeat(128);
    const keys: Record<string, string> = {};
    for (const scope of ['ingest', 'read'] as const)
      keys[scope] = (await createAccessKey(running.models, { scope, orgId: long })).key;
    await running.service.refreshKeys();
    const count = await running.models.feedback.countDocuments();
    const ids = [long, '😀'.repeat(128), '😎'.repeat(128)];
    for (const id of ids) {
      await running.call('POST', '/v1/feedback', {
        key: keys.ingest!,
        body: { id, overallRating: 5, tags: ['long'] },
      });
      await running.call('POST', '/v1/feedback', { body: { id, orgId: 'other', overallRating: 1 } });
    }
    await running.stored(count + 2 * ids.length);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { status, body } = await running.call('GET', `/v1/feedback?tag=long&limit=1${cursor}`, {
        key: keys.read!,
      });
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen.sort()).toEqual([...ids].sort());
    const own = await running.call('GET', `/v1/feedback/${encodeURIComponent(long)}`, { key: keys.read! });
    expect(own.body.overallRating).toBe(5);
  });
});

describe('a forged cursor', () => {
  const paths: string[] = [];
  const rankings = new Set<string>();
  beforeAll(async () => {
    const { body } = (await running.call('GET', '/openapi.json')) as { body: OpenApi };
    for (const [path, { get }] of Object.entries(body.paths))
      if (get?.parameters.some(({ name }) => name === 'cursor')) {
        const filled = path.replace(/\{\w+\}/g, 'x');
        paths.push(filled);
        if (get.parameters.some(({ name }) => name === 'ranking')) rankings.add(filled);
      }
  });
  const ranks = ['', '&rank=lastAt', '&rank=overallRating', '&rank=sentiment&order=lowest', '&rank=shortfall'];
  const anyNumber = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(8.64e15, 8.64e15 + 1, -8.64e15, 1e308, 5e-324, -0, 2 ** 53, Number.MAX_VALUE),
  );
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const cursor = fc.oneof(
    fc.tuple(anyNumber, fc.string({ unit: 'binary' })).map((it) => encoded(JSON.stringify(it))),
    fc.tuple(anyNumber, fc.string({ unit: 'binary' }), anyNumber).map((it) => encoded(JSON.stringify(it))),
    fc.json().map(encoded),
    fc.string({ unit: 'binary', maxLength: 2_500 }),
    fc.constantFrom('[1e999,"a"]', '[1,{"$gt":""}]', '[1,"\\u0000"]', '[1,"\\ud800"]', '{"0":1}', '[]').map(encoded),
  );

  it('is refused with 400 or continues at its position, on every route that takes one', async () => {
    expect(paths.length).toBeGreaterThanOrEqual(4);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.constantFrom(...ranks), cursor, async (path, rank, text) => {
        const ranked = rankings.has(path) ? rank : '';
        const { status, body } = await running.call('GET', `${path}?limit=2${ranked}&${query({ cursor: text })}`, {
          key: KEYS.admin,
        });
        if (status !== 200) {
          expect([status, body.errors?.[0].pointer]).toEqual([400, '/cursor']);
          expect(JSON.stringify(body).length).toBeLessThan(1_000);
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('shows a key that is bound to an org nothing of other orgs', async () => {
    const { key } = await createAccessKey(running.models, { scope: 'admin', orgId: 'nobody-at-all' });
    await running.service.refreshKeys();
    for (const path of paths) {
      const admin = await running.call('GET', `${path}?limit=1`, { key: KEYS.admin });
      if (typeof admin.body.nextCursor !== 'string') continue;
      const answer = await running.call('GET', `${path}?limit=200&cursor=${admin.body.nextCursor}`, { key });
      // The list of keys has the key itself.
      const others = answer.body.items.filter(({ orgId }: { orgId: string }) => orgId !== 'nobody-at-all');
      expect([path, answer.status, others]).toEqual([path, 200, []]);
    }
  });
});
