import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => spawnSync(path, ['--version']).status === 0,
);
if (executablePath === undefined)
  process.stderr.write('Chromium is not installed: the tests of pages that close are skipped\n');

(executablePath === undefined ? describe.skip : describe)('the page of docs/integrating.md', () => {
  let running: TestService;
  let site: Server;
  let siteUrl: string;
  let browser: Browser;
  let html = '';
  let policy = '';

  beforeAll(async () => {
    running = await startTestService(isolatedStores());
    site = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'referrer-policy': policy }).end(html);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    const { key } = await createAccessKey(running.models, { scope: 'ingest', orgId: 'acme', origins: [siteUrl] });
    await running.service.refreshKeys();
    const docs = await readFile('docs/integrating.md', 'utf8');
    const script = [...docs.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
    const shown = script.find((code) => code.includes('sendBeacon'))!;
    html = `<!doctype html><script>
      const host = ${JSON.stringify(running.service.apiUrl)};
      const key = ${JSON.stringify(key)};
      ${shown}
      unsent.push({ id: location.hash.slice(1), overallRating: 2, improvements: 'I gave up' });
    </script>`;
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await running.stop();
  });

  const stored = async (id: string) => {
    await until(
      async () => (await running.models.feedback.countDocuments({ _id: new RegExp(`^${id}\\b`) })) === 1,
      `${id} is stored`,
    );
    return running.models.feedback.findOne({ _id: new RegExp(`^${id}\\b`) }).lean();
  };

  it.each([
    ['is closed', 'closed'],
    ['is left for another page', 'left'],
  ])('sends its feedback when it %s', async (_, id) => {
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/#${id}`);
    expect(await running.models.feedback.countDocuments({ _id: new RegExp(`^${id}`) })).toBe(0);
    if (id === 'left') await page.goto('about:blank');
    else await page.close({ runBeforeUnload: true });
    expect(await stored(id)).toMatchObject({ orgId: 'acme', overallRating: 2, improvements: 'I gave up' });
  });

  it('may send by fetch with keepalive, under any referrer policy, and reads the status', async () => {
    for (policy of ['no-referrer', 'same-origin', '']) {
      const page = await browser.newPage();
      await page.goto(siteUrl);
      const id = `kept-${policy}`;
      const options = `{ method: 'POST', keepalive: true, body: JSON.stringify({ key, id: '${id}', overallRating: 1 }) }`;
      const status = await page.evaluate(`fetch(host + '/v1/feedback', ${options}).then(({ status }) => status)`);
      expect([policy, status]).toEqual([policy, 202]);
      await stored(id);
      await page.close();
    }
  });
});
