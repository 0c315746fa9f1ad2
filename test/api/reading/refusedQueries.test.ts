import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
let acme: string;

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  acme = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  await running.service.refreshKeys();
  const feedback = Array.from({ length: 8 }, (_, n) => ({
    id: `q-${n}`,
    orgId: n % 2 ? 'acme' : 'globex',
    userId: `u-${n}`,
    sessionId: `s-${n}`,
    overallRating: 1 + (n % 5),
    willingToPay: ['Yes', 'Yes, at $10', 'No', 'Yes.\n'.trim()][n % 4],
    easeOfUse: n < 4 ? 'Very easy' : 'Hard',
    improvements: 'The calendar sync is slow.',
    createdAt: `2026-03-0${1 + n}T12:00:00Z`,
  }));
  const sent = await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  expect(sent.status).toBe(202);
  await running.stored(8);
}, 60_000);
afterAll(() => running.stop());

const refusal = async (path: string, key: string = KEYS.admin) => {
  const { status, body } = await running.call('GET', path, { key });
  const [{ pointer = undefined, message = undefined } = {}] = body.errors ?? [];
  return [status, pointer, message];
};
const ids = async (path: string, key: string = KEYS.admin) => {
  const { status, body } = await running.call('GET', path, { key });
  expect([path, status]).toEqual([path, 200]);
  return body.items.map((item: Record<string, string>) => item.userId ?? item.sessionId ?? item.orgId).sort();
};

describe('a range in which nothing can be', () => {
  it.each([
    ['/v1/feedback?overallRating=5-1', '/overallRating', /lower rating first: 1-5/],
    ['/v1/feedback?uxRating=3-2', '/uxRating', /lower rating first: 2-3/],
    ['/v1/feedback?growMethodRating=4-1', '/growMethodRating', /lower rating first: 1-4/],
    ['/v1/feedback?overallRating=0-6', '/overallRating', /must be a rating/],
    ['/v1/feedback?from=2026-03-02&to=2026-03-01', '/to', /after from/],
    ['/v1/feedback?from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z', '/to', /after from/],
    // Later as text, and earlier as a time.
    ['/v1/feedback?from=2026-03-01T12:00:00Z&to=2026-03-01T13:00:00%2B02:00', '/to', /after from/],
    ['/v1/audit?from=2026-03-02&to=2026-03-01', '/to', /after from/],
    ['/v1/audit?from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00.000Z', '/to', /after from/],
    ['/v1/summary?from=2026-03-02&to=2026-03-01', '/to', /before from/],
    ['/v1/orgs/acme/trend?from=2026-03-02&to=2026-03-01', '/to', /before from/],
    ['/v1/users/u-1/drivers?from=2026-03-02&to=2026-03-01', '/to', /before from/],
    ['/v1/themes/calendar/quotes?from=2026-03-02&to=2026-03-01', '/to', /before from/],
    ['/v1/discovery?from=2026-03-02&to=2026-03-01', '/to', /before from/],
  ])('is refused: %s', async (path, pointer, message) => {
    expect(await refusal(path)).toEqual([400, pointer, expect.stringMatching(message)]);
  });

  it.each([
    '/v1/feedback?overallRating=1-1',
    '/v1/feedback?overallRating=5',
    '/v1/feedback?from=2026-03-02&to=2026-03-02',
    '/v1/feedback?from=2026-03-02T23:00:00Z&to=2026-03-02',
    '/v1/audit?from=2026-03-02&to=2026-03-02',
    '/v1/summary?from=2026-03-02&to=2026-03-02',
  ])('is not one that holds something: %s', async (path) => {
    expect((await refusal(path))[0]).toBe(200);
  });
});

