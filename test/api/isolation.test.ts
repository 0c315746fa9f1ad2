import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../src/api/docs/openapi.ts';
import { COMMAND_LINE, recordAuditEvent } from '../../src/models/audit/auditLog.ts';
import { SCOPES, type Scope } from '../../src/models/keys/keySchema.ts';
import { createAccessKey, revokeAccessKey } from '../../src/models/keys/keys.ts';
import { inviteToOrg } from '../../src/models/people/invitations.ts';
import { invitePerson } from '../../src/models/people/managePeople.ts';
import { signIn } from '../../src/models/signIn/signIn.ts';
import { addPerson } from '../support/people.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

/** The routes that answer without a key. A new one is added here by whoever decides that it is open. */
const OPEN = [
  'get /docs',
  'get /docs.css',
  'get /healthz',
  'get /openapi.json',
  'get /readyz',
  // To sign in by and out.
  'get /sign-in',
  'get /sign-in.css',
  'get /welcome',
  'post /welcome',
  // For whoever is signed in; others are led to sign in.
  'get /password',
  'post /password',
  'post /v1/session',
  'post /v1/session/sign-out',
];
/** The routes that are for people who are signed in: no key opens them. */
const OF_PEOPLE = [
  'get /v1/session',
  'delete /v1/session',
  'post /v1/session/sign-out-everywhere',
  'put /v1/session/password',
];
/** Middleware before the routes. A router among it would hide routes from this test. */
const MIDDLEWARE = /^(<anonymous>|helmetMiddleware|onError)$/;
const MAPPING = { columns: { Score: { field: 'overallRating' } } };
/** The smallest body that each route takes; those that name an org name the one of `orgId`. */
const THEME = { id: 'wool', label: 'Wool', description: 'All of wool.', terms: 'wool' };
const BODIES: Record<string, (orgId?: string) => unknown> = {
  'post /v1/feedback': (orgId) => ({ overallRating: 3, orgId }),
  'post /v1/feedback/batch': (orgId) => ({ feedback: [{ overallRating: 3, orgId }] }),
  'post /v1/feedback/import': (orgId) => `${JSON.stringify({ overallRating: 3, orgId })}\n`,
  'put /v1/taxonomy': () => ({ version: 0, themes: [THEME] }),
  'post /v1/taxonomy/themes': () => ({ theme: THEME }),
  'post /v1/taxonomy/dry-run': () => ({ themes: [THEME] }),
  'post /v1/keys': (orgId) => ({ scope: 'read', orgId }),
  'post /v1/keys/{id}/rotate': () => ({ overlapHours: 1 }),
  'post /v1/people': (orgId) => ({ email: 'nobody@example.com', role: 'viewer', orgId }),
  'put /v1/settings': () => ({ version: 0, redaction: 'mask', retention: 'forever' }),
  'post /v1/retention/dry-run': () => ({}),
  'post /v1/erasures': (orgId) => ({ what: 'user', id: 'nobody', orgId }),
  'post /v1/imports': () => {
    const form = new FormData();
    form.set('file', new Blob(['Score\n9\n']), 'scores.csv');
    form.set('mapping', JSON.stringify(MAPPING));
    return form;
  },
  'put /v1/import-mappings/{name}': () => MAPPING,
};
/** Routes that name nothing of anybody: what they answer is searched for what is another org's. */
const NAMELESS = ['get /v1/discovery', 'get /v1/erasures', 'get /v1/erasures/public-key'];

const ALLOWED: Record<string, readonly Scope[]> = {
  ingest: ['ingest', 'admin'],
  read: ['read', 'respond', 'admin'],
  respond: ['respond', 'admin'],
  admin: ['admin'],
};
/** How many feedback the other org has: a figure that stands out. */
const CANARIES = 977;
const OWN = 60;
const TEXTS = ['The unicorn stable is slow.', 'Please mend the unicorn stable.', 'The coach is kind.'];

