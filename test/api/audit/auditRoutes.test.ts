import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditPageSchema } from '../../../src/api/audit/auditSchemas.ts';
import { AUDIT_ACTIONS } from '../../../src/models/audit/auditSchema.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

interface Line {
  id: string;
  at: string;
  actor: { kind: string; id: string; from: string | null };
  action: string;
  target: string;
  orgId: string | null;
  details: Record<string, unknown>;
}

let running: TestService;
let ofAcme: string;
const theme = { id: 'wool', label: 'Wool', description: 'All of wool.', terms: 'wool' };
const admin = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
  running.call(method, path, {
    key: KEYS.admin,
    body,
    headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.5' },
  });

async function log(query = '', key = KEYS.admin): Promise<Line[]> {
  const { status, body } = await running.call('GET', `/v1/audit${query}`, { key });
  expect(auditPageSchema.safeParse(body).error?.issues).toBeUndefined();
  expect(status).toBe(200);
  return body.items;
}

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  ofAcme = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

describe('the audit log', () => {
  it('names the actor, address and target of each action on keys, taxonomies and re-analyses', async () => {
    const made = (await admin('POST', '/v1/keys', { scope: 'read', orgId: 'acme', name: 'reports' })).body;
    const follower = (await admin('POST', `/v1/keys/${made.id}/rotate`, { overlapHours: 1 })).body;
    await admin('DELETE', `/v1/keys/${made.id}`);
    await admin('PUT', '/v1/taxonomy?orgId=acme', { version: 0, themes: [theme] });
    await admin('POST', '/v1/taxonomy/themes', { theme: { ...theme, id: 'yarn', terms: 'yarn' } });
    await admin('POST', '/v1/reanalysis?orgId=acme');
    const lines = await log('?limit=6');
    expect(lines.map(({ action, target, orgId }) => [action, target, orgId])).toEqual([
      ['reanalysis.request', 'acme', 'acme'],
      ['taxonomy.save', '', null],
      ['taxonomy.save', 'acme', 'acme'],
      ['key.revoke', made.id, 'acme'],
      ['key.rotate', made.id, 'acme'],
      ['key.create', made.id, 'acme'],
    ]);
    for (const { actor } of lines) expect(actor).toEqual({ kind: 'key', id: 'bootstrap', from: '203.0.113.5' });
    expect(lines[4]?.details).toMatchObject({ followedBy: follower.id });
    expect(lines[5]?.details).toMatchObject({ scope: 'read' });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${made.key}|${follower.key}`));
  });

  it('has no event of a refused request, or of one that changed nothing', async () => {
    const before = await log('?limit=200');
    const conflict = await admin('PUT', '/v1/taxonomy?orgId=acme', { version: 0, themes: [theme] });
    const wrong = await admin('POST', '/v1/keys', { scope: 'write' });
    const unknown = await admin('DELETE', '/v1/keys/nothing');
    expect([conflict.status, wrong.status, unknown.status]).toEqual([409, 400, 404]);
    await admin('DELETE', `/v1/keys/${before.find(({ action }) => action === 'key.revoke')?.target}`);
    expect(await log('?limit=200')).toEqual(before);
  });

  it('is filtered by org, action and time, page by page', async () => {
    const all = await log('?limit=200');
    expect(await log('?orgId=acme&limit=200')).toEqual(all.filter(({ orgId }) => orgId === 'acme'));
    expect(await log('?action=taxonomy.save')).toEqual(all.filter(({ action }) => action === 'taxonomy.save'));
    const [last] = all;
    expect(await log(`?from=${last?.at}`)).toEqual(all.filter(({ at }) => at >= last!.at));
    expect(await log(`?to=${last?.at}&limit=200`)).toEqual(all.filter(({ at }) => at < last!.at));
    expect(await log(`?from=${last?.at.slice(0, 10)}&to=${last?.at.slice(0, 10)}&limit=200`)).toEqual(all);
    const paged: Line[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/audit?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await running.call('GET', path, { key: KEYS.admin });
      paged.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(all);
    for (const wrong of ['action=%24where', 'cursor=bm90aGluZw', 'from=yesterday', 'color=red'])
      expect((await running.call('GET', `/v1/audit?${wrong}`, { key: KEYS.admin })).status).toBe(400);
  });

  it('shows the admin of an org the events of that org, and other keys nothing', async () => {
    await admin('POST', '/v1/keys', { scope: 'read', orgId: 'globex' });
    const lines = await log('?limit=200', ofAcme);
    expect(lines.length).toBeGreaterThan(3);
    expect(new Set(lines.map(({ orgId }) => orgId))).toEqual(new Set(['acme']));
    for (const key of [KEYS.read, KEYS.ingest])
      expect((await running.call('GET', '/v1/audit', { key })).status).toBe(403);
    expect((await running.call('GET', '/v1/audit?orgId=globex', { key: ofAcme })).status).toBe(403);
  });

  it('is written together with the change, or neither is', async () => {
    const [keys, lines] = await counts();
    // A log that takes nothing: what would be done without being written down is not done.
    const command = {
      collMod: 'audit_log',
      validator: { never: { $exists: true } },
      validationLevel: 'strict',
    };
    await running.models.connection.db?.command(command);
    expect((await admin('POST', '/v1/keys', { scope: 'read' })).status).toBe(500);
    const taxonomy = await admin('PUT', '/v1/taxonomy?orgId=other', { version: 0, themes: [theme] });
    expect(taxonomy.status).toBe(500);
    expect((await admin('POST', '/v1/reanalysis?orgId=other')).status).toBe(500);
    await running.models.connection.db?.command({ ...command, validator: {} });
    expect(await counts()).toEqual([keys, lines]);
    expect((await running.call('GET', '/v1/taxonomy?orgId=other')).body.version).toBe(0);
    expect((await running.call('GET', '/v1/reanalysis?orgId=other')).body.state).toBe('none');
  });

  it('knows every action that code in src/ records', async () => {
    const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
    const recorded = new Set<string>();
    for (const file of files)
      for (const [, action = ''] of (await readFile(join('src', file), 'utf8')).matchAll(
        /(?:\baction: |\bownEvent\([^)]*, |\beventOn\([^)]*, |action = .*[?:] )'([a-z-]+\.[a-z-]+)'/g,
      ))
        recorded.add(action);
    expect(recorded.size).toBeGreaterThan(15);
    expect([...recorded].filter((action) => !(AUDIT_ACTIONS as readonly string[]).includes(action))).toEqual([]);
  });

  it('is never changed or deleted by any code in src/', async () => {
    const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
    const uses: string[] = [];
    for (const file of files)
      for (const [, use = ''] of (await readFile(join('src', file), 'utf8')).matchAll(/\bauditLog\s*\.(?!ts\b)(\w+)/g))
        uses.push(use);
    expect([...new Set(uses)].sort()).toEqual(['create', 'find']);
    const named = await Promise.all(
      files.map(async (file) => (await readFile(join('src', file), 'utf8')).includes("'audit_log'")),
    );
    // Nor by its name, behind the model's back.
    expect(files.filter((_, at) => named[at])).toEqual([join('models', 'audit', 'auditSchema.ts')]);
  });
});

const counts = async () => [
  await running.models.accessKeys.countDocuments(),
  await running.models.auditLog.countDocuments(),
];
