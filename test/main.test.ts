import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeDatabase, openDatabase } from '../src/models/database.ts';
import { isAlive } from '../src/stores/embedded/processIdentity.ts';
import { startProxy } from '../tools/support/storeProxy.ts';
import { runMain } from './support/runMain.ts';
import { spawnScript } from './support/spawnScript.ts';
import { openQueues } from './support/stores/queues.ts';
import { isolatedStores } from './support/stores/stores.ts';
import { until } from './support/until.ts';

type Main = ReturnType<typeof spawnScript>;

const FIRST_LINK = /^ {2}http:\/\/127\.0\.0\.1:\d+\/welcome\?token=[\w-]{43}$/m;

let env: Record<string, string>;
let main: Main;
const started: Main[] = [];
let printed = '';
let apiUrl: string;

function startMain(more: Record<string, string> = {}): Main {
  printed = '';
  const child = spawnScript('src/main.ts', [], { ...env, ...more });
  child.stdout.on('data', (text: string) => {
    printed += text;
  });
  started.push(child);
  return child;
}

const mongodbUri = async () => (await main.line(/^MongoDB/)).split(/\s+/)[1] ?? '';
const endOf = (child: Main) => new Promise((resolve) => child.on('exit', (code) => resolve(code)));
const storePids = () =>
  Promise.all(
    ['redis.pid', 'mongodb.pid'].map(async (file) =>
      Number.parseInt(await readFile(join(env.DATA_DIR ?? '', file), 'utf8'), 10),
    ),
  );
const keyNamed = (scope: string) => new RegExp(`^ +${scope} +(\\S+)$`, 'm').exec(printed)?.[1] ?? '';

function call(path: string, key: string, body?: unknown): Promise<Response> {
  return fetch(`${apiUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** A second or two, and more on a busy machine. */
const SOON_MS = 10_000;

/** Asks until the answer is as it should be, and returns that answer. */
async function answered<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, reason: string): Promise<T> {
  let answer: T | undefined;
  await until(
    async () => {
      answer = await ask();
      return isRight(answer);
    },
    reason,
    SOON_MS,
  );
  return answer as T;
}
const withStatus = (ask: () => Promise<Response>, status: number) =>
  answered(ask, (answer) => answer.status === status, `the answer is ${status}`);

beforeAll(async () => {
  env = {
    DATA_DIR: await mkdtemp(join(tmpdir(), 'feedback-main-')),
    CACHE_DIR: './.cache/stores',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    // A new key is a wrong one until the service knows it, and is tried many times a second here.
    AUTH_FAILURES_PER_MINUTE: '100000',
  };
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = endOf(child);
    child.kill('SIGTERM');
    await ended;
  }
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true });
});

describe('the command line', () => {
  it('names every command in its help', async () => {
    const { code, stdout } = await runMain(['--help'], env);
    expect(code).toBe(0);
    for (const command of ['all', 'api', 'worker', 'keys', 'dead-letter'])
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
  });

  it('names all wrong settings at once, and exits 1', async () => {
    const wrong = { PORT: 'x', LOG_LEVEL: 'loud', BOOTSTRAP_READ_KEY: 'short' };
    const { code, stdout, stderr } = await runMain([], { ...env, ...wrong });
    expect([code, stdout]).toEqual([1, '']);
    for (const name of Object.keys(wrong)) expect(stderr).toContain(`  ${name}: `);
  });
});

describe('on external stores', () => {
  it('names a port that is taken, closes everything and ends', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { redisUrl, mongodbUri, prefix } = isolatedStores();
    const given = { ...env, REDIS_URL: redisUrl, MONGODB_URI: mongodbUri, QUEUE_PREFIX: prefix };
    const ended = await runMain([], { ...given, PORT: String(port) });
    taken.close();
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Port ${port} is taken. Set PORT`),
    });
  });

  it('keeps running when MongoDB is cut off after the start, and then shows the first link and keys', async () => {
    const { redisUrl, mongodbUri, prefix } = isolatedStores();
    const uri = new URL(mongodbUri);
    const proxy = await startProxy({ host: uri.hostname, port: Number(uri.port) });
    uri.port = String(proxy.port);
    uri.searchParams.set('directConnection', 'true');
    // Four cuts: the query for people, its retry by the driver, and both again.
    let cuts = 0;
    for (let n = 0; n < 4; n++)
      proxy.trapRequest('find\0\x07\0\0\0people\0', ({ cut }) => {
        cuts++;
        cut();
      });
    main = startMain({ REDIS_URL: redisUrl, MONGODB_URI: uri.href, QUEUE_PREFIX: prefix });
    apiUrl = (await main.line(/^API/)).split(/\s+/)[1] ?? '';
    await main.line(/\/v1\/orgs\/acme\/summary/);
    expect(cuts).toBe(4);
    expect(printed.match(/welcome/g)).toHaveLength(1);
    expect((await call('/v1/feedback', keyNamed('ingest'), { orgId: 'acme', overallRating: 4 })).status).toBe(202);
    const ended = endOf(main);
    main.kill('SIGTERM');
    expect(await ended).toBe(0);
    await proxy.close();
  }, 60_000);
});

