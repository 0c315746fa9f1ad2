import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';
import type { AdmittedFeedback } from '../../ingest/groupCommit.ts';
import { storedId } from '../../models/feedback/feedbackDocument.ts';
import type { FindAcceptedBefore } from '../../models/feedback/findAcceptedBefore.ts';

/** A feedback that `intake.accept` has taken. */
export interface TakenFeedback extends AdmittedFeedback {
  /** Its id was sent, or made from an Idempotency-Key. A generated id is new. */
  canRepeat: boolean;
}

/** Tells which feedback of a request repeat feedback that is known, for the response. Workers decide what counts. */
export interface KnownFeedback {
  /**
   * Looks for each feedback's id among those before it, those that this process has accepted lately, and stored ones.
   * `isComplete`: false if MongoDB did not answer within `timeoutMs`, so that more of them may be known. Never rejects.
   */
  find(admitted: readonly TakenFeedback[], timeoutMs: number): Promise<{ isKnown: boolean[]; isComplete: boolean }>;
  /** Remembers what the queue has. */
  remember(admitted: readonly TakenFeedback[]): void;
}

/** Max ids in one of two generations. Workers have stored most feedback before that many more are accepted. */
const GENERATION_IDS = 20_000;
/** Milliseconds without a look into MongoDB after it did not answer in time, so that not every response waits for it. */
const REST_MS = 5_000;

export function createKnownFeedback(
  findAcceptedBefore: FindAcceptedBefore,
  nowMs: () => number = () => performance.now(),
): KnownFeedback {
  let young = new Set<string>();
  let old = new Set<string>();
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  /** The ids of stored feedback, or undefined if they cannot be found out in time. */
  async function findStored(
    feedback: readonly AcceptedFeedback[],
    timeoutMs: number,
  ): Promise<ReadonlySet<string> | undefined> {
    if (feedback.length === 0) return new Set();
    if (nowMs() < restsUntilMs) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    const found = await Promise.race([findAcceptedBefore(feedback, timeoutMs).catch(() => undefined), late]);
    clearTimeout(timer);
    if (!found) restsUntilMs = nowMs() + REST_MS;
    return found;
  }

  return {
    async find(admitted, timeoutMs) {
      const before = new Set<string>();
      const unknown: AcceptedFeedback[] = [];
      const ids = admitted.map(({ feedback, canRepeat }) => {
        if (!canRepeat) return undefined;
        const id = storedId(feedback);
        const isKnown = before.has(id) || young.has(id) || old.has(id);
        before.add(id);
        if (isKnown) return true;
        unknown.push(feedback);
        return id;
      });
      const stored = await findStored(unknown, timeoutMs);
      const isKnown = ids.map((id) => id === true || (id !== undefined && stored?.has(id) === true));
      return { isKnown, isComplete: stored !== undefined };
    },
    remember(admitted) {
      for (const { feedback, canRepeat } of admitted) if (canRepeat) young.add(storedId(feedback));
      if (young.size < GENERATION_IDS) return;
      old = young;
      young = new Set();
    },
  };
}
