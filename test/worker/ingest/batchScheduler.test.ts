import { describe, expect, it } from '@jest/globals';
import {
  createBatchScheduler,
  type MaxBatch,
  type Pacing,
} from '../../../src/worker/ingest/batchScheduler.ts';

/** Longer than a slot's breath. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Slots whose every write is ended by the test. */
function heldSlots(count: number, maxBatch: MaxBatch, pace: Pacing = { minIntervalMs: 0, fullJobs: 100 }) {
  const writes: { items: string[]; done(): void; fail(error: Error): void }[] = [];
  const write = (items: string[]) =>
    new Promise<void>((done, fail) => {
      writes.push({ items, done, fail });
    });
  return { slots: createBatchScheduler({ writers: Array(count).fill(write), maxBatch, pace }), writes };
}

const heldSlot = (withinShare: number) => heldSlots(1, { withinShare, overflow: 1, overflowWhileBusy: 1 });

describe('commit slots', () => {
  it('write what waits together, oldest first, up to the limit', async () => {
    const { slots, writes } = heldSlot(3);
    for (const one of ['a', 'b', 'c', 'd']) void slots.enqueue([one], 0);
    await turn();
    writes[0]?.done();
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('write the lowest rank first, rank 0 by itself, and the others in smaller batches', async () => {
    const { slots, writes } = heldSlot(2);
    void slots.enqueue(['first'], 5);
    await turn();
    void slots.enqueue(['flood 1'], 3);
    void slots.enqueue(['flood 2'], 3);
    void slots.enqueue(['more'], 1);
    void slots.enqueue(['prompt 1'], 0);
    void slots.enqueue(['prompt 2'], 0);
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

  it('let what comes in for a job that is done go first', async () => {
    const { slots, writes } = heldSlot(2);
    void slots.enqueue(['flood 1'], 3).then(() => slots.enqueue(['prompt'], 0));
    void slots.enqueue(['flood 2'], 3);
    await turn();
    writes[0]?.done();
    await turn();
    expect(writes[1]?.items).toEqual(['prompt']);
  });

  it('fail what a failed write carried, and nothing else', async () => {
    const { slots, writes } = heldSlot(1);
    const ended = Promise.allSettled([slots.enqueue(['a'], 0), slots.enqueue(['b'], 0)]);
    await turn();
    writes[0]?.fail(new Error('away'));
    await turn();
    writes[1]?.done();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('write the others in large batches, in every slot, while nothing of rank 0 comes in', async () => {
    const { slots, writes } = heldSlots(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void slots.enqueue(['a', 'b', 'c', 'd', 'e', 'f'], 1);
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('write the others in the gaps of rank 0: nothing beside it, and then little', async () => {
    const { slots, writes } = heldSlots(2, { withinShare: 9, overflow: 4, overflowWhileBusy: 2 });
    void slots.enqueue(['prompt 1'], 0);
    await turn();
    const ended = slots.enqueue(['a', 'b', 'c', 'd'], 1);
    void slots.enqueue(['prompt 2'], 0);
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([['prompt 1'], ['prompt 2']]);
    writes[0]?.done();
    await turn();
    expect(writes).toHaveLength(2);
    writes[1]?.done();
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b']]);
    void slots.enqueue(['prompt 3'], 0);
    await turn();
    expect(writes[3]?.items).toEqual(['prompt 3']);
    for (const n of [2, 3, 4]) {
      writes[n]?.done();
      await turn();
    }
    await ended;
    expect(writes[4]?.items).toEqual(['c', 'd']);
  });

  it('write rank 0 at a pace, until a batch is full by items or by jobs, and the others meanwhile', async () => {
    const { slots, writes } = heldSlots(
      2,
      { withinShare: 4, overflow: 4, overflowWhileBusy: 4 },
      { minIntervalMs: 60_000, fullJobs: 3 },
    );
    void slots.enqueue(['now and then'], 0);
    await turn();
    writes[0]?.done();
    void slots.enqueue(['a', 'b'], 0);
    void slots.enqueue(['flood'], 1);
    await turn();
    expect(writes.slice(1).map(({ items }) => items)).toEqual([['flood']]);
    void slots.enqueue(['c', 'd'], 0);
    await turn();
    expect(writes.slice(2).map(({ items }) => items)).toEqual([['a', 'b', 'c', 'd']]);
    writes[1]?.done();
    writes[2]?.done();
    for (const one of ['e', 'f']) void slots.enqueue([one], 0);
    await turn();
    expect(writes).toHaveLength(3);
    void slots.enqueue(['g'], 0);
    await turn();
    expect(writes.slice(3).map(({ items }) => items)).toEqual([['e', 'f', 'g']]);
  });

  it('write what waits for its pace when its time has come, and nothing else comes', async () => {
    const { slots, writes } = heldSlots(
      2,
      { withinShare: 9, overflow: 4, overflowWhileBusy: 2 },
      { minIntervalMs: 30, fullJobs: 9 },
    );
    void slots.enqueue(['a'], 0);
    await turn();
    writes[0]?.done();
    const written = slots.enqueue(['b'], 0);
    while (writes.length < 2) await turn();
    writes[1]?.done();
    await written;
    expect(writes[1]?.items).toEqual(['b']);
  });
});
