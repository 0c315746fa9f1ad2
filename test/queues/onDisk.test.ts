import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores, type OwnStores, ownStores } from '../support/stores/stores.ts';

/** A crash of a process does not lose what the kernel has, so only the system calls tell whether it is on disk. */
const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) process.stderr.write('strace is not installed: the order of writes and syncs is not tested\n');

const COUNT = 40;
const WRITE = /^(?:write|writev)\(\d+<[^>]*appendonly[^>]*\.aof>/;
const SYNCED = /^(?:fdatasync|fsync)\(\d+<[^>]*appendonly[^>]*\.aof>\)\s+= 0/;
const ANSWER = /^(?:write|writev|sendmsg|sendto)\(\d+<(?:TCP|socket)/;

(hasStrace ? describe : describe.skip)('a 202', () => {
  let stores: OwnStores;
  let running: TestService;

  beforeAll(async () => {
    stores = await ownStores();
    running = await startTestService({ ...isolatedStores(), redisUrl: stores.redis.url });
  }, 60_000);
  afterAll(async () => {
    await running?.stop();
    await stores.stop();
  }, 30_000);

  it('comes after Redis has synced the record to disk', async () => {
    for (const call of await callsAfterWrites('always')) expect(call).toMatch(SYNCED);
  }, 30_000);

  it('comes before that if Redis syncs every second (`everysec`)', async () => {
    expect(await callsAfterWrites('everysec')).toContainEqual(expect.stringMatching(ANSWER));
  }, 30_000);

  /** For each feedback posted, what Redis does after it wrote the record: its next sync, or its next answer. */
  async function callsAfterWrites(appendfsync: string): Promise<string[]> {
    const connection = new Redis(stores.redis.url);
    await connection.config('SET', 'appendfsync', appendfsync);
    connection.disconnect();
    const file = join(stores.dataDir, `${appendfsync}.txt`);
    const strace = spawn(
      'strace',
      [
        ...['-f', '-yy', '-s', '1000000', '-o', file, '-p', String(stores.redis.pid)],
        ...['-e', 'trace=write,writev,sendmsg,sendto,fsync,fdatasync'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await once(strace.stderr, 'data');
    const ids = Array.from({ length: COUNT }, (_, n) => `${appendfsync}-${n}-`);
    const post = (id: string) => running.call('POST', '/v1/feedback', { body: { id, overallRating: 5 } });
    const answers = [];
    for (const id of ids.slice(0, COUNT / 2)) answers.push(await post(id));
    answers.push(...(await Promise.all(ids.slice(COUNT / 2).map(post))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    await sleep(200);
    strace.kill('SIGINT');
    await once(strace, 'exit');

    const calls = (await readFile(file, 'utf8')).split('\n').map((line) => line.replace(/^\d+\s+/, ''));
    return ids.map((id) => {
      const written = calls.findIndex((call) => WRITE.test(call) && call.includes(id));
      expect(written).toBeGreaterThanOrEqual(0);
      return calls.slice(written + 1).find((call) => SYNCED.test(call) || ANSWER.test(call)) ?? 'nothing';
    });
  }
});
