import { setTimeout as sleep } from 'node:timers/promises';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import { findErasure, requestErasure } from '../../src/models/erasure/erasures.ts';
import { type MadeKey, rotateAccessKey } from '../../src/models/keys/keys.ts';
import { saveSettings, settingsOf } from '../../src/models/settings/settings.ts';
import type { Random } from '../support/random.ts';
import type { StoreProxy } from '../support/storeProxy.ts';
import type { Fault } from './fault.ts';
import { importFault } from './importFault.ts';
import { PREFIX, type Role, type System } from './system.ts';

/** Longer than a job's lock, so that other workers take the jobs over. */
const LONGER_THAN_LOCK_MS = 14_000;
const TRAP_PATIENCE_MS = 3_000;
const ERASURE_PATIENCE_MS = 60_000;
const RECOUNT_PATIENCE_MS = 60_000;
const KEY_OVERLAP_MS = 60_000;
/** Slow enough to stay below the limit of failed authentications. */
const KEY_POLL_MS = 2_500;
/** The clients' users with the lowest numbers. */
const ERASED_USERS = 20;

const roleNamed = (system: System, name: string): Role =>
  [...system.apis, ...system.workers].find((role) => role.name === name)!;
const anyOf =
  (kind: 'apis' | 'workers') =>
  (system: System, random: Random): string =>
    random.pick(system[kind]).name;
const anyRole = (system: System, random: Random) => random.pick([...system.apis, ...system.workers]).name;

async function freeze(target: { signal(signal: NodeJS.Signals): void }, ms: number): Promise<string> {
  target.signal('SIGSTOP');
  await sleep(ms);
  target.signal('SIGCONT');
  return `frozen for ${ms} ms`;
}

async function restart(role: Role, signal: 'SIGKILL' | 'SIGTERM', downMs: number): Promise<void> {
  await role.end(signal);
  await sleep(downMs);
  await role.start();
}

/** Arms a trap and waits for it, with a time-out: a quiet moment may pass without a message. */
async function trapped(proxy: StoreProxy, arm: (done: () => void) => void): Promise<boolean> {
  const caught = await new Promise<boolean>((resolve) => {
    arm(() => resolve(true));
    setTimeout(() => resolve(false), TRAP_PATIENCE_MS);
  });
  proxy.disarm();
  return caught;
}

/** The bytes of an insert command that name its collection: a BSON string, whose length includes its last zero. */
const insertInto = (collection: string) =>
  `\x02insert\0${String.fromCharCode(collection.length + 1)}\0\0\0${collection}\0`;

/** Moments in the life of a batch, each marked by a message between worker and store. */
const MOMENTS = [
  { phase: 'before the insert', store: 'mongodb', on: 'trapRequest', text: insertInto('feedback') },
  { phase: 'after the insert', store: 'mongodb', on: 'trapReply', text: insertInto('feedback') },
  { phase: 'before the aggregates', store: 'mongodb', on: 'trapRequest', text: insertInto('aggregates') },
  { phase: 'after the aggregates', store: 'mongodb', on: 'trapReply', text: insertInto('aggregates') },
  { phase: 'before the commit', store: 'mongodb', on: 'trapRequest', text: 'commitTransaction\0' },
  { phase: 'after the commit', store: 'mongodb', on: 'trapReply', text: 'commitTransaction\0' },
  {
    phase: 'before the job is finished',
    store: 'redis',
    on: 'trapRequest',
    text: `${PREFIX}:ingest:completed`,
  },
  { phase: 'after the job is finished', store: 'redis', on: 'trapReply', text: `${PREFIX}:ingest:completed` },
] as const;

/** The network between each role and its stores, and how a fault breaks it. */
const proxyOf = (store: 'redis' | 'mongodb') => ({
  target: (system: System, random: Random) => `${store} of ${anyRole(system, random)}`,
  of: (system: System, target: string) => roleNamed(system, target.slice(store.length + 4)).proxies[store],
});

function cutFault(store: 'redis' | 'mongodb'): Fault {
  const { target, of } = proxyOf(store);
  return {
    target,
    async inject(system, name) {
      of(system, name).cut();
      return 'connections cut';
    },
  };
}

