import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { createClosedCounter, seriesOf } from '../../src/metrics/closedCounter.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

/** The series of this service's counters, with their values. */
async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counters = [...text.matchAll(/^# TYPE (feedback_\w+) counter$/gm)].map(([, name]) => name!);
  const series = new Map<string, number>();
  for (const [, id, value] of text.matchAll(/^(feedback_\w+(?:\{.*\})?) (\S+)$/gm))
    if (counters.includes(id!.replace(/\{.*/, ''))) series.set(id!, Number(value));
  return series;
}

it('creates every combination of the values of labels', () => {
  expect(seriesOf({ queue: ['a', 'b'], outcome: ['x', 'y'] })).toEqual([
    { queue: 'a', outcome: 'x' },
    { queue: 'a', outcome: 'y' },
    { queue: 'b', outcome: 'x' },
    { queue: 'b', outcome: 'y' },
  ]);
});

it('lists every series at 0, and the tests see one that is not listed', async () => {
  const registry = new Registry();
  const counter = createClosedCounter<{ outcome: string }>(registry, {
    name: 'feedback_test_total',
    help: 'For this test.',
    series: seriesOf({ outcome: ['good', 'bad'] }),
  });
  expect(await registry.metrics()).toContain('{outcome="good"} 0\nfeedback_test_total{outcome="bad"} 0');
  counter.inc({ outcome: 'bad' }, 2);
  expect(await registry.metrics()).toContain('{outcome="bad"} 2');
  expect(() => counter.inc({ outcome: 'ugly' })).toThrow('did not list');
});

it('every counter of the service has its series before anything has happened', async () => {
  const { registry } = createMetrics();
  const counters = (await registry.getMetricsAsJSON()).filter(
    ({ name, type }) => name.startsWith('feedback_') && String(type) === 'counter',
  );
  expect(counters.length).toBeGreaterThan(8);
  for (const { name, values } of counters) {
    expect([name, values.length > 0, values.every(({ value }) => value === 0)]).toEqual([name, true, true]);
    // A label with an open set of values would grow without bound.
    expect(values.length).toBeLessThan(50);
  }
});

describe('a service', () => {
  let running: TestService;
  let fresh: Map<string, number>;
  beforeAll(async () => {
    running = await startTestService(isolatedStores(), { KEY_READS_PER_MINUTE: '3', AUTH_FAILURES_PER_MINUTE: '2' });
    fresh = await scrape(running.service.metricsUrl);
  });
  afterAll(() => running.stop());

  it.each([
    'feedback_refused_total{reason="unsupported_type"}',
    'feedback_refused_total{reason="guessing"}',
    'feedback_sign_ins_total{method="oidc",outcome="refused"}',
    'feedback_sign_ins_total{method="password",outcome="limited"}',
    'feedback_auth_failures_total{outcome="limited"}',
    'feedback_rate_limited_total{quota="org-records"}',
    'feedback_processed_total{outcome="dead_letter"}',
    'feedback_job_attempts_total{queue="retention",outcome="stalled"}',
    'feedback_reanalysed_total{outcome="same"}',
    'feedback_retention_removed_total{type="text"}',
    'feedback_accepted_total',
  ])('lists %s at 0 from the start', (series) => expect(fresh.get(series)).toBe(0));

  it('lists no further series after requests of every outcome, and counts background jobs by outcome', async () => {
    const post = (body: unknown, headers = {}, key: string = KEYS.ingest) =>
      running.call('POST', '/v1/feedback', { body, headers, key });
    await post({ id: 'one', orgId: 'acme', userId: 'u1', overallRating: 4, improvements: 'Great' });
    await running.stored(1);
    const erasure = await running.call('POST', '/v1/erasures', {
      key: KEYS.admin,
      body: { what: 'user', id: 'u1', orgId: 'acme' },
    });
    expect(erasure.status).toBeLessThan(300);
    await post({ overallRating: 9 });
    await post('{', { 'content-type': 'text/html' });
    await post({ overallRating: 4 }, {}, KEYS.read);
    await post({ improvements: 'x'.repeat(300_000) });
    for (let n = 0; n < 3; n++) await post({}, { 'x-forwarded-for': '203.0.113.7' }, `wrong-${n}`);
    for (let n = 0; n < 4; n++) await running.call('GET', '/v1/summary');
    await running.call('POST', '/v1/nowhere', { body: {} });
    let after = fresh;
    await until(
      async () => {
        after = await scrape(running.service.metricsUrl);
        return (after.get('feedback_job_attempts_total{queue="erasure",outcome="completed"}') ?? 0) > 0;
      },
      () => `an erasure is counted as completed: ${[...after].filter(([, value]) => value > 0).join(' ')}`,
    );
    expect([...after.keys()].sort()).toEqual([...fresh.keys()].sort());
    for (const reason of ['invalid', 'unsupported_type', 'forbidden', 'too_large', 'unauthorized', 'guessing'])
      expect([reason, after.get(`feedback_refused_total{reason="${reason}"}`)! > 0]).toEqual([reason, true]);
    expect(after.get('feedback_rate_limited_total{quota="key-reads"}')).toBeGreaterThan(0);
  });
});
