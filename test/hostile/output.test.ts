import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../src/api/docs/openapi.ts';
import { escapeForTerminal, inOneLine } from '../../src/commands/escapeForTerminal.ts';
import { answersTo } from '../support/rawHttp.ts';
import { runMain } from '../support/runMain.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { testQueues } from '../support/stores/queues.ts';
import { isolatedStores } from '../support/stores/stores.ts';

const stores = isolatedStores();
let running: TestService;
let url: string;
beforeAll(async () => {
  running = await startTestService(stores);
  url = running.service.apiUrl!;
});
afterAll(() => running.stop());
const { deadLetters } = testQueues(stores);

/** Characters with a meaning in a page, a terminal or a log. */
const NASTY = '<script>alert(1)</script>\u001b[31m\u009b2J\u0007\u202e" onload="x" \'--&amp;';

describe('every response', () => {
  it('tells browsers to run nothing, guess no type and show it in no frame', async () => {
    const { body } = (await running.call('GET', '/openapi.json')) as { body: OpenApi };
    const calls = Object.entries(body.paths).flatMap(([path, methods]) =>
      [...Object.keys(methods), 'delete', 'options'].map((method) => [path.replace(/\{\w+\}/g, 'x'), method] as const),
    );
    const others = ['/nowhere', '/%', '/docs', '/docs.css', '/openapi.json', '/v1/feedback/%00'];
    for (const [path, method] of [...calls, ...others.map((other) => [other, 'get'] as const)])
      for (const key of ['no-such-key-anywhere', KEYS.admin]) {
        const headers = { authorization: `Bearer ${key}` };
        // A stream ends after as many events only.
        const query = path === '/v1/stream' ? '?limit=1' : '';
        const answer = await fetch(url + path + query, { method: method.toUpperCase(), headers });
        const policy = answer.headers.get('content-security-policy') ?? '';
        expect([path, method, policy]).toEqual([path, method, expect.stringContaining("default-src 'none'")]);
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        expect(answer.headers.get('x-powered-by')).toBeNull();
        expect(answer.headers.get('server')).toBeNull();
        expect(await answer.text()).not.toMatch(/\n\s+at .*:\d+:\d+/);
      }
    const broken = await answersTo(url, 'GET / HTTP/9.9\r\n\r\n');
    expect(broken.text).toMatch(/content-security-policy: default-src 'none'.*\r\n/);
    for (const path of ['/metrics', '/nowhere']) {
      const answer = await fetch(running.service.metricsUrl + path);
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('that is a page contains no script and no style', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    expect(page).not.toMatch(/<script|<style|\son\w+=|\sstyle=|javascript:/i);
    expect((await fetch(`${url}/docs.css`)).headers.get('content-type')).toMatch(/^text\/css/);
  });

  it('that repeats the request is JSON, which no browser shows as a page', async () => {
    for (const path of [`/v1/experiments/${encodeURIComponent(NASTY)}`, `/${encodeURIComponent(NASTY)}`]) {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${KEYS.read}` } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
    }
  });

  it('to an internal error reveals nothing of it', async () => {
    // A document that no client can store.
    const broken = { _id: 'broken', userId: 'broken', createdAt: 'no date' };
    await running.models.feedback.collection.insertOne(broken as never);
    const { status, body } = await running.call('GET', '/v1/users/broken/trend');
    expect([status, body]).toEqual([
      500,
      {
        type: 'about:blank',
        title: expect.any(String),
        status: 500,
        detail: 'An internal error occurred; it has been logged.',
      },
    ]);
  });
});

describe('the command line', () => {
  const env = {
    REDIS_URL: stores.redisUrl,
    MONGODB_URI: stores.mongodbUri,
    QUEUE_PREFIX: stores.prefix,
    LOG_LEVEL: 'silent',
  };
  it('shows dead letters without their control characters', async () => {
    await deadLetters.put({
      kind: 'record',
      record: { improvements: NASTY },
      reason: `${NASTY}\nforged line`,
      jobId: '1',
    });
    const [letter] = await deadLetters.list({ skip: 0, limit: 1 });
    for (const args of [
      ['dead-letter', 'list'],
      ['dead-letter', 'show', letter!.id],
    ]) {
      const { stdout, code } = await runMain(args, env);
      expect([code, stdout]).toEqual([0, expect.stringContaining('alert(1)')]);
      expect(stdout).not.toMatch(/[\u001b\u009b\u0007\u202e]|^forged/m);
    }
  }, 30_000);

  it('escapes control characters, and leaves all else', () => {
    expect(escapeForTerminal('é 👩‍👧 \u001b[0m\r\n\u007f')).toBe('é 👩‍👧 \\u{1b}[0m\\u{d}\n\\u{7f}');
    expect(inOneLine('a\nb')).toBe('a\\nb');
  });
});