describe('a parameter', () => {
  it.each([
    ['/v1/feedback?color=red', '/color', /is not a parameter; the parameters are orgId/],
    ['/v1/keys?action=key.create', '/action', /is not a parameter/],
    ['/v1/orgs?userId=u-1', '/userId', /is not a parameter/],
    ['/v1/users?userId=u-1', '/userId', /is not a parameter/],
    ['/v1/erasures/public-key?orgId=acme', '/orgId', /is not a parameter; there are none/],
    ['/v1/feedback?orgId=acme&orgId=globex', '/orgId', /more than once/],
    ['/v1/feedback?limit=5&limit=5', '/limit', /more than once/],
    ['/v1/summary?from=2026-03-01&from=2026-03-01', '/from', /more than once/],
    ['/v1/feedback?limit=201', '/limit', /1 to 200/],
    ['/v1/feedback?limit=0', '/limit', /1 to 200/],
    ['/v1/themes/calendar/quotes?limit=21', '/limit', /1 to 20/],
    ['/v1/discovery?limit=31', '/limit', /1 to 30/],
    ['/v1/feedback?sentiment=happy', '/sentiment', /"positive"/],
    ['/v1/feedback?order=up', '/order', /"newest"/],
    ['/v1/orgs?rank=best', '/rank', /"count"/],
    ['/v1/trend?interval=year', '/interval', /"week"/],
    // Windows-1252, and the first byte of a pair in UTF-8 alone.
    ['/v1/feedback?userId=Zo%EB', '/userId', /UTF-8/],
    ['/v1/feedback?tag=caf%C3', '/tag', /UTF-8/],
    ['/v1/feedback?from=2026-03-01T12:00:00+01:00', '/from', /%2B/],
    ['/v1/orgs/acme/summary?orgId=globex', '/orgId', /another org than the one of the path/],
  ])('that would be ignored or find nothing is refused: %s', async (path, pointer, message) => {
    expect(await refusal(path)).toEqual([400, pointer, expect.stringMatching(message)]);
  });

  it('may hold the replacement character, if it was sent', async () => {
    expect(await ids('/v1/feedback?userId=Zo%EF%BF%BD')).toEqual([]);
  });

  it('may repeat the org of the path', async () => {
    expect((await running.call('GET', '/v1/orgs/acme/summary?orgId=acme')).body.count).toBe(4);
  });

  it('on a route that takes none is refused before anything is stored', async () => {
    for (const [path, body] of [
      ['/v1/feedback?orgId=acme', { overallRating: 3 }],
      ['/v1/feedback/batch?dryRun=true', { feedback: [{ overallRating: 3 }] }],
    ] as const) {
      const { status, body: problem } = await running.call('POST', path, { body });
      expect([status, problem.errors[0].message]).toEqual([400, 'is not a parameter; there are none']);
    }
    expect(await running.models.feedback.countDocuments()).toBe(8);
  });
});

describe('a theme', () => {
  it.each([
    ['/v1/feedback?theme=perfomance', 400, /did you mean performance\?/],
    ['/v1/feedback?theme=Calendar', 400, /did you mean calendar\?/],
    ['/v1/feedback?orgId=acme&theme=calender', 400, /did you mean calendar\?/],
    ['/v1/feedback?theme=weather-report', 400, /GET \/v1\/taxonomy lists the themes/],
    ['/v1/feedback?theme=$where', 400, /id of a theme/],
    ['/v1/orgs?rank=shortfall&theme=perfomance', 400, /did you mean performance\?/],
    ['/v1/sessions?rank=shortfall&theme=(a%2b)%2b!', 400, /is not a theme/],
    ['/v1/themes/calender/quotes', 404, /did you mean calendar\?/],
    ['/v1/orgs/acme/themes/perfomance/quotes', 404, /did you mean performance\?/],
    ['/v1/users/u-1/themes/weather-report/quotes', 404, /is not a theme/],
  ])('that nothing can match is refused, with the nearest ones: %s', async (path, status, message) => {
    expect(await refusal(path)).toEqual([status, '/theme', expect.stringMatching(message)]);
  });

  it('is known from the taxonomy of an org, and from a former one as long as stored feedback counts it', async () => {
    const path = '/v1/feedback?theme=dates';
    expect((await refusal(path))[0]).toBe(400);
    const themes = [{ id: 'dates', label: 'Dates', description: 'Days.', terms: 'calendar' }];
    const save = (version: number, body: unknown, orgId: string) =>
      running.call('PUT', `/v1/taxonomy?orgId=${orgId}`, { key: KEYS.admin, body: { version, themes: body } });
    expect((await save(0, themes, 'acme')).status).toBe(200);
    // Nothing mentions it yet. A key of all orgs may mean this org.
    expect(await ids(path)).toEqual([]);
    expect(await ids(path, acme)).toEqual([]);
    expect((await refusal('/v1/feedback?orgId=globex&theme=dates'))[0]).toBe(400);
    // Feedback of the org still counts the old theme.
    expect(await ids('/v1/feedback?theme=calendar', acme)).toHaveLength(4);
    const analysedAgain = async () => {
      const { body } = await running.call('GET', '/v1/reanalysis?orgId=acme');
      return body.state === 'done';
    };
    await running.call('POST', '/v1/reanalysis?orgId=acme', { key: KEYS.admin });
    await until(analysedAgain, 'the feedback is analysed again');
    expect(await ids(path, acme)).toHaveLength(4);
    // Other orgs have the theme of the deployment, so it is known, and this org has none of it.
    expect(await ids('/v1/feedback?theme=calendar', acme)).toEqual([]);
    // Back to the deployment's: now `dates` is the former one.
    expect((await save(1, null, 'acme')).status).toBe(200);
    expect(await ids(path, acme)).toHaveLength(4);
    expect((await running.call('GET', '/v1/themes/dates/quotes', { key: acme })).body.candidates).toBeGreaterThan(0);
  }, 60_000);
});

