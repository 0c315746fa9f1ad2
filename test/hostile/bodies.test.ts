import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema } from '../../src/api/reading/readingSchemas.ts';
import { parseJson, WrongJson } from '../../src/ingest/parseJson.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { medianMs } from '../support/timing.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
});
afterAll(() => running.stop());

const MAX_MS = 5_000;
const PATHS = [
  ['POST', '/v1/feedback', KEYS.ingest],
  ['POST', '/v1/feedback/batch', KEYS.ingest],
  ['PUT', '/v1/taxonomy', KEYS.admin],
  ['POST', '/v1/taxonomy/themes', KEYS.admin],
  ['POST', '/v1/taxonomy/dry-run', KEYS.admin],
] as const;

async function send(method: 'POST' | 'PUT', path: string, key: string, body: string) {
  const started = performance.now();
  const answer = await running.call(method, path, { key, body });
  expect(performance.now() - started).toBeLessThan(MAX_MS);
  return answer;
}

/** Milliseconds that a valid post takes. */
async function postMs(): Promise<number> {
  const started = performance.now();
  const { status } = await running.call('POST', '/v1/feedback', { body: { overallRating: 4 } });
  expect(status).toBe(202);
  return performance.now() - started;
}

async function medianPost(tries: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < tries; n++) times.push(await postMs());
  return times.sort((a, b) => a - b)[Math.floor(tries / 2)]!;
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const wide = (keys: number) => `{${Array.from({ length: keys }, (_, n) => `"k${n}":1`).join(',')}}`;

const BODIES: [string, string][] = [
  ['nested 100,000 levels', deep(100_000)],
  ['with a field that is nested 100,000 levels', `{"improvements":${deep(100_000)}}`],
  ['of objects in objects, 40,000 levels', deepObject(40_000)],
  ['with a list of nested values', `{"feedback":[${deep(50_000)},${deepObject(20_000)}]}`],
  ['with nested themes', `{"version":0,"themes":${deep(100_000)},"theme":${deep(20_000)}}`],
  ['with a theme that is an object in an object', `{"version":0,"themes":[${deepObject(30_000)}]}`],
  ['with 20,000 keys', wide(20_000)],
  ['with an item of 20,000 keys', `{"feedback":[${wide(20_000)}]}`],
  ['with a theme of 20,000 keys', `{"version":0,"themes":[${wide(20_000)}],"theme":${wide(1000)}}`],
  ['of numbers out of range', '{"overallRating":1e999,"uxRating":9007199254740993,"createdAt":1e400}'],
  ['with a duplicate key', '{"orgId":"a","orgId":"b","overallRating":1}'],
  ['with a duplicate key, once escaped', '{"orgId":"a","org\\u0049d":"b","overallRating":1}'],
  ['with a duplicate key in an item', '{"feedback":[{"overallRating":1,"overallRating":5}]}'],
  ['of __proto__', '{"__proto__":{"overallRating":5,"admin":true}}'],
  ['of constructor', '{"constructor":{"prototype":{"overallRating":5}}}'],
  ['with dotted and dollar keys', '{"a.b":1,"$where":"sleep(1000)","overallRating":4}'],
  ['that is a number', '1e400'],
  ['that is null', 'null'],
  ['that is not closed', '{"overallRating":'],
  ['with a second value after its end', '{"overallRating":4}{"overallRating":5}'],
  ['with NaN', '{"overallRating":NaN}'],
  ['with half a surrogate pair in every text', '{"orgId":"\\ud800","userId":"\\udfff","overallRating":4}'],
  [
    'with half a surrogate pair in a theme',
    '{"version":0,"themes":[{"id":"a","label":"\\ud800","description":"d","terms":"a"}],"theme":{"id":"a","label":"a","description":"\\ud800","terms":"a"}}',
  ],
  ['with NUL in an id', '{"orgId":"a\\u0000b","overallRating":4}'],
];

describe.each(PATHS)('%s %s', (method, path, key) => {
  it.each(BODIES)('refuses a body %s', async (_, body) => {
    const { status, body: answer } = await send(method, path, key, body);
    if (status === 207) expect(answer).toMatchObject({ accepted: 0, refused: answer.results.length });
    else {
      expect(problemSchema.safeParse(answer).error?.issues).toBeUndefined();
      expect(status).toBe(400);
    }
    // An error repeats little of the request.
    expect(JSON.stringify(answer).length).toBeLessThan(20_000);
    expect(JSON.stringify(answer)).not.toMatch(/\bat .*\.(ts|js):\d+/);
  });

  it('refuses invalid UTF-8 and other charsets', async () => {
    const post = (body: Buffer, type: string) =>
      fetch(running.service.apiUrl + path, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': type },
        body: new Uint8Array(body),
      });
    expect((await post(Buffer.from([0x22, 0xff, 0x22]), 'application/json')).status).toBe(400);
    const utf16 = Buffer.from('{"overallRating":4}', 'utf16le');
    expect((await post(utf16, 'application/json')).status).toBe(400);
    expect((await post(utf16, 'application/json; charset=utf-16')).status).toBe(415);
    for (const type of ['', 'text/json', 'application/json, text/plain', 'application/jsonx'])
      expect([type, (await post(Buffer.from('{}'), type)).status]).toEqual([type, 415]);
    expect((await post(Buffer.from('{}'), 'Application/JSON; Charset="UTF-8"')).status).toBe(400);
  });
});

