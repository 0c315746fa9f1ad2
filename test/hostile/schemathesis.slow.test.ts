import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

const SECONDS = 60;
const IN_CACHE = resolve('.cache', 'schemathesis', 'bin', 'schemathesis');
/**
 * JSON Schema can't express rules between fields (`to` not before `from`) or about the content of a text, so 400 is a
 * documented response to a request that fits the schema. A batch or import gets 207 if some or all of it is refused.
 */
const CONFIG = `
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 413, 415, 429]
[checks.negative_data_rejection]
expected-statuses = [207, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 431]
`;
const binary = ['schemathesis', IN_CACHE].find((name) => spawnSync(name, ['--version']).status === 0);
if (binary === undefined)
  process.stderr.write(
    'schemathesis is not installed (.ci/run installs it): the API is not compared with its document\n',
  );

(binary ? describe : describe.skip)('schemathesis, with every check', () => {
  let running: TestService;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedback-schemathesis-'));
    await writeFile(join(folder, 'schemathesis.toml'), CONFIG);
    running = await startTestService(isolatedStores(), { ORG_SHARE_PER_SECOND: '1000000' });
    const feedback = Array.from({ length: 50 }, (_, n) => ({
      id: `f-${n}`,
      orgId: n % 2 ? 'acme' : 'globex',
      userId: `u-${n % 5}`,
      sessionId: `s-${n}`,
      overallRating: 1 + (n % 5),
      willingToPay: 'Yes, at $10',
      improvements: 'Great coach, but the calendar sync is slow.',
      experiment: 'new check-in',
      variant: n % 2 ? 'b' : 'a',
    }));
    await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
    await running.stored(50);
  });
  afterAll(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'finds no difference between the service and its OpenAPI document',
    async () => {
      const report = await new Promise<{ code: number | null; output: string }>((done) => {
        const child = spawn(
          binary!,
          [
            'run',
            `${running.service.apiUrl}/openapi.json`,
            ...['--header', `Authorization: Bearer ${KEYS.admin}`],
            ...['--checks', 'all', '--mode', 'all', '--seed', '20261124', '--max-time', String(SECONDS)],
            ...['--max-examples', '25', '--suppress-health-check', 'all', '--no-shrink'],
            ...['--request-timeout', '20', '--warnings', 'off'],
          ],
          { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
        );
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (chunk) => {
            output += chunk;
          });
        child.on('close', (code) => done({ code, output }));
      });
      expect(report).toEqual({ code: 0, output: expect.stringContaining('No issues found') });
    },
    (SECONDS * 2 + 60) * 1000,
  );
});
