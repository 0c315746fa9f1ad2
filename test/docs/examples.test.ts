import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { examplesOf, runExample } from './examples.ts';

let running: TestService;
let browserKey: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  const origins = ['https://app.example'];
  browserKey = (await createAccessKey(running.models, { scope: 'ingest', orgId: 'acme', origins })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

const env = () => ({
  HOST: running.service.apiUrl ?? '',
  INGEST_KEY: KEYS.ingest,
  READ_KEY: KEYS.read,
  ADMIN_KEY: KEYS.admin,
  BROWSER_KEY: browserKey,
});

/** Expects every shown field in the real answer, with the same value unless it is `…`. */
function expectShown(shown: unknown, real: unknown): void {
  if (typeof shown !== 'object' || shown === null) {
    expect(real).toEqual(shown === '…' ? expect.any(String) : shown);
    return;
  }
  expect(typeof real).toBe('object');
  if (Array.isArray(shown)) expect(real).toHaveLength(shown.length);
  for (const [key, value] of Object.entries(shown)) {
    expect(Object.keys(real as object)).toContain(key);
    expectShown(value, (real as Record<string, unknown>)[key]);
  }
}

describe('docs/integrating.md', () => {
  it('shows the answers that the service gives', async () => {
    const page = await readFile('docs/integrating.md', 'utf8');
    const pairs = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n+```json\n([\s\S]*?)^```$/gm)];
    expect(pairs.length).toBeGreaterThanOrEqual(4);
    for (const [, command = '', answer = ''] of pairs) {
      const [real] = await runExample({ heading: '', command }, env());
      const shown = JSON.parse(answer);
      expectShown(shown, real?.body);
      expect(real?.status).toBe(shown.status > 0 ? shown.status : shown.refused > 0 ? 207 : 202);
    }
  });

  it('has a client that retries until it is accepted, and gives up an invalid feedback', async () => {
    const page = await readFile('docs/integrating.md', 'utf8');
    const [, source] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const sendFeedback = new Function(`${source}; return sendFeedback;`)();
    let calls = 0;
    const ids: string[] = [];
    // A server in front of the service fails in every transient way first.
    const flaky = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      ids.push(JSON.parse(body).id);
      calls++;
      if (calls === 1) return request.socket.destroy();
      if (calls === 2) return response.writeHead(503, { 'retry-after': '0.01' }).end();
      if (calls === 3) return response.writeHead(429, { 'retry-after': '0.01' }).end();
      const answer = await fetch(`${running.service.apiUrl}/v1/feedback`, {
        method: 'POST',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': 'application/json',
        },
        body,
      });
      response.writeHead(answer.status).end(await answer.text());
    });
    await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
    const host = `http://127.0.0.1:${(flaky.address() as AddressInfo).port}`;
    await sendFeedback({ orgId: 'flaky', overallRating: 3 }, { host, key: KEYS.ingest });
    expect([calls, new Set(ids).size]).toEqual([4, 1]);
    await expect(sendFeedback({ overallRating: 9 }, { host, key: KEYS.ingest })).rejects.toThrow(/overallRating/);
    flaky.closeAllConnections();
    flaky.close();
  });
});

describe('README.md', () => {
  it('has first calls that work as they are printed', async () => {
    const first = (await examplesOf('README.md')).find(({ heading }) => heading === 'First calls');
    const command = first!.command.replaceAll('http://127.0.0.1:3000', '$HOST');
    const answers = await runExample({ heading: '', command }, env());
    expect(answers.map(({ status }) => status)).toEqual([202, 200, 200, 200, 200]);
  });
});

it.each([
  ['docs/privacy.md', 'Erase feedback', 202],
  ['docs/privacy-redaction.md', 'Retention', 200],
  ['docs/taxonomy.md', 'Add one theme', 200],
])('the calls of %s under "%s" work as they are printed', async (page, heading, status) => {
  const [example] = (await examplesOf(page)).filter((found) => found.heading === heading);
  const answers = await runExample(example!, env());
  expect(answers.map((answer) => answer.status)).toEqual([status]);
});

describe('docs/api.md', () => {
  it('has taxonomy calls that work as they are printed', async () => {
    for (const [example, expected] of [['Taxonomies', [200, 200, 202, 200]]] as const) {
      const printed = (await examplesOf('docs/api.md')).find(({ heading }) => heading === example);
      const answers = await runExample(printed!, env());
      expect(answers.map(({ status }) => status)).toEqual(expected);
    }
  });

  it('names queries that the service answers', async () => {
    const page = await readFile('docs/api.md', 'utf8');
    // Only people ask this, with a cookie.
    const paths = [...page.matchAll(/`GET (\/v1\/[^`{]+)`/g)]
      .map(([, path]) => path!)
      .filter((path) => path !== '/v1/session');
    expect(paths.length).toBeGreaterThan(6);
    for (const path of paths) {
      const answer = await running.call('GET', path.replace(/=(\w+)\|[^&]*/g, '=$1'), { key: KEYS.admin });
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});
