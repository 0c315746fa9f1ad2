import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi, Operation } from '../../../src/api/docs/openapi.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { postImport } from '../../support/imports.ts';
import { addPerson } from '../../support/people.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

type Json = Record<string, unknown>;

let running: TestService;
let api: OpenApi;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  api = (await running.call('GET', '/openapi.json')).body;
  const example = { orgId: 'acme', userId: 'u-17', sessionId: 's-2041', improvements: 'Performance is slow.' };
  await running.call('POST', '/v1/feedback', {
    body: { ...example, id: 'f-1', overallRating: 2, experiment: 'new check-in', variant: 'a' },
  });
  await running.stored(1);
  for (const query of ['', '?orgId=acme'])
    await running.call('PUT', `/v1/import-mappings/our-survey${query}`, { key: KEYS.admin, body: MAPPING });
}, 60_000);
afterAll(() => running.stop());

const MAPPING = { columns: { Score: { field: 'overallRating' } } };

interface Call {
  name: string;
  method: string;
  path: string;
  query: Json;
  type?: string;
  body?: unknown;
}

/** A schema, with the one that it refers to. */
function resolved(schema: Json): Json {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return schema;
  return { ...api.components.schemas[$ref.split('/').at(-1)!], ...rest };
}

/** A call for each example of an operation: of each parameter, of each body, and of each field of a body. */
function callsOf(path: string, method: string, { operationId, parameters, requestBody }: Operation): Call[] {
  const call = { method, path, query: {} };
  const examples = parameters
    .filter(({ in: place, example }) => place === 'query' && example !== undefined)
    .map(({ name, example, explode }) => ({
      ...call,
      name: `${operationId}, ${name}`,
      query: explode ? (example as Json) : { [name]: example },
    }));
  const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, content]) => {
    const schema = resolved(content.schema);
    const bodies = (schema.examples ?? []) as unknown[];
    const fields = Object.entries((schema.properties ?? {}) as Record<string, Json>).flatMap(([field, its]) =>
      its.example === undefined ? [] : [{ ...(bodies[0] as Json), [field]: its.example }],
    );
    return [...bodies, ...fields].map((body, n) => ({ ...call, name: `${operationId}, ${type} ${n}`, type, body }));
  });
  return requestBody
    ? bodies.flatMap((body) => [body, ...examples.map(({ query }) => ({ ...body, query }))])
    : [{ ...call, name: operationId }, ...examples];
}

const operations = () =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Ids that the service makes, by the segment before them. */
async function madeIds(path: string): Promise<Json> {
  if (!/(keys|people|erasures|imports)\/\{/.test(path)) return {};
  const keys = (await createAccessKey(running.models, { scope: 'read' })).id;
  const roles = [null, 'acme'].map((orgId) => ({ role: 'viewer' as const, orgId }));
  const person = await addPerson(running.models, `${keys}@example.com`, roles);
  const erasure = await running.call('POST', '/v1/erasures', {
    key: KEYS.admin,
    body: { what: 'session', id: 'nobody' },
  });
  const imported = await postImport(running, { file: 'Score\n4\n', mapping: MAPPING, query: '?again=true' });
  return { keys, people: person._id, erasures: erasure.body.id, imports: imported.body.id };
}

async function send({ method, path, query, type, body }: Call, parameters: Operation['parameters']) {
  const made = await madeIds(path);
  const filled = path.replace(/([\w-]+)\/\{(\w+)\}/g, (_, segment: string, name: string) => {
    const example = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example;
    return `${segment}/${encodeURIComponent(String(example ?? made[segment]))}`;
  });
  // Without a limit it answers for minutes.
  const limit = path === '/v1/stream' && { limit: '1' };
  const search = new URLSearchParams({ ...(query as Record<string, string>), ...limit });
  const isForm = type === 'multipart/form-data';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${running.service.apiUrl}${filled}?${search}`, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${KEYS.admin}`,
      ...(type !== undefined && !isForm && { 'content-type': type }),
    },
    ...(body !== undefined && { body: isForm ? formOf(body as Record<string, string>) : text }),
  });
  return { status: response.status, text: await response.text() };
}

function formOf({ file = '', ...fields }: Record<string, string>): FormData {
  const form = new FormData();
  form.set('file', new Blob([file]), 'export.csv');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('the examples of the OpenAPI document', () => {
  it('are there for every body that a key may send, and for every path that a client can fill in', () => {
    for (const { path, method, operation } of operations()) {
      if (operation.security[0]?.key === undefined) continue;
      for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
        expect([method, path, resolved(schema).examples]).toEqual([method, path, expect.anything()]);
      for (const { name, in: place, example } of operation.parameters)
        if (place === 'path' && !/(keys|people|erasures|imports)\/\{/.test(path))
          expect([method, path, name, example]).toEqual([method, path, name, expect.any(String)]);
    }
  });

  it('are accepted by the service', async () => {
    const refused: unknown[] = [];
    let sent = 0;
    const all = operations().sort((a, b) => Number(a.method !== 'get') - Number(b.method !== 'get'));
    for (const { path, method, operation } of all) {
      // People who are signed in call the others, with the forms of pages.
      if (operation.security.length > 0 && operation.security[0]?.key === undefined) continue;
      if (path.startsWith('/v1/session')) continue;
      for (const call of callsOf(path, method, operation)) {
        // Examples of edits name the first version.
        await running.models.taxonomies.deleteMany({});
        await running.models.orgSettings.deleteMany({});
        const isReady = async () => (await running.call('GET', '/v1/themes/performance/quotes')).status === 200;
        await until(isReady, 'the taxonomy is the shipped one');
        const { status, text } = await send(call, operation.parameters);
        sent++;
        if (status < 200 || status > 299 || status === 207) refused.push([call.name, call.query, status, text]);
      }
    }
    expect(refused).toEqual([]);
    expect(sent).toBeGreaterThan(80);
  }, 120_000);
});
