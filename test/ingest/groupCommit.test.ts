import { describe, expect, it } from '@jest/globals';
import {
  type AdmittedFeedback,
  createGroupCommit,
  cutIntoBatches,
  TooMuchWaiting,
} from '../../src/ingest/groupCommit.ts';
import { jobBytes } from '../../src/ingest/job.ts';

const LIMITS = { batchFeedback: 3, batchBytes: 100_000, waitingFeedback: 10, waitingBytes: 20_000 };
function admitted(id: string, { improvements = '', priority = 0 } = {}): AdmittedFeedback {
  const feedback = { id, improvements, createdAt: 0, acceptedAt: 0 };
  return { feedback, priority, bytes: jobBytes(feedback) };
}
const turn = () => new Promise(setImmediate);

/** A queue in which the test ends every send. */
function heldQueue() {
  const sends: { ids: string[][]; done(): void; fail(error: Error): void }[] = [];
  const sizes: number[] = [];
  const groupCommit = createGroupCommit({
    send: (batches) =>
      new Promise<void>((done, fail) => {
        sends.push({ ids: batches.map(({ feedback }) => feedback.map(({ id }) => id)), done, fail });
      }),
    limits: LIMITS,
    onBatch: (size) => sizes.push(size),
  });
  return {
    groupCommit,
    sends,
    sizes,
    add: (...ids: string[]) => groupCommit.add(ids.map((id) => admitted(id))),
  };
}

describe('group commit', () => {
  it('sends feedback of one turn of the event loop together, at once', async () => {
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

  it('puts feedback of another priority into another batch', async () => {
    const sent: [number, string][] = [];
    const groupCommit = createGroupCommit({
      async send(batches) {
        for (const { priority, feedback } of batches) sent.push([priority, feedback.map(({ id }) => id).join('')]);
      },
      limits: LIMITS,
    });
    await groupCommit.add(['a', 'c', 'b', 'd'].map((id) => admitted(id, { priority: id < 'c' ? 0 : 2 })));
    expect(sent).toEqual([
      [0, 'ab'],
      [2, 'cd'],
    ]);
  });

  it('fails the requests of a failed send, and no others', async () => {
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

  it('refuses feedback over the limit of waiting, and accepts again after a send', async () => {
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

  it('refuses feedback over the limit of waiting bytes', async () => {
    const { groupCommit, add, sends } = heldQueue();
    const long = (id: string) => admitted(id, { improvements: 'x'.repeat(LIMITS.waitingBytes / 4) });
    void add('first');
    await turn();
    void groupCommit.add([long('a')]);
    await expect(groupCommit.add([long('b')])).rejects.toThrow(TooMuchWaiting);
    void add('c');
    sends[0]?.done();
    await turn();
    expect(sends[1]?.ids.flat().join('')).toBe('ac');
    sends[1]?.done();
  });

  it('drains: resolves when nothing waits and no send is in progress', async () => {
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
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) =>
    admitted(id, { improvements: id === 'c' ? 'x'.repeat(10_000) : '' }),
  );
  const ids = (some: AdmittedFeedback[], limits: { batchFeedback: number; batchBytes: number }) =>
    cutIntoBatches(some, limits).map(({ feedback }) => feedback.map(({ id }) => id).join(''));

  it('are cut in order, by number and by bytes; a feedback over the limit has a batch of its own', () => {
    expect(ids(all, { batchFeedback: 2, batchBytes: 1e9 })).toEqual(['ab', 'cd', 'e']);
    expect(ids(all, { batchFeedback: 9, batchBytes: 2 * admitted('a').bytes })).toEqual(['ab', 'c', 'de']);
    expect(ids([], { batchFeedback: 9, batchBytes: 9 })).toEqual([]);
  });

  it('are cut for each priority by itself', () => {
    const mixed = all.map((entry, index) => ({ ...entry, priority: index % 2 }));
    const batches = cutIntoBatches(mixed, { batchFeedback: 2, batchBytes: 1e9 });
    expect(batches.map(({ priority, feedback }) => [priority, feedback.map(({ id }) => id).join('')])).toEqual([
      [0, 'ac'],
      [1, 'bd'],
      [0, 'e'],
    ]);
  });
});