describe('POST /v1/feedback', () => {
  it.each([
    ['100,000 keys', wide(100_000), 413],
    ['10 MB', JSON.stringify({ improvements: 'x'.repeat(10_000_000) }), 413],
    ['a year of five digits', '{"overallRating":4,"createdAt":"10000-01-01T00:00:00Z"}', 400],
    ['a time before 1970', '{"overallRating":4,"createdAt":-1}', 400],
    ['the 30th of February', '{"overallRating":4,"createdAt":"2026-02-30"}', 400],
    ['a time beyond 2^53', '{"overallRating":4,"createdAt":9007199254740993}', 400],
    ['a time with a fraction', '{"overallRating":4,"createdAt":1.5}', 400],
    ['a number for a text', '{"improvements":12}', 400],
    ['an object for an id', '{"overallRating":4,"orgId":{"$ne":null}}', 400],
    ['a list for an id', '{"overallRating":4,"orgId":["a"]}', 400],
    ['a rating as a text', '{"overallRating":"4"}', 400],
    ['a tag that is an object', '{"overallRating":4,"tags":[{"$gt":""}]}', 400],
    ['half a surrogate pair in a tag', '{"overallRating":4,"tags":["\\ud800"]}', 400],
  ])('refuses %s', async (_, body, expected) => {
    expect((await send('POST', '/v1/feedback', KEYS.ingest, body)).status).toBe(expected);
  });

  it('stores words with a meaning in JavaScript or MongoDB as plain words', async () => {
    const words = ['__proto__', 'constructor', '$where', 'a.b', 'toString', '$ne', 'null', 'all'];
    for (const word of words) {
      const body = { id: word, orgId: word, userId: word, easeOfUse: word, tags: [word], improvements: word };
      expect((await running.call('POST', '/v1/feedback', { body })).status).toBe(202);
    }
    for (const word of words)
      for (let tries = 0; ; tries++) {
        const { status, body } = await running.call('GET', `/v1/feedback/${encodeURIComponent(word)}`);
        if (status === 200) {
          expect(body).toMatchObject({ orgId: word, userId: word, easeOfUse: word, improvements: word });
          break;
        }
        if (tries > 200) throw new Error(`${word} is not stored`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    const { body } = await running.call('GET', '/v1/orgs/__proto__/summary');
    expect([body.count, body.choices.easeOfUse]).toEqual([1, JSON.parse('{"__proto__":1}')]);
    expect(({} as Record<string, unknown>).overallRating).toBeUndefined();
  });

  it('is at most ten times slower while hostile bodies are refused, and recovers', async () => {
    const quiet = await medianPost(60);
    let under = true;
    const attackers = BODIES.slice(0, 8).map(async ([, body]) => {
      while (under) {
        await running.call('POST', '/v1/feedback', { body });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    const attacked = await medianPost(60);
    under = false;
    await Promise.all(attackers);
    const after = await medianPost(60);
    expect(attacked / Math.max(quiet, after)).toBeLessThan(10);
    // Measured again if it seems to stay slow, since a post waits for the disk.
    expect(Math.min(after, await medianPost(60), await medianPost(60)) / quiet).toBeLessThan(10);
  }, 60_000);
});

describe('the check for duplicate keys', () => {
  const single = Buffer.from(
    JSON.stringify({
      id: '0193f6c1-2b1c-7000-8000-000000000000',
      orgId: 'acme',
      userId: 'u-17',
      sessionId: 's-2041',
      overallRating: 4,
      uxRating: 5,
      easeOfUse: 'Very easy',
      improvements: 'The coach said "wait", but the calendar: sync is slow.\nStill great.',
    }),
  );

  it('costs less than 2 % of a single post', async () => {
    const round = (parse: () => unknown) => () => {
      for (let n = 0; n < 1_000; n++) parse();
    };
    const more = medianMs(round(() => parseJson(single))) - medianMs(round(() => JSON.parse(single.toString('utf8'))));
    // `more` is in milliseconds for 1,000 runs, so in microseconds for one.
    const share = more / 1000 / (await medianPost(100));
    expect(share).toBeLessThan(0.02);
  });

  it('ends at invalid JSON', () => {
    for (const text of ['"', '"\\"', '{"a":"', '\\"', '"'.repeat(1001), ']]]]{{', '"\\\\\\'])
      expect(() => parseJson(Buffer.from(text))).toThrow(WrongJson);
  });

  it.each([
    ['{"a":":\\"","b":"\\\\","c":{"a":1},"d":[{"a":1},{"a":2}],"e":"\\\\\\":","":0}'],
    ['[":",{"x":":"},"\\u003a"]'],
    ['"a:b"'],
    ['{"__proto__":1,"constructor":2}'],
  ])('finds none in %s', (text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});
