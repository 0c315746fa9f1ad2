import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema } from '../../../src/api/reading/readingSchemas.ts';
import { reanalysisSchema } from '../../../src/api/reanalysis/reanalysisSchemas.ts';
import { dryRunSchema, taxonomySchema, taxonomyVersionsSchema } from '../../../src/api/taxonomy/taxonomySchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
const keys: Record<string, string> = {};
const TEXTS = [
  'The llama grooming is wonderful, and the pages are slow.',
  'Please add a unicorn stable.',
  'The pages are slow.',
];
const COUNT = 90;
const stable = {
  id: 'stable',
  label: 'Stable',
  description: 'All about animals.',
  terms: 'llama, unicorn',
  except: 'unicorn horn',
};
const slow = { id: 'slowness', label: 'Slowness', description: 'What takes long.', terms: 'slow, lag' };

beforeAll(async () => {
  running = await startTestService(isolatedStores(), { BACKGROUND_PERCENT: '100' });
  for (const scope of ['read', 'admin'] as const)
    keys[scope] = (await createAccessKey(running.models, { scope, orgId: 'acme' })).key;
  await running.service.refreshKeys();
  await send('acme', COUNT);
  await send('globex', COUNT);
  await running.stored(2 * COUNT);
});
afterAll(() => running.stop());

function send(orgId: string, count: number, prefix = 'f') {
  const feedback = Array.from({ length: count }, (_, n) => ({
    id: `${prefix}-${orgId}-${n}`,
    orgId,
    userId: `u-${n % 7}`,
    overallRating: 1 + (n % 5),
    improvements: TEXTS[n % TEXTS.length],
  }));
  return running.call('POST', '/v1/feedback/batch', { body: { feedback } });
}

const admin = (body: unknown, orgId?: string, key = KEYS.admin) =>
  running.call('PUT', `/v1/taxonomy${orgId ? `?orgId=${orgId}` : ''}`, { body, key });
const themesOf = async (id: string): Promise<string[]> => {
  const { body } = await running.call('GET', `/v1/feedback/${id}`);
  return body.analysis.mentions.map(({ theme }: { theme: string }) => theme);
};

async function reanalysed(query: string): Promise<Record<string, unknown>> {
  await running.call('POST', `/v1/reanalysis${query}`, { key: KEYS.admin });
  let found: Record<string, unknown> = {};
  await until(async () => {
    found = (await running.call('GET', `/v1/reanalysis${query}`)).body;
    expect(reanalysisSchema.safeParse(found).error?.issues).toBeUndefined();
    return found.state === 'done';
  }, 'the re-analysis is done');
  return found;
}

