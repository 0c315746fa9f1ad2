import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { KEYS, type TestService } from '../../support/service.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { until } from '../../support/until.ts';
import { COUNT, day, startServiceWithDemo } from './serviceWithDemo.ts';

const ORG = 'org-tidewell';
const MAX_WAIT_MS = 100_000;
let running: TestService;
beforeAll(async () => {
  running = await startServiceWithDemo({ BACKGROUND_PERCENT: '100' });
}, 120_000);
afterAll(() => running.stop());

type Body = ReturnType<typeof JSON.parse>;
const get = async (path: string): Promise<Body> => (await running.call('GET', path)).body;
const admin = async (path: string, body?: unknown): Promise<Body> => {
  const { status, body: answer } = await running.call('POST', path, { key: KEYS.admin, body });
  expect([path, status]).toEqual([path, status < 300 ? status : 200]);
  return answer;
};
const raw = (filter: object) => running.models.feedback.countDocuments(filter);
const MIGRATION = /\bmigrat(ion|ions|e|ed|es|ing)\b/i;

// Story 1: the team finds a phrase without a theme, makes a theme of it, and analyses all stored feedback again.
it('a discovered phrase becomes a theme that counts in all stored feedback', async () => {
  const period = `from=${day(61)}&to=${day(90)}`;
  let discovered: Body;
  await until(
    async () => {
      discovered = await get(`/v1/orgs/${ORG}/discovery?${period}`);
      return discovered.complete;
    },
    'all phrases are counted',
    MAX_WAIT_MS,
  );
  const group = discovered.groups.find(({ phrases }: Body) =>
    phrases.some(({ phrase }: Body) => phrase === 'migration'),
  );
  const theme = { ...group.theme, id: 'migration', terms: 'migration, migrate' };

  // A dry run shows the effect first, on the latest 10,000 texts of everyone.
  const { themes: inForce } = await get('/v1/taxonomy');
  const would = await admin('/v1/taxonomy/dry-run', { themes: [...inForce, theme] });
  expect(would.read).toBe(10_000);
  const edit = would.themes[0];
  expect(edit).toMatchObject({ theme: 'migration', before: 0, added: edit.after, removed: 0 });
  const said = await raw({ improvements: MIGRATION, createdAt: { $gte: new Date(would.since) } });
  expect(edit.added).toBeGreaterThan(0.95 * said);
  expect(edit.added).toBeLessThanOrEqual(said);
  expect(would.themes.slice(1).every(({ added, removed }: Body) => added + removed === 0)).toBe(true);
  for (const { id, start, end, text } of edit.examples.added) {
    expect(text).toMatch(MIGRATION);
    expect((await get(`/v1/feedback/${id}`)).improvements.slice(start, end)).toBe(text);
  }

  await admin('/v1/taxonomy/themes', { theme });
  await admin('/v1/reanalysis');
  const progress = () => get('/v1/reanalysis');
  await until(async () => (await progress()).walked >= COUNT / 2, 'half of it is analysed again', MAX_WAIT_MS);
  // Half has the new themes and half the old, and every total equals its feedback.
  expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);
  expect((await progress()).state).toBe('running');
  await until(async () => (await progress()).state === 'done', 'all of it is analysed again', MAX_WAIT_MS);
  const stored = await raw({ improvements: { $exists: true } });
  expect(await raw({ 'analysis.version': /\+deployment@1$/ })).toBeGreaterThanOrEqual(stored);
  expect(mismatches(await storedAndRecomputed(running.models))).toEqual([]);

  // The theme counts as if it had always existed: it emerged within the week, at this org, and costs it stars.
  const emerging = await get(`/v1/orgs/${ORG}/emerging?on=${day(67)}`);
  const migration = emerging.themes.find((one: Body) => one.theme === 'migration');
  expect(migration).toMatchObject({ direction: 'emerging', before: 0 });
  const createdAt = { $gte: new Date(day(61)), $lt: new Date(day(68)) };
  expect(migration.now).toBe(await raw({ orgId: ORG, 'analysis.mentions.theme': 'migration', createdAt }));
  const { drivers } = await get(`/v1/drivers?${period}`);
  expect(drivers.find((one: Body) => one.theme === 'migration')).toMatchObject({ effect: 'lowers' });
  const { items } = await get('/v1/orgs?rank=shortfall&theme=migration&limit=1');
  expect(items[0].orgId).toBe(ORG);
  // Discovery no longer proposes it.
  const after = await get(`/v1/orgs/${ORG}/discovery?${period}`);
  expect(JSON.stringify(after.groups.map(({ phrases }: Body) => phrases))).not.toMatch(MIGRATION);
}, 120_000);
