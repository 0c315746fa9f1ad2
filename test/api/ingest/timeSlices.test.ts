import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createTimeSlicer } from '../../../src/api/ingest/timeSlices.ts';
import { work } from '../../support/work.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('are free as long as little has been done in this one', async () => {
    const turns = createTimeSlicer({ turnMs: 10_000 });
    let done = 0;
    for (let n = 0; n < 10; n++) void turns.acquire(false).then(() => done++);
    await Promise.resolve();
    await Promise.resolve();
    expect(done).toBe(10);
  });

  it('leave a turn of the event loop between two works that wait, first those that go first, in order', async () => {
    const turns = createTimeSlicer();
    await turns.acquire(true);
    work(5);
    const done: string[] = [];
    for (const name of ['b 1', 'b 2', 'a 1', 'a 2'])
      void turns.acquire(name.startsWith('a')).then(() => {
        done.push(name);
        work(5);
      });
    expect(turns.lowPriorityWaiting()).toBe(2);
    const seen: number[] = [];
    while (done.length < 4) {
      await nextTurn();
      seen.push(done.length);
    }
    expect(done).toEqual(['a 1', 'a 2', 'b 1', 'b 2']);
    // Of those turns, none has more than one in it.
    expect(seen.every((count, n) => count - (seen[n - 1] ?? 0) <= 1)).toBe(true);
    expect(turns.lowPriorityWaiting()).toBe(0);
  });

  it('are free again when all is done', async () => {
    const turns = createTimeSlicer();
    await turns.acquire(true);
    work(5);
    await turns.acquire(true);
    await nextTurn();
    await nextTurn();
    let isDone = false;
    void turns.acquire(false).then(() => {
      isDone = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(isDone).toBe(true);
  });

  it('let what is not first rest for twice as long as it took, while something first comes', async () => {
    const turns = createTimeSlicer();
    turns.notePriorityWork();
    await turns.acquire(false);
    work(20);
    const from = performance.now();
    const done: string[] = [];
    const rested = [1, 2].map((n) => turns.acquire(false).then(() => done.push(`other ${n}`)));
    await nextTurn();
    await nextTurn();
    await turns.acquire(true).then(() => done.push('first'));
    await Promise.all(rested);
    expect(done).toEqual(['first', 'other 1', 'other 2']);
    expect(performance.now() - from).toBeGreaterThan(38);
  });

  it('need no rest when nothing first has come for a while', async () => {
    const turns = createTimeSlicer({ lullMs: 5, rest: 1_000 });
    await turns.acquire(true);
    await sleep(10);
    let done = 0;
    for (let n = 0; n < 4; n++)
      void turns.acquire(false).then(() => {
        done++;
        work(5);
      });
    for (let n = 0; n < 10; n++) await nextTurn();
    expect(done).toBe(4);
  });
});
