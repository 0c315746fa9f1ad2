import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { CACHE_GB, ENGINE, PARAMETERS } from '../../src/stores/embedded/startMongod.ts';

const read = async (file: string) => parse(await readFile(file, 'utf8'), { merge: true });

describe('docker-compose.yml', () => {
  it('has the five services, with ports on loopback only', async () => {
    const { services } = await read('docker-compose.yml');
    expect(Object.keys(services)).toEqual(['api', 'worker', 'redis', 'mongo', 'prometheus']);
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('gives each role settings that the service accepts', async () => {
    const { services } = await read('docker-compose.yml');
    for (const role of ['api', 'worker']) {
      expect(services[role].command).toEqual([role]);
      const environment: Record<string, string> = { ...services[role].environment };
      for (const [name, value] of Object.entries(environment))
        if (value.startsWith('${')) environment[name] = 'a-key-of-twenty-letters';
      const config = readConfig(environment);
      expect(config.REDIS_URL).toBe('redis://redis:6379');
      expect(config.MONGODB_URI).toContain(`replicaSet=${after(services.mongo.command, '--replSet')}`);
      for (const name of Object.keys(environment)) expect(Object.keys(config)).toContain(name);
    }
  });

  it('starts MongoDB as `npm start` does', async () => {
    const { command } = (await read('docker-compose.yml')).services.mongo;
    expect(after(command, '--wiredTigerCacheSizeGB')).toBe(String(CACHE_GB));
    expect(after(command, '--wiredTigerEngineConfigString')).toBe(ENGINE);
    const parameters = command.filter((_: string, index: number) => command[index - 1] === '--setParameter');
    expect(parameters).toEqual(Object.entries(PARAMETERS).map(([name, value]) => `${name}=${value}`));
  });

  it('syncs accepted feedback to disk, and refuses writes when full', async () => {
    const { services } = await read('docker-compose.yml');
    const { command } = services.redis;
    expect(after(command, '--appendonly')).toBe('yes');
    expect(after(command, '--appendfsync')).toBe('always');
    expect(after(command, '--maxmemory-policy')).toBe('noeviction');
    expect([services.redis.volumes, services.mongo.volumes]).toEqual([['redis:/data'], ['mongo:/data/db']]);
  });
});

describe('deploy/', () => {
  it('scrapes the metrics port of each role', async () => {
    const { scrape_configs: jobs } = await read('deploy/prometheus.yml');
    const targets = jobs.map((job: { dns_sd_configs: [{ names: [string]; port: number }] }) => [
      job.dns_sd_configs[0].names[0],
      job.dns_sd_configs[0].port,
    ]);
    const { METRICS_PORT } = readConfig({});
    expect(targets).toEqual([
      ['api', METRICS_PORT],
      ['worker', METRICS_PORT],
    ]);
  });

  it('has rules on metrics that exist, each with its runbook paragraph', async () => {
    const { groups } = await read('deploy/prometheus-rules.yml');
    const known = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
    const runbook = await readFile('docs/operating.md', 'utf8');
    for (const { alert, expr, annotations } of groups[0].rules) {
      for (const [metric] of expr.matchAll(/feedback_[a-z_]+/g))
        expect(known).toContain(metric.replace(/_(count|bucket|sum)$/, ''));
      // An unquoted comma in a text starts another annotation, which Prometheus refuses.
      expect(Object.keys(annotations)).toEqual(['summary', 'runbook']);
      expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`);
      expect(runbook).toContain(`### ${alert}\n`);
    }
  });
});

function after(command: string[], flag: string): string | undefined {
  return command[command.indexOf(flag) + 1];
}
