import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';

/** Time of the generated requests of a run, after the examples. */
const SECONDS = 90;
const { SCHEMATHESIS_SEED: SEED = '20261124' } = process.env;
const IN_CACHE = resolve('.cache', 'schemathesis', 'bin', 'schemathesis');
/** A batch or import gets 207 if some or all of it is refused. */
const CONFIG = `
hooks = "rules.py"
[checks.negative_data_rejection]
expected-statuses = [207, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 431]
`;
/**
 * Rules that the document does not say by a schema, mostly because none of OpenAPI 3.1 can: the field (a regular expression)
 * and the reason of a refusal. A request that fits its schema may be refused for one of these, and for nothing else.
 */
const RULES: [field: string, reason: RegExp][] = [
  // Which of two parameters is later, and how long it is between them.
  ['/to', /^must (not be before|be after) from$/],
  [
    '/(from|bFrom)',
    /^must leave (at most [\d,]+ (days|feedback of a user or session)|no day that is also in the period of a)$/,
  ],
  ['/bTo', /^must not be before bFrom$/],
  // A side of a comparison whose id or name is none.
  ['/[ab]', /^(has no (id|name of a variant) after the colon|is another org than orgId; leave orgId out)$/],
  ['/experiment', /^is needed for a variant$/],
  ['/(from|to|bFrom|bTo)', /^is not for variants, which are not counted by day$/],
  // Only a page gives a cursor. A taxonomy gives the themes.
  ['/cursor', /^is (not the nextCursor of a page|of a trend with another from, to or interval)$/],
  ['/theme', /^is not a theme; /],
  ['/expiresAt', /^must be in the future$/],
  // Ids that are there twice, or that name nothing.
  ['/themes', /^theme "[^"]*" appears twice$/],
  ['/under', /^there is no theme /],
  // IANA names of time zones, which change with each release of the list.
  ['/timeZone', /^is no time zone; /],
  // Numbers of words in a phrase. The pattern is looser, since texts by an exact one take minutes to generate.
  ['/themes?', /^theme "[^"]*": ".*" has (no word|more than \d+ words)$/],
  // A mapping is for the columns of its file.
  ['/mapping.*', /^is not in the file; /],
  ['/mapping', /^is missing; a request with \?dryRun=true proposes one$/],
];
const HOOKS = `
import re
import schemathesis

RULES = ${JSON.stringify(RULES.map(([field, reason]) => [field, reason.source]))}


def is_known(error):
    return any(
        re.fullmatch(field, error["pointer"]) and re.search(reason, error["message"]) for field, reason in RULES
    )


@schemathesis.serializer("application/x-ndjson")
def as_sent(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if failure.code != "ST202" or response.status_code != 400:
        return True
    errors = response.json().get("errors") or []
    return not errors or not all(is_known(error) for error in errors)
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
    await writeFile(join(folder, 'rules.py'), HOOKS);
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

  it('finds no difference between the service and its OpenAPI document', async () => {
    const report = await new Promise<{ code: number | null; output: string }>((done) => {
      const child = spawn(
        binary!,
        [
          'run',
          `${running.service.apiUrl}/openapi.json`,
          ...['--header', `Authorization: Bearer ${KEYS.admin}`],
          ...['--checks', 'all', '--mode', 'all', '--seed', SEED, '--max-time', String(SECONDS)],
          ...['--max-examples', '25', '--suppress-health-check', 'all', '--no-shrink'],
          ...['--request-timeout', '20', '--warnings', 'off'],
          // It answers as long as figures change, and its test reads it.
          ...['--exclude-path', '/v1/stream'],
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
  }, 600_000); // The phase that covers each schema has no limit of time.
});
