import type { AcceptedFeedback } from './feedbackSchema.ts';
import { jobBytes } from './job.ts';

/**
 * Group commit: many requests share one trip to the queue.
 *
 *   idle ──add──▸ gathering ──next turn of the event loop──▸ sending ──done, more waiting──▸ sending
 *     ▴                                                         └──────done, none waiting──────┐
 *     └────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * While one send is under way everything that arrives waits for the next, so batches grow with the load and a quiet
 * service still answers at once: no timer, nothing to tune. A request is answered only when the send that carries it
 * has succeeded; when a send fails, all that it carried fails, and clients repeat under the same id.
 */
export interface GroupCommit {
  /** Resolves when the queue has all of them. Rejects with TooMuchWaiting, or with what `send` rejected with. */
  add(feedback: AcceptedFeedback[]): Promise<void>;
  /** Resolves when nothing is waiting or under way. */
  drain(): Promise<void>;
}

/** What becomes one job. Jobs of a lower rank are taken up first. */
export interface Batch {
  priority: number;
  feedback: AcceptedFeedback[];
}

export interface GroupCommitOptions {
  /** Puts each batch into the queue as one job; resolves when the queue has them all. */
  send(batches: Batch[]): Promise<void>;
  /** The rank of a feedback; asked once for each. */
  priorityOf(feedback: AcceptedFeedback): number;
  limits: {
    /** feedback in one batch */
    batchFeedback: number;
    /** bytes of one batch */
    batchBytes: number;
    /** what may wait for the next send, before requests are refused: feedback, and bytes of them */
    waitingFeedback: number;
    waitingBytes: number;
  };
  onBatch?(size: number): void;
}

/** More requests are waiting for the queue than this process may hold. */
export class TooMuchWaiting extends Error {
  override name = 'TooMuchWaiting';
}

interface Waiting {
  feedback: AcceptedFeedback[];
  resolve(): void;
  reject(reason: unknown): void;
}

export function createGroupCommit({ send, priorityOf, limits, onBatch }: GroupCommitOptions): GroupCommit {
  let waiting: Waiting[] = [];
  let waitingFeedback = 0;
  let waitingBytes = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const taken = waiting;
      waiting = [];
      waitingFeedback = 0;
      waitingBytes = 0;
      const batches = byRank(taken).flatMap(([rank, feedback]) =>
        cutIntoBatches(feedback, limits).map((batch) => ({ priority: rank, feedback: batch })),
      );
      try {
        await send(batches);
        for (const batch of batches) onBatch?.(batch.feedback.length);
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
    }
    running = undefined;
  }

  function byRank(taken: Waiting[]): [number, AcceptedFeedback[]][] {
    const ranks = new Map<number, AcceptedFeedback[]>();
    for (const { feedback } of taken)
      for (const one of feedback) {
        const rank = priorityOf(one);
        const those = ranks.get(rank);
        if (those) those.push(one);
        else ranks.set(rank, [one]);
      }
    return [...ranks];
  }

  return {
    add(feedback) {
      const bytes = feedback.reduce((sum, one) => sum + jobBytes(one), 0);
      if (
        waitingFeedback + feedback.length > limits.waitingFeedback ||
        waitingBytes + bytes > limits.waitingBytes
      )
        return Promise.reject(new TooMuchWaiting('too many requests are waiting for the queue'));
      waitingFeedback += feedback.length;
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        waiting.push({ feedback, resolve, reject });
        running ??= run();
      });
    },
    async drain() {
      while (running) await running;
    },
  };
}

/** Cuts in order; a feedback that is over the byte limit alone gets a batch of its own. */
export function cutIntoBatches(
  feedback: AcceptedFeedback[],
  limits: Pick<GroupCommitOptions['limits'], 'batchFeedback' | 'batchBytes'>,
): AcceptedFeedback[][] {
  const batches: AcceptedFeedback[][] = [];
  let batch: AcceptedFeedback[] = [];
  let bytes = 0;
  for (const one of feedback) {
    const size = jobBytes(one);
    if (batch.length > 0 && (batch.length >= limits.batchFeedback || bytes + size > limits.batchBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(one);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
