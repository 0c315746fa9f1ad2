import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { pingDatabase } from '../../src/models/database.ts';
import { testModels } from '../support/stores/models.ts';
import { work } from '../support/work.ts';

const models = testModels();

it('MongoDB counts as up if its answer waits while the process itself has no CPU time', async () => {
  expect(await pingDatabase(models)).toBe(true);
  // The command is sent within some turns of the event loop; its answer cannot be read until the work is done.
  for (const turns of [1, 3, 6]) {
    const pinging = pingDatabase(models);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    work(1_500);
    expect([turns, await pinging]).toEqual([turns, true]);
  }
});