describe('a taxonomy', () => {
  it('is the default until it is edited', async () => {
    const { body } = await running.call('GET', '/v1/taxonomy');
    expect(taxonomySchema.safeParse(body).error?.issues).toBeUndefined();
    expect([body.version, body.source]).toEqual([0, 'shipped']);
  });

  it('has a dry run that shows the mentions it would add and remove, with clauses', async () => {
    const answer = await running.call('POST', '/v1/taxonomy/dry-run?orgId=acme', {
      key: KEYS.read,
      body: { themes: [stable, slow] },
    });
    expect(dryRunSchema.safeParse(answer.body).error?.issues).toBeUndefined();
    expect([answer.body.texts, answer.body.read]).toEqual([COUNT, COUNT]);
    const edit = (id: string) => answer.body.themes.find(({ theme }: { theme: string }) => theme === id);
    expect(edit('stable')).toMatchObject({
      before: 0,
      after: (COUNT * 2) / 3,
      added: (COUNT * 2) / 3,
      removed: 0,
    });
    expect(edit('performance')).toMatchObject({
      before: (COUNT * 2) / 3,
      after: 0,
      removed: (COUNT * 2) / 3,
    });
    for (const { id, start, end, text } of edit('stable').examples.added) {
      const { body } = await running.call('GET', `/v1/feedback/${id}`);
      expect(body.improvements.slice(start, end)).toBe(text);
      expect(text).toMatch(/llama|unicorn/);
    }
    expect(edit('stable').examples.added).toHaveLength(2);
    // It was asked what would be, and nothing is.
    expect((await running.call('GET', '/v1/taxonomy?orgId=acme')).body.source).toBe('shipped');
  });

  it('is refused with the name of the theme and its fault', async () => {
    const { id: _, ...nameless } = stable;
    for (const [themes, fault] of [
      [[{ ...stable, id: 'Not Kebab' }], /"Not Kebab": the id must be kebab-case/],
      [[stable, stable], /"stable" appears twice/],
      [[{ ...stable, terms: 'one two three four five' }], /more than 4 words/],
      [[{ ...stable, colour: 'red' }], /unknown field "colour"/],
      [[nameless], /theme 1: "id" must be a string/],
      [[], /list of themes/],
      ['x', /list of themes/],
      [undefined, /list of themes/],
    ] as const)
      for (const [method, path] of [
        ['PUT', '/v1/taxonomy'],
        ['POST', '/v1/taxonomy/dry-run'],
      ] as const) {
        const body = { themes, ...(method === 'PUT' && { version: 0 }) };
        const answer = await running.call(method, path, { body, key: KEYS.admin });
        expect(problemSchema.safeParse(answer.body).error?.issues).toBeUndefined();
        expect([answer.status, answer.body.errors[0].message]).toEqual([400, expect.stringMatching(fault)]);
      }
    expect((await admin({ themes: [stable] })).status).toBe(400);
    expect((await admin({ themes: [stable], version: 0, by: 'me' })).status).toBe(400);
  });

  it('refuses an edit of an old version with 409', async () => {
    const both = await Promise.all([1, 2, 3].map(() => admin({ version: 0, themes: [stable, slow] }, 'acme')));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await admin({ version: 7, themes: [stable] }, 'acme')).status).toBe(409);
  });

  it('applies to later feedback of that org, and of no other', async () => {
    await send('acme', 3, 'after');
    await send('globex', 3, 'after');
    await running.stored(2 * COUNT + 6);
    expect(await themesOf('after-acme-1')).toEqual(['stable']);
    expect(await themesOf('f-acme-1')).not.toContain('stable');
    expect(await themesOf('after-globex-1')).not.toContain('stable');
    const { body } = await running.call('GET', '/v1/feedback/after-acme-1');
    expect(body.analysis.version).toMatch(/\+org@1$/);
  });

  it('of an org cannot be read or edited by a key of another org', async () => {
    await admin({ version: 0, themes: [stable] }, 'globex');
    const { read, admin: own } = keys;
    const calls = [
      running.call('GET', '/v1/taxonomy?orgId=globex', { key: read! }),
      running.call('GET', '/v1/taxonomy/versions?orgId=globex', { key: read! }),
      running.call('GET', '/v1/reanalysis?orgId=globex', { key: read! }),
      running.call('POST', '/v1/reanalysis?orgId=globex', { key: own! }),
      running.call('POST', '/v1/taxonomy/dry-run?orgId=globex', { key: own!, body: { themes: [slow] } }),
      admin({ version: 1, themes: [slow] }, 'globex', own),
      // A key that only reads edits nothing, not even its own.
      admin({ version: 1, themes: [slow] }, 'acme', read),
      admin({ version: 1, themes: [slow] }, undefined, KEYS.ingest),
      running.call('POST', '/v1/reanalysis', { key: read! }),
    ];
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 403));
    // Without naming an org, such a key means its own.
    const mine = await running.call('GET', '/v1/taxonomy', { key: read! });
    expect([mine.body.orgId, mine.body.version]).toEqual(['acme', 1]);
    expect((await admin({ version: 1, themes: [stable] }, undefined, own)).body).toEqual({
      orgId: 'acme',
      version: 2,
    });
  });

  it('lists its versions, newest first', async () => {
    const { body } = await running.call('GET', '/v1/taxonomy/versions?orgId=acme');
    expect(taxonomyVersionsSchema.safeParse(body).error?.issues).toBeUndefined();
    expect(body.versions.map(({ version, themes }: Record<string, number>) => [version, themes])).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  it('of the deployment applies to orgs without a taxonomy, and to those that dropped theirs', async () => {
    expect((await admin({ version: 0, themes: [slow] })).status).toBe(200);
    const source = async (orgId: string) => (await running.call('GET', `/v1/taxonomy?orgId=${orgId}`)).body.source;
    expect([await source('nobody'), await source('globex')]).toEqual(['deployment', 'org']);
    // Only texts of orgs that follow it are looked at.
    const would = { key: KEYS.read, body: { themes: [stable] } };
    expect((await running.call('POST', '/v1/taxonomy/dry-run', would)).body.texts).toBe(0);
    expect((await admin({ version: 1, themes: null }, 'globex')).status).toBe(200);
    expect(await source('globex')).toBe('deployment');
    expect((await running.call('POST', '/v1/taxonomy/dry-run', would)).body.texts).toBe(COUNT + 3);
  });
});

