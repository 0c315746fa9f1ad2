import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createTimeSlicer } from '../../../src/api/ingest/timeSlices.ts';
import { work } from '../../support/work.ts';

const nextIteration = () => new Promise((resolve) => setImmediate(resolve));

describe('time slices', () => {
  it('are free while little has been done in this iteration', async () => {
    const slicer = createTimeSlicer({ sliceMs: 10_000 });
    let done = 0;
    for (let n = 0; n < 10; n++) void slicer.acquire(false).then(() => done++);
    await Promise.resolve();
    await Promise.resolve();
    expect(done).toBe(10);
  });

  it('leave an iteration of the event loop between two waiters, those with priority first, in order', async () => {
    const slicer = createTimeSlicer();
    await slicer.acquire(true);
    work(5);
    const done: string[] = [];
    for (const name of ['b 1', 'b 2', 'a 1', 'a 2'])
      void slicer.acquire(name.startsWith('a')).then(() => {
        done.push(name);
        work(5);
      });
    expect(slicer.lowPriorityWaiting()).toBe(2);
    const seen: number[] = [];
    while (done.length < 4) {
      await nextIteration();
      seen.push(done.length);
    }
    expect(done).toEqual(['a 1', 'a 2', 'b 1', 'b 2']);
    // No iteration has more than one of them.
    expect(seen.every((count, n) => count - (seen[n - 1] ?? 0) <= 1)).toBe(true);
    expect(slicer.lowPriorityWaiting()).toBe(0);
  });

  it('are free again after all work is done', async () => {
    const slicer = createTimeSlicer();
    await slicer.acquire(true);
    work(5);
    await slicer.acquire(true);
    await nextIteration();
    await nextIteration();
    let isDone = false;
    void slicer.acquire(false).then(() => {
      isDone = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(isDone).toBe(true);
  });

  it('idle for twice as long as low-priority work took, while priority work comes', async () => {
    const slicer = createTimeSlicer();
    slicer.notePriorityWork();
    await slicer.acquire(false);
    work(20);
    const from = performance.now();
    const done: string[] = [];
    const idled = [1, 2].map((n) => slicer.acquire(false).then(() => done.push(`other ${n}`)));
    await nextIteration();
    await nextIteration();
    await slicer.acquire(true).then(() => done.push('first'));
    await Promise.all(idled);
    expect(done).toEqual(['first', 'other 1', 'other 2']);
    expect(performance.now() - from).toBeGreaterThan(38);
  });

  it('do not idle after a while without priority work', async () => {
    const slicer = createTimeSlicer({ quietMs: 5, idleFactor: 1_000 });
    await slicer.acquire(true);
    await sleep(10);
    let done = 0;
    for (let n = 0; n < 4; n++)
      void slicer.acquire(false).then(() => {
        done++;
        work(5);
      });
    for (let n = 0; n < 10; n++) await nextIteration();
    expect(done).toBe(4);
  });
});
