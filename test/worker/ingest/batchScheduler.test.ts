import { describe, expect, it } from '@jest/globals';
import { createBatchScheduler, type MaxBatch, type Pacing } from '../../../src/worker/ingest/batchScheduler.ts';
import { until } from '../../support/until.ts';

/** Long enough for the scheduler to start every batch that may start. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

/** A scheduler whose writes are ended by the test. */
function heldWriters(count: number, maxBatch: MaxBatch, pacing: Pacing = { minIntervalMs: 0, fullJobs: 100 }) {
  const writes: { items: string[]; done(): void; fail(error: Error): void }[] = [];
  const write = (items: string[]) =>
    new Promise<void>((done, fail) => {
      writes.push({ items, done, fail });
    });
  return { scheduler: createBatchScheduler({ writers: Array(count).fill(write), maxBatch, pacing }), writes };
}

const heldWriter = (withinShare: number) => heldWriters(1, { withinShare, overflow: 1, overflowWhileBusy: 1 });

describe('the batch scheduler', () => {
  it('writes waiting jobs together, oldest first, up to the limit', async () => {
    const { scheduler, writes } = heldWriter(3);
    for (const one of ['a', 'b', 'c', 'd']) void scheduler.enqueue([one], 'withinShare');
    await turn();
    writes[0]?.done();
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('writes jobs within the shares first and alone, then overflow in order of arrival', async () => {
    const { scheduler, writes } = heldWriter(2);
    void scheduler.enqueue(['first'], 'overflow');
    await turn();
    void scheduler.enqueue(['flood 1'], 'overflow');
    void scheduler.enqueue(['flood 2'], 'overflow');
    void scheduler.enqueue(['prompt 1'], 'withinShare');
    void scheduler.enqueue(['prompt 2'], 'withinShare');
    for (const n of [0, 1, 2]) {
      writes[n]?.done();
      await turn();
    }
    expect(writes.slice(1).map(({ items }) => items)).toEqual([['prompt 1', 'prompt 2'], ['flood 1'], ['flood 2']]);
  });

  it('rejects the jobs of a failed write, and no others', async () => {
    const { scheduler, writes } = heldWriter(1);
    const ended = Promise.allSettled([
      scheduler.enqueue(['a'], 'withinShare'),
      scheduler.enqueue(['b'], 'withinShare'),
    ]);
    await turn();
    writes[0]?.fail(new Error('away'));
    await turn();
    writes[1]?.done();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('writes overflow in large batches, in every writer, while nothing within the shares arrives', async () => {
    const { scheduler, writes } = heldWriters(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void scheduler.enqueue(['a', 'b', 'c', 'd', 'e', 'f'], 'overflow');
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('writes no overflow beside a batch within the shares, and little after it', async () => {
    const { scheduler, writes } = heldWriters(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void scheduler.enqueue(['prompt 1'], 'withinShare');
    await turn();
    const ended = scheduler.enqueue(['a', 'b', 'c', 'd'], 'overflow');
    void scheduler.enqueue(['prompt 2'], 'withinShare');
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['prompt 1'], ['prompt 2']]);
    writes[0]?.done();
    await turn();
    expect(writes).toHaveLength(2);
    writes[1]?.done();
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b']]);
    void scheduler.enqueue(['prompt 3'], 'withinShare');
    await turn();
    expect(writes[3]?.items).toEqual(['prompt 3']);
    for (const n of [2, 3, 4]) {
      writes[n]?.done();
      await turn();
    }
    await ended;
    expect(writes[4]?.items).toEqual(['c', 'd']);
  });

  it('paces batches within the shares until a batch is full by items or by jobs, and writes overflow meanwhile', async () => {
    const { scheduler, writes } = heldWriters(
      2,
      { withinShare: 4, overflow: 4, overflowWhileBusy: 4 },
      { minIntervalMs: 60_000, fullJobs: 3 },
    );
    void scheduler.enqueue(['now and then'], 'withinShare');
    await turn();
    writes[0]?.done();
    void scheduler.enqueue(['a', 'b'], 'withinShare');
    void scheduler.enqueue(['flood'], 'overflow');
    await turn();
    expect(writes.slice(1).map(({ items }) => items)).toEqual([['flood']]);
    void scheduler.enqueue(['c', 'd'], 'withinShare');
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b', 'c', 'd']]);
    writes[1]?.done();
    writes[2]?.done();
    for (const one of ['e', 'f']) void scheduler.enqueue([one], 'withinShare');
    await turn();
    expect(writes).toHaveLength(3);
    void scheduler.enqueue(['g'], 'withinShare');
    await turn();
    expect(writes.slice(3).map(({ items }) => items)).toEqual([['e', 'f', 'g']]);
  });

  it('writes a paced batch when its interval has passed and no other job arrives', async () => {
    const { scheduler, writes } = heldWriters(
      2,
      { withinShare: 9, overflow: 4, overflowWhileBusy: 2 },
      { minIntervalMs: 30, fullJobs: 9 },
    );
    void scheduler.enqueue(['a'], 'withinShare');
    await turn();
    writes[0]?.done();
    const written = scheduler.enqueue(['b'], 'withinShare');
    await until(() => writes.length === 2, 'the second batch is written');
    writes[1]?.done();
    await written;
    expect(writes[1]?.items).toEqual(['b']);
  });
});