describe('an answer to willingToPay', () => {
  it.each([
    ['yes', ['u-0', 'u-1', 'u-3', 'u-4', 'u-5', 'u-7']],
    ['%22Yes%22', ['u-0', 'u-4']],
    ['%22Yes,%20at%20$10%22', ['u-1', 'u-5']],
    ['%22yes%22', []],
    ['%22Yes.%22', ['u-3', 'u-7']],
    ['%22Ye%22', []],
    ['no', ['u-2', 'u-6']],
  ])('is found by %s on every route in the same way', async (answer, users) => {
    const query = `?limit=100&willingToPay=${answer}`;
    expect(await ids(`/v1/feedback${query}`)).toEqual(users);
    expect(await ids(`/v1/users${query}`)).toEqual(users);
    expect(await ids(`/v1/sessions${query}`)).toEqual(users.map((user) => user.replace('u', 's')));
    const orgs = users.map((user) => (Number(user.slice(2)) % 2 ? 'acme' : 'globex'));
    expect(await ids(`/v1/orgs${query}`)).toEqual([...new Set(orgs)].sort());
  });

  it('may be 100 characters long within its quotes', async () => {
    for (const path of ['/v1/feedback', '/v1/users'])
      expect(await ids(`${path}?willingToPay=%22${'x'.repeat(100)}%22`)).toEqual([]);
    expect((await refusal(`/v1/users?willingToPay=%22${'x'.repeat(101)}%22`))[0]).toBe(400);
  });

  it('to another question is the whole answer, with or without quotes', async () => {
    for (const answer of ['Very%20easy', '%22Very%20easy%22'])
      expect(await ids(`/v1/feedback?easeOfUse=${answer}`)).toEqual(['u-0', 'u-1', 'u-2', 'u-3']);
    expect(await ids('/v1/feedback?easeOfUse=easy')).toEqual([]);
  });
});

describe('an action of the audit log', () => {
  it('that is never recorded is refused, with the nearest ones', async () => {
    expect(await refusal('/v1/audit?action=key.craete')).toEqual([
      400,
      '/action',
      expect.stringContaining('did you mean key.create?'),
    ]);
    expect((await refusal('/v1/audit?action=weather.change'))[2]).toContain('the actions are');
    expect((await refusal('/v1/audit?action=person.join'))[0]).toBe(200);
  });

  it('of a former version is known as long as it is in the log that the key may see', async () => {
    await running.models.auditLog.create({
      _id: '019ae000-0000-7000-8000-000000000001',
      at: new Date(),
      actor: { kind: 'key', id: 'x', from: null },
      action: 'old.act',
      orgId: 'globex',
    });
    expect((await running.call('GET', '/v1/audit?action=old.act', { key: KEYS.admin })).body.items).toHaveLength(1);
    expect((await refusal('/v1/audit?action=old.act', acme))[0]).toBe(400);
  });
});
