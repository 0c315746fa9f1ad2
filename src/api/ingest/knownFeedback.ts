import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';
import type { AdmittedFeedback } from '../../ingest/groupCommit.ts';
import { storedId } from '../../models/feedback/feedbackDocument.ts';
import type { StoredFeedback } from '../../models/feedback/storedFeedback.ts';

/** A feedback that `intake.accept` has taken. */
export interface TakenFeedback extends AdmittedFeedback {
  /** `sent`: by the client. `key`: made from an Idempotency-Key. `generated`: new, so it repeats nothing. */
  idSource: 'sent' | 'key' | 'generated';
}

/** Tells which feedback of a request repeat feedback that is known, for the response. Workers decide what counts. */
export interface KnownFeedback {
  /**
   * Looks for each feedback's id among those before it, those that this process has accepted lately, and stored ones.
   * `isComplete`: false if MongoDB did not answer within `timeoutMs`, so that more of them may be known. `isKeyNew`: ids
   * made from the key are not looked for. Never rejects.
   */
  find(
    admitted: readonly TakenFeedback[],
    timeoutMs: number,
    isKeyNew?: boolean,
  ): Promise<{ isKnown: boolean[]; isComplete: boolean }>;
  /**
   * Whether this process has not seen this Idempotency-Key lately, and no feedback is stored under ids made from it. One
   * cheap question at the start of an import, which saves one for each of its feedback. False if MongoDB does not answer
   * within `timeoutMs`. Never rejects.
   */
  isKeyNew(key: string, timeoutMs: number): Promise<boolean>;
  /** Remembers what the queue has. */
  remember(admitted: readonly TakenFeedback[]): void;
}

/** Max ids in one of two generations. Workers have stored most feedback before that many more are accepted. */
const GENERATION_IDS = 20_000;
/** Max Idempotency-Keys of imports that are remembered. */
const RECENT_KEYS = 10_000;
/** Milliseconds without a look into MongoDB after it did not answer in time, so that not every response waits for it. */
const REST_MS = 5_000;

export function createKnownFeedback(
  { findAcceptedBefore, isKeyStored }: StoredFeedback,
  nowMs: () => number = () => performance.now(),
): KnownFeedback {
  let young = new Set<string>();
  let old = new Set<string>();
  /** oldest first */
  const recentKeys = new Set<string>();
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  /** MongoDB's answer, or undefined if it does not come in time. */
  async function ask<T>(question: () => Promise<T>, timeoutMs: number): Promise<T | undefined> {
    if (nowMs() < restsUntilMs) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    const answer = await Promise.race([question().catch(() => undefined), late]);
    clearTimeout(timer);
    if (answer === undefined) restsUntilMs = nowMs() + REST_MS;
    return answer;
  }

  return {
    async isKeyNew(key, timeoutMs) {
      // Feedback of an earlier request with the key may still wait in the queue.
      if (recentKeys.has(key)) return false;
      recentKeys.add(key);
      if (recentKeys.size > RECENT_KEYS) recentKeys.delete(recentKeys.values().next().value!);
      return (await ask(() => isKeyStored(key, timeoutMs), timeoutMs)) === false;
    },
    async find(admitted, timeoutMs, isKeyNew = false) {
      const before = new Set<string>();
      const unknown: AcceptedFeedback[] = [];
      const ids = admitted.map(({ feedback, idSource }) => {
        if (idSource === 'generated' || (isKeyNew && idSource === 'key')) return undefined;
        const id = storedId(feedback);
        const isKnown = before.has(id) || young.has(id) || old.has(id);
        before.add(id);
        if (isKnown) return true;
        unknown.push(feedback);
        return id;
      });
      const stored =
        unknown.length === 0 ? new Set<string>() : await ask(() => findAcceptedBefore(unknown, timeoutMs), timeoutMs);
      const isKnown = ids.map((id) => id === true || (id !== undefined && stored?.has(id) === true));
      return { isKnown, isComplete: stored !== undefined };
    },
    remember(admitted) {
      for (const { feedback, idSource } of admitted) if (idSource !== 'generated') young.add(storedId(feedback));
      if (young.size < GENERATION_IDS) return;
      old = young;
      young = new Set();
    },
  };
}
