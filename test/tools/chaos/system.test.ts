import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Role, type System, startSystem } from '../../../tools/chaos/system.ts';

let system: System;
let role: Role;

beforeAll(async () => {
  system = await startSystem({ apis: 0, workers: 1, dist: resolve('dist') });
  role = system.workers[0]!;
}, 60_000);
afterAll(() => system?.stop(), 60_000);

it('counts as a crash what ends by itself, and nothing that is made to end', async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await role.end(signal);
    await role.start();
  }
  expect(role.crashes).toEqual([]);
  role.signal('SIGABRT');
  while (role.crashes.length === 0) await sleep(20);
  expect(role.crashes).toEqual(['worker 1 ended with SIGABRT']);
}, 30_000);
