import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPolledCache, type PolledCache } from '../../src/models/polledCache.ts';
import { until } from '../support/until.ts';

const NEVER_MS = 1_000_000;

let cache: PolledCache<string>;
/** The reads under way, in the order in which they began. */
let reads: { resolve(value: string): void; reject(error: Error): void }[] = [];

function start(intervalMs: number) {
  reads = [];
  cache = createPolledCache({
    initial: 'initial',
    read: () => new Promise<string>((resolve, reject) => reads.push({ resolve, reject })),
    intervalMs,
  });
}

afterEach(() => cache.close());

describe('a refresh', () => {
  it('replaces the initial value', async () => {
    start(NEVER_MS);
    expect([cache.current(), cache.isLoaded()]).toEqual(['initial', false]);
    const refreshed = cache.refresh();
    reads[0]!.resolve('first');
    await refreshed;
    expect([cache.current(), cache.isLoaded()]).toEqual(['first', true]);
  });

  it('starts a read of its own and waits for that', async () => {
    start(NEVER_MS);
    const earlier = cache.refresh();
    let isDone = false;
    const later = cache.refresh().then(() => {
      isDone = true;
    });
    reads[0]!.resolve('before the write');
    await earlier;
    expect([reads.length, isDone]).toEqual([2, false]);
    reads[1]!.resolve('after the write');
    await later;
    expect(cache.current()).toBe('after the write');
  });

  it('never replaces a newer value by an older one', async () => {
    start(NEVER_MS);
    const older = cache.refresh();
    const newer = cache.refresh();
    reads[1]!.resolve('newer');
    await newer;
    reads[0]!.resolve('older');
    await older;
    expect(cache.current()).toBe('newer');
  });

  it('keeps the value and throws when the read fails', async () => {
    start(NEVER_MS);
    const refreshed = cache.refresh();
    reads[0]!.resolve('first');
    await refreshed;
    const failed = cache.refresh();
    reads[1]!.reject(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    expect(cache.current()).toBe('first');
  });

  it('lets an older read count when the newer one fails', async () => {
    start(NEVER_MS);
    const older = cache.refresh();
    const newer = cache.refresh();
    reads[1]!.reject(new Error('away'));
    await expect(newer).rejects.toThrow('away');
    reads[0]!.resolve('older');
    await older;
    expect(cache.current()).toBe('older');
  });
});

it('a polled cache loads once', async () => {
  start(NEVER_MS);
  const loaded = cache.load();
  reads[0]!.resolve('first');
  await loaded;
  await cache.load();
  expect(reads).toHaveLength(1);
});

describe('polling', () => {
  it('reads again and again, one read at a time', async () => {
    start(5);
    await until(() => reads.length === 1, 'a first poll');
    await sleep(50);
    expect(reads).toHaveLength(1);
    reads[0]!.resolve('first');
    await until(() => reads.length === 2, 'a second poll');
    expect(cache.current()).toBe('first');
  });

  it('goes on after a read that fails', async () => {
    start(5);
    await until(() => reads.length === 1, 'a first poll');
    reads[0]!.reject(new Error('away'));
    await until(() => reads.length === 2, 'a second poll');
    reads[1]!.resolve('second');
    await until(() => cache.current() === 'second', 'the second value');
  });

  it('ends when the cache is closed', async () => {
    start(5);
    cache.close();
    await sleep(50);
    expect(reads).toHaveLength(0);
  });
});
