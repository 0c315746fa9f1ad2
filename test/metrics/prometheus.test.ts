import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/freePort.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { openQueues } from '../support/stores/queues.ts';
import { isolatedStores } from '../support/stores/stores.ts';

const installed = spawnSync('prometheus', ['--version']).status === 0;
if (!installed) process.stderr.write('Prometheus is not installed: the tests that scrape with it are skipped\n');

(installed ? describe : describe.skip)('a Prometheus that scrapes the service', () => {
  let running: TestService;
  let prometheusUrl: string;
  let prometheus: ReturnType<typeof spawn>;
  let folder: string;

  beforeAll(async () => {
    const stores = isolatedStores();
    running = await startTestService(stores);
    folder = await mkdtemp(join(tmpdir(), 'feedback-prometheus-'));
    const config = {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      rule_files: [resolve('deploy/prometheus-rules.yml')],
      scrape_configs: [
        {
          job_name: 'feedback-api',
          static_configs: [{ targets: [new URL(running.service.metricsUrl).host] }],
        },
      ],
    };
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    prometheusUrl = `http://${address}`;
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: 'ignore' },
    );

    const feedback = { id: 'one', overallRating: 4, improvements: 'Great' };
    await running.call('POST', '/v1/feedback', { body: feedback });
    await running.call('POST', '/v1/feedback', { body: { overallRating: 9 } });
    await running.stored(1);
    await running.call('POST', '/v1/feedback', { body: feedback });
    // An unreadable note is never counted, so the gauge stays above 0.
    await running.models.pendingTexts.collection.insertOne({ ids: null });
    const queues = openQueues(stores);
    await queues.ingest.queue.add('batch', { version: 1, feedback: [{ id: 'poison' }] } as never);
    await queues.close();
  }, 30_000);

  afterAll(async () => {
    prometheus.kill('SIGKILL');
    await running.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function query(expression: string): Promise<number | undefined> {
    const url = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = await fetch(url).then(
      (response) => response.json() as Promise<{ data?: { result: { value: [number, string] }[] } }>,
      () => undefined,
    );
    const value = answer?.data?.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  it.each([
    ['feedback_http_request_duration_seconds_count{route="/v1/feedback",method="POST",status="202"}', 2],
    ['feedback_http_request_duration_seconds_count{route="/v1/feedback",method="POST",status="400"}', 1],
    ['feedback_accepted_total', 2],
    ['feedback_refused_total{reason="invalid"}', 1],
    ['feedback_group_commit_size_sum', 2],
    ['feedback_queue_jobs{queue="ingest",state="waiting"}', 0],
    ['feedback_queue_jobs{queue="dead-letter",state="waiting"}', 1],
    ['feedback_queue_oldest_job_age_seconds{queue="ingest"}', 0],
    ['feedback_queue_oldest_job_age_seconds{queue="dead-letter"} > bool 0', 1],
    // The next night's run is not late before it is due.
    ['feedback_queue_jobs{queue="retention",state="delayed"}', 1],
    ['feedback_queue_oldest_job_age_seconds{queue="retention"}', 0],
    ['feedback_queue_jobs{queue="erasure",state="waiting"}', 0],
    ['feedback_queue_jobs{queue="reanalysis",state="waiting"}', 0],
    ['feedback_processed_total{outcome="stored"}', 1],
    ['feedback_processed_total{outcome="duplicate"}', 1],
    ['feedback_processed_total{outcome="dead_letter"}', 1],
    ['feedback_batch_duration_seconds_count{phase="analysis"} > bool 0', 1],
    ['feedback_batch_duration_seconds_count{phase="transaction"} > bool 0', 1],
    ['feedback_end_to_end_latency_seconds_count', 1],
    ['feedback_job_attempts_total{queue="ingest",outcome="completed"}', 3],
    ['feedback_dependency_up{dependency="redis"}', 1],
    ['feedback_dependency_up{dependency="mongodb"}', 1],
    ['feedback_backlog_bytes{kind="limit"}', 2 * 1024 ** 3],
    ['feedback_discovery_pending_batches > bool 0', 1],
    ['feedback_search_pending{kind="blocks"}', 0],
    ['process_resident_memory_bytes > bool 0', 1],
  ])(
    'reads %s as %d',
    async (expression, expected) => {
      const started = Date.now();
      let value = await query(expression);
      while (value !== expected && Date.now() - started < 15_000) {
        await sleep(250);
        value = await query(expression);
      }
      expect(value).toBe(expected);
    },
    20_000,
  );

  it('accepts the rules', async () => {
    const answer = await fetch(`${prometheusUrl}/api/v1/rules`);
    const { data } = (await answer.json()) as { data: { groups: { rules: unknown[] }[] } };
    expect(data.groups[0]?.rules.length).toBeGreaterThan(5);
  });
});
