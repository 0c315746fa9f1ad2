import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contentEncodingOf } from '../../../src/api/http/contentEncoding.ts';
import { contentTypeOf } from '../../../src/api/http/contentType.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const withHeaders = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const typeOf = (header: string) => contentTypeOf(withHeaders({ 'content-type': header }));
const encodingOf = (header: string) => contentEncodingOf(withHeaders({ 'content-encoding': header }));

describe('a media type', () => {
  it.each([
    ['application/json', 'application/json', undefined],
    ['Application/JSON', 'application/json', undefined],
    ['application/json;', 'application/json', undefined],
    ['application/json ; ;', 'application/json', undefined],
    ['\tapplication/json\t', 'application/json', undefined],
    ['application/json;charset=UTF-8', 'application/json', 'utf-8'],
    ['application/json; charset="utf-8"', 'application/json', 'utf-8'],
    ["application/json; charset='utf-8'", 'application/json', 'utf-8'],
    ['application/json; charset=utf8', 'application/json', 'utf8'],
    ['application/json; CHARSET = Utf-8 ;', 'application/json', 'utf-8'],
    ['application/json; charset=', 'application/json', undefined],
    ['application/json; odata.metadata=minimal; IEEE754Compatible=true', 'application/json', undefined],
    ['application/json; profile="a;charset=latin1"', 'application/json', undefined],
    ['text/csv; header=present', 'text/csv', undefined],
    ['text/csv;header=absent;charset=Windows-1252', 'text/csv', 'windows-1252'],
    ['text/csv; charset=ISO-8859-15; header=present', 'text/csv', 'iso-8859-15'],
    ['', '', undefined],
  ])('is read from %j', (header, type, charset) => {
    expect(typeOf(header)).toEqual({ type, charset });
  });

  it.each(['application/json, text/plain', 'application/json; charset=utf-8, application/json', 'a/b; charset="x y"'])(
    'is refused if it is repeated or its charset is no name: %s',
    (header) => {
      expect(() => typeOf(header)).toThrow(expect.objectContaining({ status: 415 }));
    },
  );
});

describe('a content encoding', () => {
  it.each([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['X-GZip ', 'gzip'],
    ['identity, gzip', 'gzip'],
    ['identity', 'identity'],
    ['Identity', 'identity'],
    ['', 'identity'],
    [' , ', 'identity'],
  ])('is read from %j', (header, encoding) => expect(encodingOf(header)).toBe(encoding));

  it.each([
    ['br', /Content-Encoding br are not read.*gzip/],
    ['deflate', /deflate are not read/],
    ['zstd', /zstd are not read/],
    ['gzip, gzip', /compressed once only/],
    ['gzip, br', /compressed once only/],
    ['\u00ff<script>', /^Bodies with the Content-Encoding are not read/],
  ])('is refused, with the way out: %j', (header, message) => {
    const error = expect.objectContaining({
      status: 415,
      message: expect.stringMatching(message),
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(() => encodingOf(header)).toThrow(error);
  });
});

describe('the routes that take feedback', () => {
  let running: TestService;
  beforeAll(async () => {
    running = await startTestService(isolatedStores());
  });
  afterAll(() => running.stop());
  const post = async (path: string, body: string | Uint8Array, headers: Record<string, string>) => {
    const authorization = `Bearer ${KEYS.ingest}`;
    const response = await fetch(`${running.service.apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body,
    });
    return { status: response.status, body: (await response.json()) as { detail: string } };
  };
  const JSON_BODY = '{"overallRating":4,"improvements":"Zoë’s coach"}';

  it.each(['APPLICATION/JSON', 'application/json;', 'application/json; charset=utf8', 'application/json;v=2'])(
    'take JSON as %s',
    async (type) => {
      expect((await post('/v1/feedback', JSON_BODY, { 'content-type': type })).status).toBe(202);
      const batch = `{"feedback":[${JSON_BODY}]}`;
      expect((await post('/v1/feedback/batch', batch, { 'content-type': type })).status).toBe(202);
    },
  );

  it.each(['iso-8859-1', 'windows-1252', 'utf-16', 'shift_jis'])('refuse JSON in %s, and say why', async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    const { status, body } = await post('/v1/feedback', JSON_BODY, headers);
    expect([status, body.detail]).toEqual([
      415,
      expect.stringContaining(`charset=${charset}, but JSON is read as UTF-8`),
    ]);
  });

  it.each(['text/csv; header=present', 'TEXT/CSV;', 'text/csv; charset="utf8"; header=present'])(
    'take a file as %s',
    async (type) => {
      const answer = await post('/v1/feedback/import', 'orgId,overallRating\nmedia,5\n', { 'content-type': type });
      expect(answer).toMatchObject({ status: 202, body: { accepted: 1, refused: 0 } });
    },
  );

  it.each(['GZIP', 'x-gzip', 'X-GZIP', 'identity', ''])(
    'take a body with the Content-Encoding %j',
    async (encoding) => {
      const isPlain = encoding === 'identity' || encoding === '';
      const body = isPlain ? JSON_BODY : gzipSync(JSON_BODY);
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      expect((await post('/v1/feedback', body, headers)).status).toBe(202);
      const lines = `${JSON_BODY}\n${JSON_BODY}\n`;
      const file = await post('/v1/feedback/import', isPlain ? lines : gzipSync(lines), {
        ...headers,
        'content-type': 'application/x-ndjson',
      });
      expect(file).toMatchObject({ status: 202, body: { accepted: 2 } });
    },
  );
});
