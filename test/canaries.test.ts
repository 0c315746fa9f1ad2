import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serializeError } from '../src/metrics/serializeError.ts';
import { CANARY, KEYS } from './support/outputs.ts';
import { spawnScript } from './support/spawnScript.ts';
import { openQueues } from './support/stores/queues.ts';
import { type OwnStores, ownStores } from './support/stores/stores.ts';
import { until } from './support/until.ts';

type Role = ReturnType<typeof spawnScript>;

let stores: OwnStores;
let queues: ReturnType<typeof openQueues>;
const roles: Role[] = [];
let output = '';
let apiUrl = '';
const metricsUrls: string[] = [];

async function start(role: 'api' | 'worker'): Promise<Role> {
  const child = spawnScript('src/main.ts', [role], {
    REDIS_URL: stores.redis.url,
    MONGODB_URI: stores.mongodb.url,
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'trace',
    BOOTSTRAP_INGEST_KEY: KEYS.ingest,
    BOOTSTRAP_READ_KEY: KEYS.read,
    BOOTSTRAP_ADMIN_KEY: KEYS.admin,
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: string) => {
      output += chunk;
    });
  roles.push(child);
  metricsUrls.push((await child.line(/^Metrics/)).split(/\s+/)[1] ?? '');
  return child;
}

beforeAll(async () => {
  stores = await ownStores();
  queues = openQueues({ redisUrl: stores.redis.url, prefix: 'feedback' });
  const api = await start('api');
  apiUrl = (await api.line(/^API/)).split(/\s+/)[1] ?? '';
  await start('worker');
}, 60_000);

afterAll(async () => {
  for (const role of roles) role.kill('SIGKILL');
  await queues?.close();
  await stores?.stop();
}, 30_000);

const named = (what: string) => `${CANARY}-${what}`;
const planted = (n: number) => ({
  id: named(`id-${n}`),
  orgId: named('org'),
  userId: named('user'),
  sessionId: named('session'),
  overallRating: 4,
  easeOfUse: named('choice'),
  improvements: `${named('text')} is slow`,
  experiment: named('experiment'),
  variant: named('variant'),
  tags: [named('tag')],
});

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return fetch(`${apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${method === 'GET' ? KEYS.read : path.startsWith('/v1/feedback') ? KEYS.ingest : KEYS.admin}`,
      'content-type': 'application/json',
      'user-agent': CANARY,
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }).then(async (response) => ({ status: response.status, text: await response.text() }));
}

const MAX_WAIT_MS = 45_000;
/** The reason of a wait, and the end of the output if it is in vain. */
const reason = (text: string) => () => `${text}; the output ends with:\n${output.slice(-3_000)}`;
const untilLogged = (text: string) => until(() => output.includes(text), reason(`"${text}" is logged`), MAX_WAIT_MS);

it('prints, logs and measures no text, id or key of anybody, whatever fails', async () => {
  // Valid requests, then requests that are wrong in every place that can hold a canary.
  expect((await call('POST', '/v1/feedback', planted(1))).status).toBe(202);
  await call('POST', '/v1/feedback/batch', { feedback: [planted(2), { [CANARY]: CANARY }, CANARY] });
  await call('POST', '/v1/feedback/import', `${JSON.stringify(planted(3))}\n{"${CANARY}\n`, {
    'content-type': 'application/x-ndjson',
  });
  const wrong: [string, string, unknown?, Record<string, string>?][] = [
    ['POST', '/v1/feedback', `{"improvements": "${CANARY}`],
    ['POST', '/v1/feedback', { ...planted(4), overallRating: CANARY }],
    ['POST', '/v1/feedback', { ...planted(4), [CANARY]: 1 }],
    ['POST', '/v1/feedback', planted(4), { authorization: `Bearer ${CANARY}` }],
    ['POST', '/v1/feedback', planted(4), { 'content-type': CANARY }],
    ['POST', '/v1/feedback', planted(4), { 'content-encoding': CANARY }],
    ['POST', '/v1/feedback', planted(4), { 'content-encoding': 'gzip' }],
    ['POST', '/v1/feedback', planted(4), { 'idempotency-key': `${CANARY} ${CANARY}` }],
    ['PUT', '/v1/settings', { [CANARY]: CANARY }],
    ['PUT', '/v1/taxonomy', { version: 0, themes: [{ id: CANARY }] }],
    ['GET', `/v1/users/${named('user')}/summary?from=${CANARY}`],
    ['GET', `/v1/feedback?cursor=${CANARY}`],
    ['GET', `/v1/feedback?${CANARY}=1`],
    ['GET', `/${CANARY}`],
    ['GET', `/v1/users/%E0%A4%A/${CANARY}`],
  ];
  for (const [method, path, body, headers] of wrong)
    expect([path, (await call(method, path, body, headers)).status]).toEqual([path, expect.any(Number)]);
  await call('GET', `/v1/users/${named('user')}/summary`);

  // Unstorable records that can't be set aside at first: Redis refuses the command that holds them.
  const { connection, ingest, deadLetters } = queues;
  await until(async () => (await ingest.countJobs()) === 0, reason('the queue is empty'), MAX_WAIT_MS);
  const counter = 'feedback:dead-letter:id';
  await connection.set(counter, 'not a number');
  const data = { version: 1, feedback: [{ ...planted(5), [CANARY]: 1 }, CANARY] } as never;
  await ingest.queue.add('batch', data);
  await ingest.queue.add('batch', { [CANARY]: CANARY } as never);
  await untilLogged('a job failed and will be tried again');
  await connection.del(counter);
  await until(async () => (await deadLetters.count()) === 3, reason('all three records are set aside'), MAX_WAIT_MS);

  // MongoDB hangs and is killed while feedback arrives. Then Redis is killed, full of it.
  const sending = (from: number) =>
    Promise.all(Array.from({ length: 30 }, (_, n) => call('POST', '/v1/feedback', planted(from + n)).catch(() => {})));
  stores.mongodb.kill('SIGSTOP');
  await sending(100);
  await call('GET', `/v1/users/${named('user')}/summary`);
  await untilLogged('MongoDB is away');
  stores.mongodb.kill('SIGKILL');
  await connection.config('SET', 'maxmemory', '1mb');
  await sending(200);
  await connection.config('SET', 'maxmemory', '0');
  stores.redis.kill('SIGKILL');
  await sending(300);
  await untilLogged('Redis is away');

  const measured = await Promise.all(metricsUrls.map((url) => fetch(`${url}/metrics`).then((answer) => answer.text())));
  expect(output.length).toBeGreaterThan(500);
  for (const text of [output, ...measured]) {
    expect(text.length).toBeGreaterThan(0);
    for (const one of [CANARY, ...Object.values(KEYS)])
      expect(text.split('\n').filter((line) => line.includes(one))).toEqual([]);
  }
}, 150_000);

it('logs the type, code and place of an error, and none of the data in it', () => {
  const error = Object.assign(new Error(`E11000 duplicate key: { _id: "user ${CANARY} acme" } in "${CANARY}`), {
    code: 11000,
    command: { name: 'evalsha', args: [CANARY] },
    op: { improvements: CANARY },
    cause: new SyntaxError(`Unexpected token 'c', "${CANARY}" is not valid JSON`),
  });
  const logged = serializeError(error);
  expect(JSON.stringify(logged)).not.toContain(CANARY);
  expect(logged).toMatchObject({
    type: 'Error',
    code: 11000,
    message: expect.stringContaining('duplicate key'),
  });
  expect(logged.stack).toContain('at ');
  expect(logged.cause?.type).toBe('SyntaxError');
});