let running: TestService;
let api: OpenApi;
const unbound = {} as Record<Scope, string>;
const acme = {} as Record<Scope, string>;
const ended: Record<string, string> = {};
/** ids of the other org, by the part of a path that takes them */
const theirs: Record<string, string> = {
  orgs: 'canary-org',
  users: 'canary-user',
  sessions: 'canary-session',
  feedback: 'canary-feedback-1',
  themes: 'canary-theme',
  experiments: 'canary-experiment',
  mappings: 'canary-mapping',
};

interface Operation {
  name: string;
  method: string;
  path: string;
  scope: string | undefined;
  takesOrg: boolean;
}
let operations: Operation[];
let ownErasure: string;
let ownImport: string;

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  for (const scope of SCOPES) {
    unbound[scope] = (await createAccessKey(running.models, { scope })).key;
    acme[scope] = (await createAccessKey(running.models, { scope, orgId: 'acme' })).key;
  }
  const soon = new Date(Date.now() + 1_000);
  ended.expired = (await createAccessKey(running.models, { scope: 'admin', expiresAt: soon })).key;
  const revoked = await createAccessKey(running.models, { scope: 'admin' });
  await revokeAccessKey(running.models, { id: revoked.id });
  ended.revoked = revoked.key;
  const origins = ['https://app.example'];
  ended.browser = (await createAccessKey(running.models, { scope: 'ingest', origins })).key;
  await running.service.refreshKeys();
  api = (await running.call('GET', '/openapi.json')).body;
  operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, parameters }]) => ({
      name: `${method} ${path}`,
      method,
      path,
      scope: security[0]?.key?.[0],
      takesOrg: parameters.some(({ name }) => name === 'orgId'),
    })),
  );
  await until(() => Date.now() > soon.getTime(), 'the key has expired');
}, 60_000);
afterAll(() => running.stop());

const guarded = () => operations.filter(({ name }) => ![...OPEN, ...OF_PEOPLE].includes(name));