function delayFault(store: 'redis' | 'mongodb'): Fault {
  const { target, of } = proxyOf(store);
  return {
    target,
    async inject(system, name, random) {
      const [delay, ms] = [random.int(50, 800), random.int(1_000, 5_000)];
      of(system, name).setDelay(delay);
      await sleep(ms);
      of(system, name).setDelay(0);
      return `each message ${delay} ms late, for ${ms} ms`;
    },
  };
}

export const FAULTS: Record<string, Fault> = {
  'api-kill': {
    target: anyOf('apis'),
    async inject(system, name, random) {
      await restart(roleNamed(system, name), 'SIGKILL', random.int(0, 1_000));
      return 'killed and started again';
    },
  },
  'api-stop': {
    target: anyOf('apis'),
    async inject(system, name) {
      await restart(roleNamed(system, name), 'SIGTERM', 0);
      return 'stopped and started again';
    },
  },
  'api-freeze': {
    target: anyOf('apis'),
    inject: (system, name, random) => freeze(roleNamed(system, name), random.int(500, 5_000)),
  },
  'worker-kill': {
    target: anyOf('workers'),
    async inject(system, name, random, nth) {
      const role = roleNamed(system, name);
      const { phase, store, on, text } = MOMENTS[nth % MOMENTS.length]!;
      const proxy = role.proxies[store];
      const caught = await trapped(proxy, (done) =>
        proxy[on](text, ({ cut }) => {
          // Kills the process before its connection closes, as in a crash.
          role.signal('SIGKILL');
          cut();
          done();
        }),
      );
      await restart(role, 'SIGKILL', random.int(0, 1_000));
      return `killed ${caught ? phase : 'in a quiet moment'} and started again`;
    },
  },
  'worker-stop': {
    target: anyOf('workers'),
    async inject(system, name) {
      await restart(roleNamed(system, name), 'SIGTERM', 0);
      return 'stopped and started again';
    },
  },
  'worker-freeze': {
    target: anyOf('workers'),
    inject: (system, name, random) => freeze(roleNamed(system, name), random.int(500, 5_000)),
  },
  // Another worker does its jobs meanwhile; after the thaw it continues where it was.
  'worker-zombie': {
    target: anyOf('workers'),
    async inject(system, name) {
      const role = roleNamed(system, name);
      const proxy = role.proxies.mongodb;
      await trapped(proxy, (done) =>
        proxy.trapRequest('commitTransaction\0', ({ forward }) => {
          role.signal('SIGSTOP');
          forward();
          done();
        }),
      );
      return `in mid-batch ${await freeze(role, LONGER_THAN_LOCK_MS)}`;
    },
  },
  'clock-jump': {
    target: anyRole,
    async inject(system, name, random) {
      const ms = random.int(1_000, 4_000);
      roleNamed(system, name).signal('SIGUSR2');
      await sleep(ms);
      roleNamed(system, name).signal('SIGUSR2');
      return `two hours off for ${ms} ms`;
    },
  },
  'redis-kill': {
    target: () => 'redis',
    async inject({ redis, connection }) {
      redis.kill('SIGKILL');
      await untilBack(() => connection.ping());
      return 'killed and started again';
    },
  },
  'redis-freeze': {
    target: () => 'redis',
    inject: ({ redis }, _name, random) => freeze({ signal: redis.kill }, random.int(500, 6_000)),
  },
  'redis-full': {
    target: () => 'redis',
    async inject({ connection }, _name, random) {
      const ms = random.int(500, 4_000);
      await connection.config('SET', 'maxmemory', '1mb');
      await sleep(ms);
      await connection.config('SET', 'maxmemory', '0');
      return `takes no writes for ${ms} ms`;
    },
  },
  'redis-cut': cutFault('redis'),
  'redis-slow': delayFault('redis'),
  'mongod-kill': {
    target: () => 'mongod',
    async inject({ mongodb, models }) {
      mongodb.kill('SIGKILL');
      await untilBack(() => models.connection.db!.command({ ping: 1 }));
      return 'killed and started again';
    },
  },
  'mongod-freeze': {
    target: () => 'mongod',
    inject: ({ mongodb }, _name, random) => freeze({ signal: mongodb.kill }, random.int(500, 6_000)),
  },
  'mongod-stepdown': {
    target: () => 'mongod',
    async inject({ models }) {
      const admin = models.connection.db!.admin();
      await admin.command({ replSetStepDown: 2, force: true }).catch(() => {});
      await untilBack(async () => {
        if (!(await admin.command({ hello: 1 })).isWritablePrimary) throw new Error('not yet');
      });
      return 'stepped down for 2 s';
    },
  },
  'mongodb-cut': cutFault('mongodb'),
  'mongodb-slow': delayFault('mongodb'),
  // Not faults, but operations that must work during all of them.
  erasure: {
    target: (_system, random) => `user-${random.int(1, ERASED_USERS)}`,
    async inject(system, userId) {
      const { models, erasures, erasedUsers } = system;
      erasedUsers.add(userId);
      // Clocks jump by two hours, so the erasure covers that much of the future.
      const until = new Date(Date.now() + 5 * 3_600_000);
      const subject = { what: 'user', id: userId, orgId: null } as const;
      let id: string | undefined;
      await untilBack(async () => {
        id ??= (await requestErasure(models, subject, COMMAND_LINE, until))._id;
        await erasures.request(id);
      });
      const isDone = async () => (await findErasure(models, id!).catch(() => null))?.finishedAt ?? null;
      const started = Date.now();
      while ((await isDone()) === null && Date.now() - started < ERASURE_PATIENCE_MS) await sleep(100);
      const found = await findErasure(models, id!).catch(() => null);
      return `erased, ${found?.removed.feedback} feedback in ${Date.now() - started} ms`;
    },
  },
  import: importFault,
  'key-rotation': {
    target: () => 'the clients’ key',
    async inject(system) {
      const { models, clientKey, apis } = system;
      const started = Date.now();
      let next: MadeKey | undefined;
      await untilBack(async () => {
        next ??= await rotateAccessKey(models, { id: clientKey.id, overlapMs: KEY_OVERLAP_MS });
      });
      // Rotates as an operator does: the new key is used after every API knows it.
      for (const { apiUrl } of apis)
        while (!(await isKnown(apiUrl, next!.key)) && Date.now() - started < KEY_OVERLAP_MS) await sleep(KEY_POLL_MS);
      system.clientKey = { id: next!.stored._id, key: next!.key };
      return `followed by another after ${Date.now() - started} ms`;
    },
  },
  'zone-change': {
    target: (_system, random) => `org-${random.int(0, 19)}`,
    async inject({ models }, orgId, random) {
      const timeZone = random.pick(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'UTC']);
      await untilBack(async () => {
        const { version: edited, redaction, retention } = await settingsOf(models, orgId);
        await saveSettings(models, { orgId, edited, redaction, retention, timeZone, actor: COMMAND_LINE });
      });
      const started = Date.now();
      const isDone = async () => (await settingsOf(models, orgId).catch(() => null))?.dayRecount === null;
      while (!(await isDone()) && Date.now() - started < RECOUNT_PATIENCE_MS) await sleep(100);
      return `has the days of ${timeZone} after ${Date.now() - started} ms`;
    },
  },
  // The commit took effect, but the worker doesn't learn of it.
  'commit-reply-lost': {
    target: (system, random) => `mongodb of ${random.pick(system.workers).name}`,
    async inject(system, name) {
      const proxy = proxyOf('mongodb').of(system, name);
      const caught = await trapped(proxy, (done) =>
        proxy.trapReply('commitTransaction\0', ({ cut }) => {
          cut();
          done();
        }),
      );
      return caught ? 'lost' : 'nothing was committed';
    },
  },
};

/** Whether an API accepts a key, found out by sending a body that it refuses. */
async function isKnown(apiUrl: string, key: string): Promise<boolean> {
  const answer = await fetch(`${apiUrl}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(1_000),
  }).catch(() => undefined);
  return answer?.status === 400;
}

async function untilBack(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const answered = await Promise.race([
      ask().then(
        () => true,
        () => false,
      ),
      sleep(1_000, false),
    ]);
    if (answered) return;
    await sleep(50);
  }
}
