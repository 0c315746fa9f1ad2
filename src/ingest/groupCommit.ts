import type { AcceptedFeedback } from './feedbackSchema.ts';

/**
 * Group commit: many requests share one trip to the queue.
 *
 *   idle ──add──▸ gathering ──next turn of the event loop──▸ sending ──done, more waiting──▸ sending
 *     ▴                                                         └──────done, none waiting──────┐
 *     └────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * While one send is in progress, everything that arrives waits for the next. Batches grow with the load, and an idle
 * service sends at once: there is no timer. A request succeeds only after the send that carries it has succeeded. If a
 * send fails, every request in it fails, and clients repeat their requests with the same ids.
 */
export interface GroupCommit {
  /** Resolves when the queue has all of the feedback. Rejects with TooMuchWaiting, or with the error of `send`. */
  add(admitted: AdmittedFeedback[]): Promise<void>;
  /** Resolves when nothing waits and no send is in progress. */
  drain(): Promise<void>;
}

/** A feedback that admission control has let in, and that is to be queued. */
export interface AdmittedFeedback {
  feedback: AcceptedFeedback;
  /** priority of its job: 0 within its org's share, `OVERFLOW_PRIORITY` beyond it */
  priority: number;
  /** size in a job, see `jobBytes` */
  bytes: number;
}

/** The content of one job, all of one priority. */
export interface Batch {
  priority: number;
  feedback: AcceptedFeedback[];
}

export interface BatchLimits {
  /** max feedback in one batch */
  batchFeedback: number;
  /** max bytes of one batch */
  batchBytes: number;
}

export interface GroupCommitOptions {
  /** Puts each batch into the queue as one job; resolves when the queue has them all. */
  send(batches: Batch[]): Promise<void>;
  limits: BatchLimits & {
    /** max feedback that waits for the next send, before requests are refused */
    waitingFeedback: number;
    /** max bytes that wait for the next send */
    waitingBytes: number;
  };
  onBatch?(size: number): void;
}

/** With this request, more feedback would wait for the queue than this process may hold. */
export class TooMuchWaiting extends Error {
  override name = 'TooMuchWaiting';
}

interface WaitingRequest {
  admitted: AdmittedFeedback[];
  resolve(): void;
  reject(reason: unknown): void;
}

export function createGroupCommit({ send, limits, onBatch }: GroupCommitOptions): GroupCommit {
  let waiting: WaitingRequest[] = [];
  let waitingFeedback = 0;
  let waitingBytes = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      waitingFeedback = 0;
      waitingBytes = 0;
      const admitted = group.flatMap((request) => request.admitted);
      const batches = cutIntoBatches(admitted, limits);
      try {
        await send(batches);
        for (const { feedback } of batches) onBatch?.(feedback.length);
        for (const request of group) request.resolve();
      } catch (error) {
        for (const request of group) request.reject(error);
      }
    }
    running = undefined;
  }

  return {
    add(admitted) {
      const bytes = totalBytes(admitted);
      if (waitingFeedback + admitted.length > limits.waitingFeedback || waitingBytes + bytes > limits.waitingBytes)
        return Promise.reject(new TooMuchWaiting('too many requests are waiting for the queue'));
      waitingFeedback += admitted.length;
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        waiting.push({ admitted, resolve, reject });
        running ??= run();
      });
    },
    async drain() {
      while (running) await running;
    },
  };
}

export const totalBytes = (admitted: readonly AdmittedFeedback[]) =>
  admitted.reduce((sum, { bytes }) => sum + bytes, 0);

/** Cuts the feedback of each priority into batches, in order. A feedback over the byte limit gets a batch of its own. */
export function cutIntoBatches(admitted: readonly AdmittedFeedback[], limits: BatchLimits): Batch[] {
  const batches: Batch[] = [];
  const openBatches = new Map<number, { feedback: AcceptedFeedback[]; bytes: number }>();
  for (const { feedback, priority, bytes } of admitted) {
    const open = openBatches.get(priority);
    if (open && open.feedback.length < limits.batchFeedback && open.bytes + bytes <= limits.batchBytes) {
      open.feedback.push(feedback);
      open.bytes += bytes;
    } else {
      const started = [feedback];
      batches.push({ priority, feedback: started });
      openBatches.set(priority, { feedback: started, bytes });
    }
  }
  return batches;
}