describe('an added theme', () => {
  const add = (body: unknown, orgId = 'initech', key = KEYS.admin) =>
    running.call('POST', `/v1/taxonomy/themes?orgId=${orgId}`, { body, key });
  const shown = async () => (await running.call('GET', '/v1/taxonomy?orgId=initech')).body;

  it('extends the taxonomy that the org follows, at the end or under another theme', async () => {
    const before = (await shown()).themes;
    const { description } = stable;
    const llama = { id: 'llama', label: 'Llamas', description, terms: 'llama' };
    expect((await add({ theme: llama })).body).toEqual({ orgId: 'initech', version: 1 });
    const unicorn = { id: 'unicorn', label: 'Unicorns', description, terms: 'unicorn' };
    expect((await add({ theme: unicorn, under: 'llama' })).body.version).toBe(2);
    expect((await shown()).themes).toEqual([...before, { ...llama, themes: [unicorn] }]);
    // One that is there gains what it lacks, wherever it is.
    expect((await add({ theme: { ...unicorn, label: 'x', terms: 'unicorn, foal' } })).body.version).toBe(3);
    expect((await shown()).themes.at(-1).themes).toEqual([{ ...unicorn, terms: 'unicorn, foal' }]);
  });

  it('is not lost if several are added at once', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const added = await Promise.all(ids.map((id) => add({ theme: { ...stable, id } })));
    expect(added.map(({ status }) => status)).toEqual(ids.map(() => 200));
    const themes = (await shown()).themes.map(({ id }: { id: string }) => id);
    expect(themes).toEqual(expect.arrayContaining(ids));
  });

  it.each([
    [{ theme: { ...stable, id: 'No' } }, '/theme', /kebab-case/],
    [{ theme: { ...stable, themes: [stable] } }, '/theme', /twice/],
    [{ theme: stable, under: 'nowhere' }, '/under', /no theme "nowhere"/],
    [{}, '/theme', /list of themes|must be an object/],
    [{ theme: stable, version: 1 }, '/version', /./],
  ])('is refused with the invalid field: %j', async (body, pointer, message) => {
    const answer = await add(body);
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer, message: expect.stringMatching(message) })],
    ]);
  });

  it('needs an admin key, and changes no other org', async () => {
    expect((await add({ theme: stable }, 'initech', KEYS.read)).status).toBe(403);
    expect((await add({ theme: stable }, 'initech', keys.admin)).status).toBe(403);
  });
});

describe('a re-analysis', () => {
  it('of an org applies the active taxonomy to all feedback of the org, and to no other', async () => {
    expect((await running.call('GET', '/v1/reanalysis?orgId=nobody')).body.state).toBe('none');
    const answer = await reanalysed('?orgId=acme');
    expect(answer).toMatchObject({ reanalysed: COUNT + 3, total: COUNT + 3, walked: COUNT + 3 });
    expect(await themesOf('f-acme-1')).toEqual(['stable']);
    expect(await themesOf('f-globex-1')).not.toContain('stable');
    const { body } = await running.call('GET', '/v1/orgs/acme/summary');
    expect(body.themes).toMatchObject([{ theme: 'stable', feedback: 62 }]);
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  }, 30_000);

  it('of the deployment applies the taxonomy of each org, and a second one changes nothing', async () => {
    expect((await reanalysed('')).reanalysed).toBe(COUNT + 3);
    expect((await running.models.feedback.distinct('analysis.version')).sort()).toEqual([
      expect.stringMatching(/\+deployment@1$/),
      expect.stringMatching(/\+org@2$/),
    ]);
    expect((await reanalysed('')).reanalysed).toBe(0);
    expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  }, 30_000);
});
