import { describe, expect, it } from '@jest/globals';
import {
  createBatchScheduler,
  type MaxBatch,
  type Pacing,
} from '../../../src/worker/ingest/batchScheduler.ts';
import { until } from '../../support/until.ts';

/** Long enough for the scheduler to start every batch that may start. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

/** A scheduler whose writes are ended by the test. */
function heldWriters(
  count: number,
  maxBatch: MaxBatch,
  pacing: Pacing = { minIntervalMs: 0, fullJobs: 100 },
) {
  const writes: { items: string[]; done(): void; fail(error: Error): void }[] = [];
  const write = (items: string[]) =>
    new Promise<void>((done, fail) => {
      writes.push({ items, done, fail });
    });
  return { scheduler: createBatchScheduler({ writers: Array(count).fill(write), maxBatch, pacing }), writes };
}

const heldWriter = (withinShare: number) =>
  heldWriters(1, { withinShare, overflow: 1, overflowWhileBusy: 1 });

describe('the batch scheduler', () => {
  it('writes waiting jobs together, oldest first, up to the limit', async () => {
    const { scheduler, writes } = heldWriter(3);
    for (const one of ['a', 'b', 'c', 'd']) void scheduler.enqueue([one], 0);
    await turn();
    writes[0]?.done();
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('writes the lowest priority number first, priority 0 alone, and overflow in smaller batches', async () => {
    const { scheduler, writes } = heldWriter(2);
    void scheduler.enqueue(['first'], 5);
    await turn();
    void scheduler.enqueue(['flood 1'], 3);
    void scheduler.enqueue(['flood 2'], 3);
    void scheduler.enqueue(['more'], 1);
    void scheduler.enqueue(['prompt 1'], 0);
    void scheduler.enqueue(['prompt 2'], 0);
    for (const n of [0, 1, 2, 3]) {
      writes[n]?.done();
      await turn();
    }
    expect(writes.slice(1).map(({ items }) => items)).toEqual([
      ['prompt 1', 'prompt 2'],
      ['more'],
      ['flood 1'],
      ['flood 2'],
    ]);
  });

  it('rejects the jobs of a failed write, and no others', async () => {
    const { scheduler, writes } = heldWriter(1);
    const ended = Promise.allSettled([scheduler.enqueue(['a'], 0), scheduler.enqueue(['b'], 0)]);
    await turn();
    writes[0]?.fail(new Error('away'));
    await turn();
    writes[1]?.done();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('writes overflow in large batches, in every writer, while no priority 0 arrives', async () => {
    const { scheduler, writes } = heldWriters(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void scheduler.enqueue(['a', 'b', 'c', 'd', 'e', 'f'], 1);
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('writes no overflow beside priority 0, and little after it', async () => {
    const { scheduler, writes } = heldWriters(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void scheduler.enqueue(['prompt 1'], 0);
    await turn();
    const ended = scheduler.enqueue(['a', 'b', 'c', 'd'], 1);
    void scheduler.enqueue(['prompt 2'], 0);
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['prompt 1'], ['prompt 2']]);
    writes[0]?.done();
    await turn();
    expect(writes).toHaveLength(2);
    writes[1]?.done();
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b']]);
    void scheduler.enqueue(['prompt 3'], 0);
    await turn();
    expect(writes[3]?.items).toEqual(['prompt 3']);
    for (const n of [2, 3, 4]) {
      writes[n]?.done();
      await turn();
    }
    await ended;
    expect(writes[4]?.items).toEqual(['c', 'd']);
  });

  it('paces priority 0 until a batch is full by items or by jobs, and writes overflow meanwhile', async () => {
    const { scheduler, writes } = heldWriters(
      2,
      { withinShare: 4, overflow: 4, overflowWhileBusy: 4 },
      { minIntervalMs: 60_000, fullJobs: 3 },
    );
    void scheduler.enqueue(['now and then'], 0);
    await turn();
    writes[0]?.done();
    void scheduler.enqueue(['a', 'b'], 0);
    void scheduler.enqueue(['flood'], 1);
    await turn();
    expect(writes.slice(1).map(({ items }) => items)).toEqual([['flood']]);
    void scheduler.enqueue(['c', 'd'], 0);
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b', 'c', 'd']]);
    writes[1]?.done();
    writes[2]?.done();
    for (const one of ['e', 'f']) void scheduler.enqueue([one], 0);
    await turn();
    expect(writes).toHaveLength(3);
    void scheduler.enqueue(['g'], 0);
    await turn();
    expect(writes.slice(3).map(({ items }) => items)).toEqual([['e', 'f', 'g']]);
  });

  it('writes a paced batch when its interval has passed and no other job arrives', async () => {
    const { scheduler, writes } = heldWriters(
      2,
      { withinShare: 9, overflow: 4, overflowWhileBusy: 2 },
      { minIntervalMs: 30, fullJobs: 9 },
    );
    void scheduler.enqueue(['a'], 0);
    await turn();
    writes[0]?.done();
    const written = scheduler.enqueue(['b'], 0);
    await until(async () => writes.length === 2);
    writes[1]?.done();
    await written;
    expect(writes[1]?.items).toEqual(['b']);
  });
});
