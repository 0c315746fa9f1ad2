import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Role, type System, startSystem } from '../../../tools/chaos/system.ts';
import { until } from '../../support/until.ts';

let system: System;
let role: Role;

beforeAll(async () => {
  system = await startSystem({ apis: 0, workers: 1, dist: resolve('dist') });
  role = system.workers[0]!;
}, 60_000);
afterAll(() => system?.stop(), 60_000);

it('counts a process that ends by itself as a crash, and none that is ended on purpose', async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await role.end(signal);
    await role.start();
  }
  expect(role.crashes).toEqual([]);
  role.signal('SIGABRT');
  await until(() => role.crashes.length > 0, 'the crash is counted');
  expect(role.crashes).toEqual(['worker 1 ended with SIGABRT']);
}, 30_000);
