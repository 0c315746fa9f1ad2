import { request } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importResponseSchema, problemSchema } from '../../../src/api/reading/readingSchemas.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { spawnScript } from '../../support/spawnScript.ts';
import { testQueues } from '../../support/stores/queues.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const stores = isolatedStores();
let running: TestService;
beforeAll(async () => {
  running = await startTestService(stores);
});
afterAll(() => running.stop());

interface Import {
  body: string | Buffer | Readable;
  type?: string;
  gzip?: boolean;
  apiUrl?: string | undefined;
}

async function load({ body, type = 'application/x-ndjson', gzip = false, apiUrl }: Import) {
  const response = await fetch(`${apiUrl ?? running.service.apiUrl}/v1/feedback/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS.ingest}`,
      'content-type': type,
      ...(gzip && { 'content-encoding': 'gzip' }),
    },
    body: body as never,
    ...(body instanceof Readable && { duplex: 'half' }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const line = (id: string, improvements = 'The coach is great, but the pages are slow') =>
  `${JSON.stringify({ id, orgId: 'imp', overallRating: 4, improvements })}\n`;

describe('an import of 200,000 lines', () => {
  const big = isolatedStores();
  let api: ReturnType<typeof spawnScript>;

  beforeAll(async () => {
    // A process of its own, whose memory nobody else uses.
    api = spawnScript('src/main.ts', ['api'], {
      REDIS_URL: big.redisUrl,
      MONGODB_URI: big.mongodbUri,
      QUEUE_PREFIX: big.prefix,
      PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'silent',
      BOOTSTRAP_INGEST_KEY: KEYS.ingest,
    });
    await api.line(/^API/);
  });
  afterAll(() => {
    api?.kill('SIGKILL');
  });
  // Removes what the API queued, which no worker takes.
  testQueues(big);

  it('leaves the memory of the API flat', async () => {
    const [metricsUrl, apiUrl] = await Promise.all(
      [/^Metrics/, /^API/].map(async (what) => (await api.line(what)).split(/\s+/)[1] ?? ''),
    );
    const memory = async () =>
      Number(/^process_resident_memory_bytes (\d+)/m.exec(await (await fetch(metricsUrl ?? '')).text())?.[1]);
    function* lines(name: string, count: number) {
      for (let n = 0; n < count; n += 100)
        yield Array.from({ length: 100 }, (_, more) => line(`${name}-${n + more}`)).join('');
    }
    const stream = (name: string, count: number) => Readable.from(lines(name, count)).pipe(createGzip({ level: 1 }));
    await load({ body: stream('warm', 20_000), gzip: true, apiUrl });
    const before = await memory();
    let most = before;
    let done = false;
    const loading = load({ body: stream('big', 200_000), gzip: true, apiUrl }).finally(() => {
      done = true;
    });
    while (!done) {
      most = Math.max(most, await memory());
      await sleep(200);
    }
    expect(await loading).toEqual({
      status: 202,
      body: { accepted: 200_000, duplicates: 0, refused: 0, refusals: [], encoding: 'utf-8' },
    });
    expect((most - before) / 1024 / 1024).toBeLessThan(150);
  }, 90_000);
});

describe('an import', () => {
  it('reads CSV with quotes, commas and line ends inside, and names a refused row by its first line', async () => {
    const csv = '\ufefforgId,overallRating,improvements\r\nq,5,"a, ""b""\r\nc"\r\nq,9,"x\ny"\r\nq,3,\r\n\r\nq,8,\r\n';
    const { status, body } = await load({ body: csv, type: 'text/csv' });
    expect([status, body]).toEqual([207, expect.objectContaining({ accepted: 2, refused: 2 })]);
    expect(body.refusals).toMatchObject([{ line: 4 }, { line: 8 }]);
    await until(
      async () => (await running.models.feedback.countDocuments({ orgId: 'q' })) >= 2,
      'both rows are stored',
    );
    const kept = await running.models.feedback.findOne({ orgId: 'q', overallRating: 5 }).lean();
    expect(kept?.improvements).toBe('a, "b"\r\nc');
  });

  it.each(['application/x-ndjson', 'text/csv'])('is refused with 400 if it is %s in a broken gzip', async (type) => {
    const whole = gzipSync(`orgId,overallRating\n${'x,3\n'.repeat(2_000)}`);
    for (const body of [whole.subarray(0, whole.length - 20), Buffer.from('no gzip')]) {
      const answer = await load({ body, type, gzip: true });
      expect([answer.status, answer.body.title]).toEqual([400, 'The request is invalid']);
    }
  });

  it('is refused with 413, which says how far it came, at a line over the limit', async () => {
    const before = Array.from({ length: 1_100 }, (_, n) => line(`before-${n}`)).join('');
    const answer = await load({ body: `${before}${line('long', 'x'.repeat(300_000))}${line('after')}` });
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toMatch(/^Line 1101 .* All lines up to line 1000 are settled, 1000 feedback accepted/);
    expect(answer.body).toMatchObject({ accepted: 1_000, refused: 0, refusals: [], settledThroughLine: 1_000 });
    const taken = () => running.models.feedback.countDocuments({ _id: /^(before|long|after)/ as never });
    await until(async () => (await taken()) >= 1_000, 'the accepted lines are stored');
    expect(await taken()).toBe(1_000);
  });

  it('says how far it came after texts of several lines, with the refusals so far', async () => {
    const rows = Array.from({ length: 700 }, (_, n) => `many-${n},5,"two\r\nlines"\r\n`);
    rows[3] = 'many-3,9,"two\r\nlines"\r\n';
    const { status, body } = await load({
      body: `id,overallRating,improvements\r\n${rows.join('')}x,1,${'x'.repeat(300_000)}\r\n`,
      type: 'text/csv',
    });
    expect(status).toBe(413);
    expect(problemSchema.parse(body)).toMatchObject({
      detail: expect.stringMatching(/^Line 1402 is over/),
      accepted: 500,
      refused: 1,
      refusals: [{ line: 8 }],
      settledThroughLine: 1 + 2 * 501,
    });
  });

  const storedOf = async (orgId: string, count: number) => {
    const find = () => running.models.feedback.find({ orgId }).sort({ _id: 1 }).lean();
    await until(async () => (await find()).length >= count, 'the rows are stored');
    return find();
  };

  it('reads what a spreadsheet saves in windows-1252, with semicolons and empty cells', async () => {
    const csv = [
      'sep=;',
      'id;orgId;userId;overallRating;improvements;tags;;',
      'sheet-1;sheet;Zo\xeb;5;"The coach is great; \x93really\x94";a;;',
      'sheet-2;sheet;Zo\xe9;1;I don\x92t like it;"a;b;";;',
      ';;;;;;;',
      'sheet-3;sheet; ;4.0;;;;',
      'sheet-4;sheet;x;0x4;;;;',
    ].join('\r\n');
    const { status, body } = await load({ body: Buffer.from(csv, 'latin1'), type: 'text/csv' });
    expect([status, importResponseSchema.parse(body)]).toMatchObject([
      207,
      { accepted: 3, refused: 1, refusals: [{ line: 7 }], encoding: 'windows-1252', delimiter: ';' },
    ]);
    const stored = await storedOf('sheet', 3);
    expect(stored).toMatchObject([
      { userId: 'Zoë', overallRating: 5, improvements: 'The coach is great; “really”', tags: ['a'] },
      { userId: 'Zoé', overallRating: 1, improvements: 'I don’t like it', tags: ['a', 'b'] },
      { overallRating: 4 },
    ]);
    expect(stored[2]).not.toHaveProperty('userId');
  });

  it.each([
    ['text/csv; charset=iso-8859-1', 'latin1', 'windows-1252'],
    ['text/csv; charset="UTF-16LE"', 'utf16le', 'utf-16le'],
    ['text/csv;charset=utf8', 'utf8', 'utf-8'],
    ['text/tab-separated-values', 'utf8', 'utf-8'],
  ] as const)('is read as its type says: %s', async (type, written, encoding) => {
    const orgId = `said-${encoding}-${written}-${type.length}`;
    const body = Buffer.from(`orgId\timprovements\n${orgId}\tÀ É® la carte\n`, written);
    expect((await load({ body, type })).body).toMatchObject({ accepted: 1, encoding, delimiter: '\t' });
    expect(await storedOf(orgId, 1)).toMatchObject([{ improvements: 'À É® la carte' }]);
  });

  it('keeps the rows around a quote astray, and rows after another line end', async () => {
    const rows = Array.from({ length: 1_500 }, (_, n) => `astray,3,row ${n}\r\n`);
    rows[1_199] = 'astray,3,"row\r\n';
    rows[1_300] = 'astray,1,Great\nastray,1,Bad\n';
    rows[1_301] = 'astray,2,I like the coach, but every export crashes\n';
    const { body } = await load({ body: `orgId,overallRating,improvements\r\n${rows.join('')}`, type: 'text/csv' });
    expect(body).toMatchObject({ accepted: 1_499, refused: 2, refusals: [{ line: 1_201 }, { line: 1_304 }] });
  });

  it.each([
    ['an unknown column', 'orgId,overalRating\nx,5\n', 400, /overalRating.*is not a field/],
    ['a repeated column', 'orgId,uxRating,orgId\nx,5,y\n', 400, /orgId.*is there twice/],
    ['no content', '', 400, /empty/],
    ['a picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 400, /UTF-8/],
    ['a workbook', 'PK\x03\x04', 415, /workbook/],
    ['another encoding by name', 'orgId,uxRating\n', 415, /koi8-r/, 'text/csv; charset=koi8-r'],
  ])('is refused as a whole: %s', async (_, csv, status, message, type = 'text/csv') => {
    const answer = await load({ body: Buffer.from(csv, 'latin1'), type });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringMatching(message)]);
    expect(problemSchema.parse(answer.body)).toMatchObject({ accepted: 0, settledThroughLine: 0 });
  });

  it('may be a header alone', async () => {
    const { status, body } = await load({ body: 'orgId,overallRating\n', type: 'text/csv' });
    expect([status, body]).toMatchObject([202, { accepted: 0, refused: 0, delimiter: ',' }]);
  });

  it('does no harm if its client goes away, and counts once when it is repeated', async () => {
    const sends = Array.from({ length: 1_200 }, (_, n) => line(`gone-${n}`)).join('');
    await new Promise<void>((resolve) => {
      const half = request(`${running.service.apiUrl}/v1/feedback/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEYS.ingest}`, 'content-type': 'application/x-ndjson' },
      });
      half.on('error', () => resolve());
      half.on('close', () => resolve());
      half.write(sends.slice(0, sends.length / 2));
      setTimeout(() => half.destroy(), 300);
    });
    expect((await load({ body: sends })).body).toMatchObject({ accepted: 1_200 });
    const count = () => running.models.feedback.countDocuments({ _id: /^gone-/ as never });
    await until(async () => (await count()) >= 1_200, 'all lines are stored');
    expect(await count()).toBe(1_200);
    expect((await running.call('GET', '/readyz')).status).toBe(200);
  });
});

describe('answers whose names mean something to a program', () => {
  it('are counted and shown by name', async () => {
    const names = ['__proto__', 'constructor', 'a.b', '$inc', '%other', '%2e', 'toString'];
    const feedback = names.map((easeOfUse) => ({ orgId: 'names', easeOfUse, willingToPay: easeOfUse }));
    expect((await running.call('POST', '/v1/feedback/batch', { body: { feedback } })).status).toBe(202);
    const summary = () => running.call('GET', '/v1/orgs/names/summary');
    await until(async () => (await summary()).body.count >= names.length, 'all feedback is counted');
    const { choices, otherChoices } = (await summary()).body;
    const counted = names.map((name) => [name, 1]).sort();
    expect(Object.entries(choices.easeOfUse).sort()).toEqual(counted);
    expect(Object.entries(choices.willingToPay).sort()).toEqual(counted);
    expect(otherChoices).toEqual({});
  });
});