describe('npm start', () => {
  let ingestKey: string;
  let readKey: string;

  it('prints stores, keys and calls that work as they are printed', async () => {
    main = startMain();
    apiUrl = (await main.line(/^API/)).split(/\s+/)[1] ?? '';
    await main.line(/\/v1\/orgs\/acme\/summary/);
    expect(printed).toMatch(/^Redis +redis:\/\/\S+ \(started for you\)$/m);
    expect(printed).toMatch(/^MongoDB +mongodb:\/\/\S+ \(started for you\)$/m);
    expect(printed).toContain('Keys, shown only now');
    expect(printed).toMatch(FIRST_LINK);
    [ingestKey, readKey] = [keyNamed('ingest'), keyNamed('read')];

    const [send = '', read = ''] = printed.match(/^ {2}curl(.*\\\n)*.*$/gm) ?? [];
    const run = async (line: string) =>
      JSON.parse((await promisify(execFile)('bash', ['-c', line])).stdout) as Record<string, unknown>;
    expect(await run(send)).toMatchObject({ status: 'accepted' });
    const summary = await answered(
      () => run(read),
      ({ count }) => count === 1,
      'the feedback is counted',
    );
    expect(summary).toMatchObject({ count: 1, ratings: { overallRating: { mean: 4 } } });
  }, 60_000);

  it('accepts a created key soon, for its org only, and refuses it soon after it is revoked', async () => {
    const made = await runMain(['keys', 'create', '--scope', 'ingest', '--org', 'acme', '--name', 'a b'], env);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\w+ {2}\S+\n$/) });
    const [id = '', key = ''] = made.stdout.trim().split('  ');
    const send = (orgId?: string) => call('/v1/feedback', key, { id: 'mine', orgId, overallRating: 2 });
    await withStatus(() => send(), 202);
    expect((await send('globex')).status).toBe(403);
    const stored = await withStatus(() => call('/v1/feedback/mine?orgId=acme', readKey), 200);
    expect(await stored.json()).toMatchObject({ id: 'mine', orgId: 'acme' });

    const [listed, revoked] = await Promise.all([runMain(['keys', 'list'], env), runMain(['keys', 'revoke', id], env)]);
    expect(listed.stdout).toContain(id);
    expect(listed.stdout).not.toContain(key);
    expect(revoked).toMatchObject({ code: 0, stdout: `revoked ${id}\n` });
    await withStatus(() => send(), 401);
    const [again, wrong] = await Promise.all([
      runMain(['keys', 'revoke', id], env),
      runMain(['keys', 'create', '--scope', 'write'], env),
    ]);
    expect([again.code, wrong.code]).toEqual([1, 1]);
    expect(again.stderr).toContain(`there is no valid key ${id}`);
  }, 60_000);

  it('lists, shows, replays and discards a dead letter, a record that cannot be stored', async () => {
    const redisUrl = (await main.line(/^Redis/)).split(/\s+/)[1] ?? '';
    const queues = openQueues({ redisUrl, prefix: 'feedback' });
    await queues.ingest.queue.waitUntilReady();
    await queues.ingest.send([
      {
        priority: 0,
        feedback: [{ id: 'poison', overallRating: 'five', createdAt: 1, acceptedAt: 1 } as never],
      },
    ]);
    const list = () => runMain(['dead-letter', 'list'], env);
    const isListed = (answer: { stdout: string }) => answer.stdout.includes('1 of 1');
    const { stdout } = await answered(list, isListed, 'the record is listed');
    const [, id = ''] = /^(letter-\w+) {2}.*overallRating/m.exec(stdout) ?? [];
    const shown = await runMain(['dead-letter', 'show', id], env);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id, record: { id: 'poison', overallRating: 'five' } });

    // The record is still invalid, so it becomes a dead letter again, under a new id.
    expect((await runMain(['dead-letter', 'replay', id], env)).stdout).toBe(`replayed ${id}\n`);
    const after = await answered(list, isListed, 'the record is listed again');
    const [, next = ''] = /^(letter-\w+)/m.exec(after.stdout) ?? [];
    expect(next).not.toBe(id);
    expect((await runMain(['dead-letter', 'discard', next], env)).stdout).toBe(`discarded ${next}\n`);
    const [emptied, gone] = await Promise.all([list(), runMain(['dead-letter', 'show', next], env)]);
    expect(emptied.stdout).toBe('0 of 0\n');
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`there is no dead letter ${next}`),
    });
    await queues.close();
  }, 60_000);

  it('verifies that every aggregate is right, and names one that is not', async () => {
    const right = await runMain(['verify'], env);
    expect(right).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[1-9].* 0 differences\n$/) });
    const models = openDatabase({ uri: await mongodbUri(), appName: 'tests', poolSize: 1 });
    await models.connection.asPromise();
    const ofAcme = { _id: /^org acme / };
    await models.aggregates.updateOne(ofAcme, { $inc: { n: 1 } });
    const wrong = await runMain(['verify'], env);
    expect(wrong).toMatchObject({
      code: 1,
      // The changed part belongs to both: the org, and its day.
      stdout: expect.stringMatching(/^differs {2}org acme\ndiffers {2}org-day acme \S+\n.* 2 diff/),
    });
    await models.aggregates.updateOne(ofAcme, { $inc: { n: -1 } });
    await closeDatabase(models);
  }, 60_000);

  it('ends with 0 on SIGINT and leaves no store running', async () => {
    const pids = await storePids();
    expect(pids.map(isAlive)).toEqual([true, true]);
    const ended = endOf(main);
    main.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it('shows no keys and still has the feedback if it is started again', async () => {
    main = startMain();
    apiUrl = (await main.line(/^API/)).split(/\s+/)[1] ?? '';
    const answer = await call('/v1/orgs/acme/summary', readKey);
    expect(await answer.json()).toMatchObject({ count: 2 });
    expect(printed).not.toContain('Keys, shown only now');
    // The first link has not been used.
    expect(await main.line(FIRST_LINK)).toContain(apiUrl);
    expect((await call('/v1/feedback', ingestKey, { overallRating: 1 })).status).toBe(202);
  });

  it('ends with 1 when Redis is killed, says so, and leaves no store behind', async () => {
    const [redisPid = 0, mongodPid = 0] = await storePids();
    const ended = endOf(main);
    let stderr = '';
    main.stderr.on('data', (text: string) => {
      stderr += text;
    });
    process.kill(redisPid, 'SIGKILL');
    expect(await ended).toBe(1);
    expect(stderr).toMatch(/^Redis ended with exit code 137\. Its log: .*redis\.log\n.*accepted feedback is kept/m);
    expect([redisPid, mongodPid].map(isAlive)).toEqual([false, false]);
    main = startMain();
    apiUrl = (await main.line(/^API/)).split(/\s+/)[1] ?? '';
    const answer = await answered(
      async () => (await call('/v1/orgs/acme/summary', readKey)).json() as Promise<{ count?: number }>,
      ({ count }) => count === 2,
      'both feedback are counted',
    );
    expect(answer.count).toBe(2);
  }, 60_000);

  it('ends at once with 130 on a second SIGINT, and still leaves no store behind', async () => {
    const pids = await storePids();
    const ended = endOf(main);
    main.kill('SIGINT');
    await main.line(/^SIGINT/);
    main.kill('SIGINT');
    expect(await ended).toBe(130);
    await until(() => !pids.some(isAlive), 'both stores have ended', 9_000);
  });
});
