import { describe, expect, it } from '@jest/globals';
import type { AcceptedFeedback } from '../../src/ingest/feedbackSchema.ts';
import { createGroupCommit, cutIntoBatches, TooMuchWaiting } from '../../src/ingest/groupCommit.ts';
import { jobBytes } from '../../src/ingest/job.ts';

const LIMITS = { batchFeedback: 3, batchBytes: 100_000, waitingFeedback: 10, waitingBytes: 20_000 };
const feedback = (id: string, improvements = ''): AcceptedFeedback => ({
  id,
  improvements,
  createdAt: 0,
  acceptedAt: 0,
});
const turn = () => new Promise(setImmediate);

/** A queue whose every send is ended by the test. */
function heldQueue() {
  const sends: { ids: string[][]; done(): void; fail(error: Error): void }[] = [];
  const sizes: number[] = [];
  const groupCommit = createGroupCommit({
    send: (batches) =>
      new Promise<void>((done, fail) => {
        sends.push({ ids: batches.map(({ feedback }) => feedback.map((one) => one.id)), done, fail });
      }),
    priorityOf: () => 0,
    limits: LIMITS,
    onBatch: (size) => sizes.push(size),
  });
  return {
    groupCommit,
    sends,
    sizes,
    add: (...ids: string[]) => groupCommit.add(ids.map((id) => feedback(id))),
  };
}

describe('group commit', () => {
  it('sends what came in one turn together, at once', async () => {
    const { add, sends } = heldQueue();
    void add('a');
    void add('b');
    await turn();
    expect(sends.map((send) => send.ids)).toEqual([[['a', 'b']]]);
  });

  it('lets requests that arrive during a send share the next one', async () => {
    const { add, sends, sizes } = heldQueue();
    const answered: string[] = [];
    const sent = ['a', 'b', 'c'].map((id) => () => add(id).then(() => answered.push(id)));
    void sent[0]?.();
    await turn();
    void sent[1]?.();
    await turn();
    void sent[2]?.();
    await turn();
    expect(sends.map((send) => send.ids)).toEqual([[['a']]]);
    expect(answered).toEqual([]);
    sends[0]?.done();
    await turn();
    expect(answered).toEqual(['a']);
    expect(sends.map((send) => send.ids)).toEqual([[['a']], [['b', 'c']]]);
    sends[1]?.done();
    await turn();
    expect(answered).toEqual(['a', 'b', 'c']);
    expect(sizes).toEqual([1, 2]);
  });

  it('puts feedback of another rank into another batch', async () => {
    const sent: [number, string][] = [];
    const groupCommit = createGroupCommit({
      async send(batches) {
        for (const { priority, feedback } of batches)
          sent.push([priority, feedback.map(({ id }) => id).join('')]);
      },
      priorityOf: ({ id }) => (id < 'c' ? 0 : 2),
      limits: LIMITS,
    });
    await groupCommit.add(['a', 'c', 'b', 'd'].map((id) => feedback(id)));
    expect(sent).toEqual([
      [0, 'ab'],
      [2, 'cd'],
    ]);
  });

  it('fails what a failed send carried, and nothing else', async () => {
    const { add, sends } = heldQueue();
    const [first, second] = [add('a'), add('b')];
    await turn();
    const third = add('c');
    const ended = Promise.allSettled([first, second, third]);
    sends[0]?.fail(new Error('away'));
    await turn();
    sends[1]?.done();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(first).rejects.toThrow('away');
  });

  it('refuses what is over the limit of waiting, and takes more when the queue has taken some', async () => {
    const { add, sends } = heldQueue();
    void add('first');
    await turn();
    void add(...'abcdefghij');
    await expect(add('k')).rejects.toThrow(TooMuchWaiting);
    sends[0]?.done();
    await turn();
    const later = add('k');
    sends[1]?.done();
    await turn();
    sends[2]?.done();
    await expect(later).resolves.toBeUndefined();
    expect(sends.map((send) => send.ids.flat().join(''))).toEqual(['first', 'abcdefghij', 'k']);
  });

  it('refuses what would hold too many bytes, however few they are', async () => {
    const { groupCommit, add, sends } = heldQueue();
    void add('first');
    await turn();
    void groupCommit.add([feedback('a', 'x'.repeat(LIMITS.waitingBytes / 4))]);
    await expect(groupCommit.add([feedback('b', 'x'.repeat(LIMITS.waitingBytes / 4))])).rejects.toThrow(
      TooMuchWaiting,
    );
    void add('c');
    sends[0]?.done();
    await turn();
    expect(sends[1]?.ids.flat().join('')).toBe('ac');
    sends[1]?.done();
  });

  it('drains: resolves when nothing waits or is under way', async () => {
    const { add, sends, groupCommit } = heldQueue();
    await groupCommit.drain();
    void add('a');
    await turn();
    void add('b');
    let drained = false;
    const draining = groupCommit.drain().then(() => {
      drained = true;
    });
    sends[0]?.done();
    await turn();
    expect(drained).toBe(false);
    sends[1]?.done();
    await draining;
  });
});

describe('batches', () => {
  it('are cut in order, by number and by bytes; what is too large alone stands alone', () => {
    const long = 'x'.repeat(10_000);
    const all = [feedback('a'), feedback('b'), feedback('c', long), feedback('d'), feedback('e')];
    const ids = (limits: { batchFeedback: number; batchBytes: number }) =>
      cutIntoBatches(all, limits).map((batch) => batch.map((one) => one.id).join(''));
    expect(ids({ batchFeedback: 2, batchBytes: 1e9 })).toEqual(['ab', 'cd', 'e']);
    expect(ids({ batchFeedback: 9, batchBytes: 2 * jobBytes(feedback('a')) })).toEqual(['ab', 'c', 'de']);
    expect(cutIntoBatches([], { batchFeedback: 9, batchBytes: 9 })).toEqual([]);
  });
});