async function ask(
  { method, name }: Pick<Operation, 'method' | 'name'>,
  path: string,
  authorization: string | undefined,
  orgId?: string,
) {
  const body = BODIES[name]?.(orgId);
  const type = name.endsWith('/import') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(running.service.apiUrl + path, {
    method: method.toUpperCase(),
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(!(body instanceof FormData) && { 'content-type': type }),
    },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
    }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** A path with ids filled in, each by the part of the path before it. */
const filled = (path: string, ids: Record<string, string>) =>
  path.replace(/(\w+)\/\{\w+\}/g, (_, part: string) => `${part}/${ids[part] ?? 'x'}`);

describe('every route', () => {
  it('that is served is documented or open, and each of these is served', () => {
    const documented = operations.map(({ name }) => name);
    const served = running.service.served;
    for (const { path } of served.filter(({ method }) => method === 'use')) expect(path).toMatch(MIDDLEWARE);
    const names = served
      .filter(({ method }) => !['use', 'all', 'options'].includes(method))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect([...new Set(names)].sort()).toEqual([...new Set([...documented, ...OPEN])].sort());
    // A route for any method refuses the methods that an existing path doesn't have.
    const paths = new Set(names.map((name) => name.split(' ')[1]));
    for (const { path } of served.filter(({ method }) => method === 'all'))
      expect([...paths]).toContain(path.replace(/:(\w+)/g, '{$1}'));
  });

  it('needs a key with a scope unless it is open', () => {
    for (const { name, scope } of guarded()) expect([name, SCOPES.includes(scope as Scope)]).toEqual([name, true]);
    expect(guarded().length).toBeGreaterThan(40);
  });

  it('refuses every key if it needs a session', async () => {
    for (const name of OF_PEOPLE) {
      const [method = '', path = ''] = name.split(' ');
      for (const key of [undefined, 'garbage', ...Object.values(unbound), ...Object.values(ended)]) {
        const answer = await ask({ method, name }, path, key && `Bearer ${key}`);
        expect([name, answer.status]).toEqual([name, 401]);
      }
    }
  });

  it('refuses a missing, wrong or expired key, and one with another scope', async () => {
    for (const operation of guarded()) {
      const { name, scope = '', method } = operation;
      const path = filled(operation.path, theirs);
      const wrong = SCOPES.filter((one) => !ALLOWED[scope]!.includes(one));
      const refusals: [string, string | undefined, number][] = [
        ['no key', undefined, 401],
        ['an empty key', 'Bearer ', 401],
        ['garbage', 'Bearer garbage', 401],
        ['another scheme', `Basic ${unbound.admin}`, 401],
        ['an expired key', `Bearer ${ended.expired}`, 401],
        ['a revoked key', `Bearer ${ended.revoked}`, 401],
        ['a key for browsers, from none', `Bearer ${ended.browser}`, 403],
        ...wrong.map((one): [string, string, number] => [one, `Bearer ${unbound[one]}`, 403]),
        ...wrong.map((one): [string, string, number] => [`${one} of an org`, `Bearer ${acme[one]}`, 403]),
      ];
      for (const [what, authorization, status] of refusals) {
        const answer = await ask(operation, path, authorization);
        expect([name, what, answer.status]).toEqual([name, what, status]);
        expect(JSON.parse(answer.text).status).toBe(status);
        if (method !== 'get') continue;
        const head = await ask({ ...operation, method: 'head' }, path, authorization);
        expect([name, what, head.status, head.text]).toEqual([name, what, status, '']);
      }
    }
    // Nothing of all this was done.
    expect(await running.models.feedback.countDocuments()).toBe(0);
    expect(await running.models.taxonomies.countDocuments()).toBe(0);
  }, 120_000);
});

describe('the key of one org', () => {
  let before: Map<string, string>;

  beforeAll(async () => {
    await fill('acme', OWN, 'own');
    ownErasure = await erase('acme', 'own');
    await addPerson(running.models, 'shared@example.com', [{ role: 'viewer', orgId: 'acme' }]);
    await offer('acme', 'own');
    ownImport = await importFor('acme', 'own');
    before = await answersToAcme();
    await plantCanaries();
  }, 120_000);

  it('is refused by every route if it names another org', async () => {
    for (const operation of guarded()) {
      const { name, path, scope = '', takesOrg } = operation;
      if (NAMELESS.includes(name)) continue;
      const named = filled(path, theirs) + (takesOrg ? '?orgId=canary-org' : '');
      const { status, text } = await ask(operation, named, `Bearer ${acme[scope as Scope]}`, 'canary-org');
      if (status === 207) {
        // An answer for each item: every one of them is refused.
        const { accepted, results, refusals } = JSON.parse(text);
        expect(accepted).toBe(0);
        for (const { problem } of results ?? refusals) expect([name, problem.status]).toEqual([name, 403]);
      } else expect([name, [403, 404].includes(status), status]).toEqual([name, true, status]);
      expect([name, text]).toEqual([name, expect.not.stringMatching(/canary/i)]);
    }
  });

  it('gets the same bytes for an id of another org as for an unknown id', async () => {
    const nobodys = Object.fromEntries(
      Object.entries(theirs).map(([part, id]) => [part, id.replaceAll('canary', 'nobody')]),
    );
    for (const operation of guarded()) {
      if (!operation.path.includes('{')) continue;
      // It saves under the name in its path, in the own org.
      if (operation.name === 'put /v1/import-mappings/{name}') continue;
      const key = `Bearer ${acme[operation.scope as Scope]}`;
      const answers = await Promise.all(
        [theirs, nobodys].map((ids) => ask(operation, filled(operation.path, ids), key)),
      );
      const [real, none] = answers.map(comparable);
      expect([operation.name, real]).toEqual([operation.name, none]);
    }
    for (const query of [
      '/v1/feedback?userId=canary-user',
      '/v1/feedback?sessionId=canary-session',
      '/v1/feedback?theme=canary-theme',
      '/v1/feedback?tag=canary-tag',
      '/v1/feedback?experiment=canary-experiment',
      '/v1/feedback?willingToPay=canary-answer',
      '/v1/feedback?orgId=canary-org',
      '/v1/sessions?userId=canary-user',
      '/v1/users?willingToPay=canary-answer',
      '/v1/orgs?orgId=canary-org',
      '/v1/sessions?rank=shortfall&theme=canary-theme',
      '/v1/taxonomy?orgId=canary-org',
      '/v1/reanalysis?orgId=canary-org',
    ]) {
      const answers = await Promise.all(
        [query, query.replaceAll('canary', 'nobody')].map((path) => get(path, acme.read)),
      );
      const [real, none] = answers.map(comparable);
      expect([query, real]).toEqual([query, none]);
    }
  });

  it('gets the responses that it got before there was another org, without any data of the other', async () => {
    const after = await answersToAcme();
    expect(before.size).toBeGreaterThan(60);
    // The audit log of the own org holds the requests made meanwhile.
    const differing = [...after].filter(([path, text]) => path !== '/v1/audit' && text !== before.get(path));
    expect(differing.map(([path]) => path)).toEqual([]);
    // 977, and what it and the own ones are together, as a figure of its own.
    const figures = new RegExp(`(?<![\\d.])(${CANARIES}|${CANARIES + OWN})(?![\\d.])`);
    const telling = [...after].filter(([, text]) => /canary/i.test(text) || figures.test(text));
    expect(telling.map(([path]) => path)).toEqual([]);
    // The canaries are there for those who may see them.
    const everyone = await get('/v1/summary', KEYS.read);
    expect(JSON.parse(everyone.text).count).toBeGreaterThanOrEqual(CANARIES + OWN);
  }, 60_000);

  it('gets no data of another org with a cursor of its lists', async () => {
    const lists = [
      ['/v1/feedback', ''],
      ['/v1/feedback', '&order=oldest'],
      ['/v1/users', ''],
      ['/v1/sessions', '&order=lowest'],
      ['/v1/sessions', '&rank=shortfall'],
      ['/v1/keys', ''],
      ['/v1/audit', ''],
      ['/v1/erasures', ''],
      ['/v1/imports', ''],
      ['/v1/people', ''],
    ] as const;
    for (const [path, more] of lists) {
      const of = path === '/v1/erasures' ? '' : 'orgId=canary-org&';
      const page = await get(`${path}?${of}limit=1${more}`, unbound.admin);
      const { nextCursor } = JSON.parse(page.text);
      expect([path, typeof nextCursor]).toEqual([path, 'string']);
      const answer = await get(`${path}?limit=200${more}&cursor=${nextCursor}`, acme.admin);
      expect([path, answer.status, answer.text]).toEqual([path, 200, expect.not.stringMatching(/canary/i)]);
    }
  });

  it('may use ids that another org uses, and learns nothing from it', async () => {
    for (const id of ['canary-feedback-2', 'nobody-feedback-2']) {
      const sent = await running.call('POST', '/v1/feedback', {
        key: acme.ingest,
        body: { id, overallRating: 5 },
      });
      expect([sent.status, sent.body]).toEqual([202, { id, status: 'accepted' }]);
    }
    const kept = () => running.call('GET', '/v1/feedback/canary-feedback-2?orgId=canary-org');
    expect((await kept()).body.improvements).toContain('canary');
  });
});

const get = (path: string, key: string) => ask({ method: 'get', name: '' }, path, `Bearer ${key}`);

/** An answer without what differs from call to call, and without the id that was asked for. */
function comparable({ status, text, headers }: Awaited<ReturnType<typeof ask>>) {
  const { date: _, ratelimit: __, etag, ...kept } = Object.fromEntries(headers);
  // An entity tag tells nothing but the text, which may hold the id of the request.
  if (etag !== undefined) expect(etag).toBe(`W/"${createHash('sha256').update(text).digest('base64url')}"`);
  const told = text.replaceAll(/canary|nobody/g, '…').replace(/"(exportedAt|savedAt)":"[^"]+"/, '');
  return { status, text: told, headers: kept };
}

/** Feedback of an org from several days, in words that are the same in every org. */
async function fill(orgId: string, count: number, prefix: string): Promise<void> {
  const known = await running.models.feedback.countDocuments();
  const feedback = Array.from({ length: count }, (_, n) => ({
    id: `${prefix}-feedback-${n}`,
    orgId,
    // One user and one session are in both orgs.
    userId: n % 5 === 0 ? 'shared-user' : n % 5 === 1 ? `${prefix}-user` : `${prefix}-user-${n % 9}`,
    sessionId: n % 5 === 0 ? 'shared-session' : n % 5 === 1 ? `${prefix}-session` : `${prefix}-s-${n % 20}`,
    overallRating: 1 + (n % 5),
    uxRating: 1 + (n % 4),
    willingToPay: n % 2 ? 'Yes' : `${prefix}-answer`,
    easeOfUse: n % 2 ? 'Easy' : `${prefix}-ease`,
    improvements: `${TEXTS[n % TEXTS.length]}${prefix === 'own' ? '' : ` I am ${prefix}, truly.`}`,
    experiment: n % 2 ? 'shared-experiment' : `${prefix}-experiment`,
    variant: `${prefix}-variant`,
    tags: [`${prefix}-tag`],
    createdAt: Date.UTC(2026, 8, 1 + (n % 20), 12),
  }));
  expect((await running.call('POST', '/v1/feedback/batch', { body: { feedback } })).status).toBe(202);
  await running.stored(known + count);
  const isCounted = async () => (await running.call('GET', '/v1/discovery')).body.complete;
  await until(isCounted, 'all phrases are counted');
}

/** Erases somebody who gave no feedback, and waits for the receipt. */
async function erase(orgId: string, prefix: string): Promise<string> {
  const body = { what: 'user', id: `${prefix}-gone`, orgId };
  const { id } = (await running.call('POST', '/v1/erasures', { key: KEYS.admin, body })).body;
  const isDone = async () =>
    (await running.call('GET', `/v1/erasures/${id}`, { key: KEYS.admin })).body.state === 'done';
  await until(isDone, 'the erasure is done');
  return id;
}

/** Invites somebody to an org who has not been here. */
async function offer(orgId: string, prefix: string): Promise<void> {
  const email = `${prefix}-invited@example.com`;
  await inviteToOrg(running.models, { email, role: 'viewer', orgId, actor: COMMAND_LINE });
}

/** Imports a file of which no row can be stored, and saves a mapping. */
async function importFor(orgId: string, prefix: string): Promise<string> {
  const options = { key: KEYS.admin, body: MAPPING };
  await running.call('PUT', `/v1/import-mappings/${prefix}-mapping?orgId=${orgId}`, options);
  const operation = { method: 'post', name: 'post /v1/imports' };
  const { text } = await ask(operation, `/v1/imports?orgId=${orgId}&again=true`, `Bearer ${KEYS.admin}`);
  const { id } = JSON.parse(text);
  const isDone = async () =>
    (await running.call('GET', `/v1/imports/${id}`, { key: KEYS.admin })).body.state === 'done';
  await until(isDone, 'the import is done');
  return id;
}

async function plantCanaries(): Promise<void> {
  await importFor('canary-org', 'canary');
  theirs.imports = await importFor('canary-org', 'canary');
  await erase('canary-org', 'canary-other');
  theirs.erasures = await erase('canary-org', 'canary');
  const themes = [{ ...THEME, id: 'canary-theme', label: 'Canary', terms: 'unicorn' }];
  const taxonomy = await running.call('PUT', '/v1/taxonomy?orgId=canary-org', {
    key: KEYS.admin,
    body: { version: 0, themes },
  });
  expect(taxonomy.status).toBe(200);
  await fill('canary-org', CANARIES, 'canary');
  const anybody = {
    overallRating: 1,
    improvements: 'Of no org: canary, unicorn stable.',
    userId: 'shared-user',
  };
  await running.call('POST', '/v1/feedback', { body: { ...anybody, createdAt: Date.UTC(2026, 8, 5) } });
  await running.call('POST', '/v1/reanalysis?orgId=canary-org', { key: KEYS.admin });
  for (const name of ['canary key', 'another canary key'])
    theirs.keys = (await createAccessKey(running.models, { scope: 'admin', orgId: 'canary-org', name })).id;
  const theirRole = { role: 'admin', orgId: 'canary-org' } as const;
  theirs.people = (await addPerson(running.models, 'canary@example.com', [theirRole]))._id;
  await offer('canary-org', 'canary');
  await offer('canary-org', 'own');
  // One who is in both orgs, and has been here since.
  const shared = { ...theirRole, email: 'shared@example.com', actor: COMMAND_LINE };
  const { person } = await invitePerson(running.models, shared);
  await signIn(running.models, person, { from: '', by: 'password' });
  await recordAuditEvent(running.models, {
    actor: COMMAND_LINE,
    action: 'canary.act',
    target: 'canary',
    orgId: 'canary-org',
  });
  await running.service.refreshKeys();
}

const VARIATIONS: Record<string, string[]> = {
  '/v1/feedback': ['', '?limit=200', '?order=oldest&userId=shared-user', '?experiment=shared-experiment'],
  '/v1/facets': ['', '?theme=performance', '?userId=shared-user', '?q=slow&limit=200'],
  '/v1/sessions': ['', '?rank=shortfall', '?userId=shared-user', '?rank=lastAt&willingToPay=yes'],
  '/v1/users': ['', '?rank=overallRating', '?rank=shortfall&theme=performance', '?willingToPay=yes'],
  '/v1/orgs': ['', '?rank=sentiment&order=lowest', '?minCount=2'],
  summary: ['', '?from=2026-09-03&to=2026-09-09'],
  trend: ['', '?interval=month'],
  emerging: ['', '?on=2026-09-20&period=5&baseline=10'],
  drivers: ['', '?from=2026-09-03'],
  discovery: ['', '?from=2026-09-05&to=2026-09-20&limit=30'],
  quotes: ['', '?limit=20'],
  changes: ['', '?from=2026-09-03'],
  'co-occurring': ['', '?limit=200'],
  '/v1/compare': [
    '?b=user:shared-user',
    '?a=user:own-user&b=session:shared-session',
    '?from=2026-09-13&bTo=2026-09-12',
  ],
  '/v1/stream': ['?limit=1'],
};

/** Answers of every reading route to acme's key, about its own data and about data it shares. */
async function answersToAcme(): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const note = (path: string, text: string) =>
    answers.set(path, text.replace(/"(lastUsedAt|exportedAt)":("[^"]+"|null)/g, ''));
  for (const { path, method, scope } of guarded()) {
    if (method !== 'get') continue;
    const own = {
      orgs: 'acme',
      feedback: 'own-feedback-1',
      themes: 'performance',
      erasures: ownErasure,
      imports: ownImport,
      mappings: 'own-mapping',
    };
    for (const who of ['own', 'shared']) {
      const rest = { users: `${who}-user`, sessions: `${who}-session`, experiments: `${who}-experiment` };
      for (const query of VARIATIONS[path] ?? VARIATIONS[path.split('/').at(-1)!] ?? ['']) {
        const full = filled(path, { ...own, ...rest }) + query;
        const { status, text } = await get(full, acme[scope as Scope]);
        expect([full, status, text]).toEqual([full, 200, text]);
        note(full, text);
      }
    }
  }
  const themes = [{ ...THEME, terms: 'unicorn' }];
  const { body } = await running.call('POST', '/v1/taxonomy/dry-run', { key: acme.read, body: { themes } });
  expect(body.texts).toBe(OWN);
  note('dry-run', JSON.stringify(body));
  return answers;
}
