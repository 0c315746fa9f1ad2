import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS } from '../support/service.ts';
import { spawnScript } from '../support/spawnScript.ts';
import { isolatedStores } from '../support/stores/stores.ts';

const MIB = 1024 * 1024;
const LIMIT = 2 * MIB;
const BATCH_LIMIT = 16 * MIB;

let api: ReturnType<typeof spawnScript>;
let apiUrl: string;
let metricsUrl: string;
beforeAll(async () => {
  const stores = isolatedStores();
  // A separate process, so that only requests add to its CPU time.
  api = spawnScript('src/main.ts', ['api'], {
    REDIS_URL: stores.redisUrl,
    MONGODB_URI: stores.mongodbUri,
    QUEUE_PREFIX: stores.prefix,
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    IMPORT_LIMIT_MB: String(LIMIT / MIB),
    BOOTSTRAP_INGEST_KEY: KEYS.ingest,
  });
  [apiUrl, metricsUrl] = (await Promise.all(
    [/^API/, /^Metrics/].map(async (what) => (await api.line(what)).split(/\s+/)[1] ?? ''),
  )) as [string, string];
}, 60_000);
afterAll(() => {
  api?.kill('SIGKILL');
});

/** CPU seconds and resident bytes of the API process. */
async function used(): Promise<{ cpu: number; memory: number }> {
  const text = await (await fetch(metricsUrl)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return { cpu: figure('process_cpu_seconds_total'), memory: figure('process_resident_memory_bytes') };
}

async function post(path: string, body: Buffer, type: string, gzip = true) {
  const response = await fetch(apiUrl + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS.ingest}`,
      'content-type': type,
      ...(gzip && { 'content-encoding': 'gzip' }),
    },
    body: new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

type Request = Parameters<typeof post>;

async function cost(...[path, body, type]: Request) {
  const before = await used();
  const answer = await post(path, body, type);
  const after = await used();
  return { ...answer, cpu: after.cpu - before.cpu, memory: after.memory - before.memory };
}

/** The median of three runs, since other processes share the caches. */
async function medianCost(...request: Request) {
  const costs = [];
  for (let n = 0; n < 3; n++) costs.push(await cost(...request));
  return costs.sort((a, b) => a.cpu - b.cpu)[1]!;
}

/**
 * CPU time of a request, as a multiple (`times`) of a legal one's. If it is high, both are measured again, one right after the
 * other.
 */
async function comparedCost(request: Request, legal: Legal) {
  const first = await medianCost(...request);
  let times = first.cpu / legal.cpu;
  for (let tries = 0; tries < 2 && times >= MAX_TIMES; tries++) {
    const { cpu } = await medianCost(...legal.request);
    times = Math.min(times, (await medianCost(...request)).cpu / cpu);
  }
  return { ...first, times };
}

interface Legal {
  request: Request;
  cpu: number;
}
/**
 * Max CPU time of a bomb, as a multiple of the largest legal body's. A bomb is cut off a little after the limit. One that
 * is not would cost about 32 times as much.
 */
const MAX_TIMES = 2;

/** A unit, repeated until it inflates to so many bytes. Compressed as a stream, never held as a whole. */
async function bomb(unit: string, bytes: number, start = ''): Promise<Buffer> {
  const block = Buffer.from(unit.repeat(Math.ceil(MIB / unit.length)));
  const gzip = createGzip({ level: 1 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk) => chunks.push(chunk));
  const done = new Promise((resolve) => gzip.on('end', resolve));
  gzip.write(start);
  for (let written = 0; written < bytes; written += block.length)
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  gzip.end();
  await done;
  return Buffer.concat(chunks);
}

const legalLine = '{"overallRating":4,"improvements":"The coach is great"}\n';
const legalRow = '4,"The coach is great"\n';
const HEADER = 'overallRating,improvements\n';
const NDJSON = 'application/x-ndjson';
const IMPORT = '/v1/feedback/import';

describe('a bomb', () => {
  const legal: Record<string, Legal> = {};
  let legalBatch: Legal;
  const accepted = async (...request: Request): Promise<Legal> => {
    const { status, cpu } = await medianCost(...request);
    expect(status).toBe(202);
    return { request, cpu };
  };
  beforeAll(async () => {
    for (const [type, start, line] of [
      [NDJSON, '', legalLine],
      ['text/csv', HEADER, legalRow],
    ] as const) {
      const whole = gzipSync(start + line.repeat(Math.floor((LIMIT - start.length) / line.length)));
      await post(IMPORT, whole, type);
      legal[type] = await accepted(IMPORT, whole, type);
    }
    const item = JSON.stringify({ overallRating: 4, improvements: 'The coach is great. '.repeat(499) });
    const items = `{"feedback":[${Array(1_000).fill(item).join(',')}]}`;
    const batch = gzipSync(items.padEnd(BATCH_LIMIT, ' '));
    legalBatch = await accepted('/v1/feedback/batch', batch, 'application/json');
  }, 120_000);

  it.each([
    ['legal lines', legalLine, NDJSON, 413],
    ['empty lines', '\n', NDJSON, 413],
    ['blank lines', ' \t\r\n', NDJSON, 413],
    ['invalid lines', '{}\n', NDJSON, 400],
    ['lines that are not JSON', 'x\n', NDJSON, 400],
    ['one line without an end', 'x', NDJSON, 413],
    ['one line of brackets', '[', NDJSON, 413],
    ['lines with many keys', `{${Array.from({ length: 9_000 }, (_, n) => `"k${n}":1`).join(',')}}\n`, NDJSON, 413],
    ['legal rows', legalRow, 'text/csv', 413],
    ['empty rows', '\n', 'text/csv', 413],
    ['invalid rows', '9,x\n', 'text/csv', 400],
    ['one cell without an end', 'x', 'text/csv', 413],
    ['quotes', '""', 'text/csv', 413],
    ['cells', ',', 'text/csv', 413],
    ['quotes astray', '4,"x\n', 'text/csv', 400],
    ['quoted line ends', '"\n', 'text/csv', 413],
  ])(
    'of %s costs at most twice the largest legal import',
    async (_, unit, type, expected) => {
      const start = type === 'text/csv' ? HEADER : '';
      const body = await bomb(unit, 32 * LIMIT, start);
      const answer = await comparedCost([IMPORT, body, type], legal[type]!);
      expect([answer.status, answer.body.title]).toEqual([expected, expect.any(String)]);
      expect(answer.times).toBeLessThan(MAX_TIMES);
      expect(answer.memory).toBeLessThan(100 * MIB);
    },
    60_000,
  );

  it.each([
    ['spaces', ' '],
    ['brackets', '['],
    ['quotes', '"'],
    ['backslashes', '\\'],
  ])(
    'of %s in a batch costs at most twice the largest legal batch',
    async (_, unit) => {
      const body = await bomb(unit, 300 * MIB);
      for (const path of ['/v1/feedback/batch', '/v1/feedback']) {
        const { status, times } = await comparedCost([path, body, 'application/json'], legalBatch);
        expect([path, status, times < MAX_TIMES]).toEqual([path, 413, true]);
      }
    },
    60_000,
  );

  it('within a bomb is refused as no text, and one of 100,000 empty members is refused', async () => {
    const inner = await bomb('\n', 50 * MIB);
    expect((await post(IMPORT, gzipSync(inner), NDJSON)).status).toBe(415);
    const nothing = gzipSync('');
    const started = performance.now();
    const answer = await post('/v1/feedback', Buffer.concat(Array(100_000).fill(nothing)), 'application/json');
    expect([answer.status, performance.now() - started < 10_000]).toEqual([413, true]);
  });

  it('lets other requests be answered while it is read, and the service recovers', async () => {
    let answered = 0;
    let under = true;
    async function send(): Promise<void> {
      const one = await post('/v1/feedback', Buffer.from(legalLine), 'application/json', false);
      expect(one.status).toBe(202);
      answered++;
    }
    const others = (async () => {
      while (under) await send();
    })();
    const bombs = await Promise.all([bomb('\n', 32 * LIMIT), bomb('{}\n', 32 * LIMIT), bomb('x', 32 * LIMIT)]);
    const before = answered;
    const ROUNDS = 5;
    for (let round = 0; round < ROUNDS; round++) await Promise.all(bombs.map((body) => post(IMPORT, body, NDJSON)));
    const during = answered - before;
    under = false;
    await others;
    // A bomb that held up the event loop would let in one at most.
    expect(during).toBeGreaterThan(bombs.length * ROUNDS);
    await send();
  }, 60_000);
});
