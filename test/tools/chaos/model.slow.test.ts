import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { publicId } from '../../../src/models/feedback/feedbackDocument.ts';
import { KEY, type Role, type System, startSystem } from '../../../tools/chaos/system.ts';
import type { RestartingStore } from '../../../tools/support/restartingStore.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';

/** Sequences to try. A nightly run sets `MODEL_RUNS=150 MODEL_COMMANDS=80`. */
const RUNS = Number(process.env.MODEL_RUNS ?? 2);
/** Whether there is time to shrink a failing sequence. */
const IS_LONG = process.env.MODEL_RUNS !== undefined;
const COMMANDS = Number(process.env.MODEL_COMMANDS ?? 25);
/** Max wait until all jobs are done: one of a lost worker takes up to 30 s, and more if a store is lost, too. */
const PATIENCE_MS = 110_000;

/** Ids of feedback that clients know as accepted, and of feedback without an answer. */
interface Known {
  accepted: Set<string>;
  unsure: Set<string>;
}

type Command = fc.AsyncCommand<Known, System>;
let run = 0;
let system: System;

beforeAll(async () => {
  system = await startSystem({ apis: 2, workers: 2, dist: resolve('dist') });
}, 60_000);
afterAll(() => system?.stop(), 60_000);

/** Makes a feedback from its id, so that every repeat is the same. */
function feedbackOf(n: number) {
  return {
    id: `run-${run}-${n}`,
    orgId: `org-${n % 3}`,
    userId: `user-${n % 5}`,
    ...(n % 2 === 0 && { sessionId: `session-${n % 4}` }),
    overallRating: 1 + (n % 5),
    easeOfUse: `choice ${n % 7}`,
    improvements: n % 3 === 0 ? 'The coach is great, but the pages are slow' : 'Reminders, please',
  };
}

const command = (title: string, run: Command['run']): Command => ({
  check: () => true,
  run,
  toString: () => title,
});

const postTo = (api: number, numbers: number[]) =>
  command(`post ${numbers} to API ${api}`, async (known, { apis }) => {
    const feedback = numbers.map(feedbackOf);
    const status = await fetch(`${apis[api]!.apiUrl}/v1/feedback/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ feedback }),
      signal: AbortSignal.timeout(10_000),
    }).then(
      (response) => response.status,
      () => 0,
    );
    for (const { id } of feedback) known[status === 202 ? 'accepted' : 'unsure'].add(id);
    expect([0, 202, 503]).toContain(status);
  });

/** Waits until all jobs are done, then compares the stored feedback with what clients know and with the aggregates. */
async function settle(known: Known, { workers, ingest, models }: System): Promise<void> {
  for (const worker of workers) worker.signal('SIGCONT');
  const until = Date.now() + PATIENCE_MS;
  for (let still = 0; still < 3; await sleep(50)) {
    // Asks both stores, so that both have answered again.
    const left = await Promise.all([ingest.countJobs(), models.feedback.estimatedDocumentCount()]).then(
      ([jobs]) => jobs,
      () => 1,
    );
    still = left === 0 ? still + 1 : 0;
    if (Date.now() > until) throw new Error(`${left} jobs are never done`);
  }
  const stored = new Set((await models.feedback.find({}, { _id: 1 }).lean()).map(({ _id }) => publicId(_id)));
  expect([...known.accepted].filter((id) => !stored.has(id))).toEqual([]);
  const ofThisRun = [...stored].filter((id) => id.startsWith(`run-${run}-`));
  expect(ofThisRun.filter((id) => !known.accepted.has(id) && !known.unsure.has(id))).toEqual([]);
  expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
}

/** Kills a store, unless a kill before this one still keeps it away. */
function killIfThere(store: RestartingStore): void {
  try {
    store.kill('SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function restart(role: Role): Promise<void> {
  await role.end('SIGKILL');
  await role.start();
}

const which = fc.constantFrom(0, 1);
const post = fc
  .tuple(which, fc.array(fc.nat(60), { minLength: 1, maxLength: 20 }))
  .map(([api, numbers]) => postTo(api, numbers));
/** A command that changes nothing in what clients know. */
const happens = (title: string, happen: (system: System) => void) =>
  fc.constant(command(title, async (_known, real) => happen(real)));
const happensToOne = (title: string, happen: (system: System, n: number) => unknown) =>
  which.map((n) =>
    command(`${title} ${n}`, async (_known, real) => {
      await happen(real, n);
    }),
  );
const commands = [
  // Posts make up half of all commands.
  ...Array.from({ length: 7 }, () => post),
  happensToOne('kill API', ({ apis }, n) => restart(apis[n]!)),
  happensToOne('kill worker', ({ workers }, n) => restart(workers[n]!)),
  happensToOne('freeze worker', ({ workers }, n) => workers[n]!.signal('SIGSTOP')),
  happensToOne('thaw worker', ({ workers }, n) => workers[n]!.signal('SIGCONT')),
  happensToOne('cut MongoDB off worker', ({ workers }, n) => workers[n]!.proxies.mongodb.cut()),
  happensToOne('cut Redis off API', ({ apis }, n) => apis[n]!.proxies.redis.cut()),
  happens('kill Redis', ({ redis }) => killIfThere(redis)),
  happens('kill mongod', ({ mongodb }) => killIfThere(mongodb)),
  fc.constant(command('settle', settle)),
];

describe('the service', () => {
  it(
    'stores what it accepted and counts it once, whatever fails in whatever order',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(commands, { maxCommands: COMMANDS, size: 'max' }), async (sequence) => {
          run++;
          const known: Known = { accepted: new Set(), unsure: new Set() };
          try {
            await fc.asyncModelRun(() => ({ model: known, real: system }), sequence);
          } finally {
            for (const worker of system.workers) worker.signal('SIGCONT');
          }
          await settle(known, system);
        }),
        {
          numRuns: RUNS,
          endOnFailure: !IS_LONG,
          // Shrinking ends in time to report the failure.
          interruptAfterTimeLimit: RUNS * 240_000,
          markInterruptAsFailure: true,
        },
      );
    },
    RUNS * 240_000 + PATIENCE_MS,
  );
});
