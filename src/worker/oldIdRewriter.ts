import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { findOldIds, type OldIdPosition } from '../models/feedback/findOldIds.ts';
import { claimOldIds, finishOldIds, rewriteOldIds } from '../models/feedback/oldIds.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time while feedback is stored. */
const SHARE_WHILE_BUSY = 0.1;
const PAUSE_MS = { between: 2, taken: 10_000, discovery: 5_000, afterFailure: 2_000, max: 10_000 };
/** Time after which another process takes the work over. Longer than any pause and transaction. */
const LEASE_MS = 45_000;
/** Max notes of discovery during which it works. A rewrite searches all of them. */
const MAX_PENDING_NOTES = 200;

/**
 * Rewrites the ids of feedback that earlier versions stored without its org, beside the ingest (`models/feedback/oldIds.ts`).
 * Passes over all feedback repeat until one finds none. Then the work ends permanently, in every process. A new process
 * starts a pass from the beginning, which is a read of the index where the ids are rewritten already.
 */
export function startOldIdRewriter(options: { models: Models; isBusy(): boolean; log: Logger }): RunningWorker {
  const { models, isBusy, log } = options;
  const name = randomBytes(6).toString('base64url');
  let position: OldIdPosition | undefined;
  let rewrittenInPass = 0;
  const total = { rewritten: 0, generated: 0 };

  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const claim = await claimOldIds(models, name, LEASE_MS);
      if (claim === 'done') return undefined;
      if (claim === 'taken') return PAUSE_MS.taken;
      if ((await models.pendingTexts.estimatedDocumentCount()) > MAX_PENDING_NOTES) return PAUSE_MS.discovery;
      const { ids, next } = await findOldIds(models, position);
      if (ids.length > 0) {
        const { rewritten, generated } = await rewriteOldIds(models, ids);
        rewrittenInPass += rewritten;
        total.rewritten += rewritten;
        total.generated += generated;
      }
      position = next;
      if (!next) {
        if (rewrittenInPass === 0) {
          await finishOldIds(models);
          if (total.rewritten > 0) log.info(total, 'all ids of feedback are rewritten');
          return undefined;
        }
        rewrittenInPass = 0;
      }
      const tookMs = performance.now() - startMs;
      return isBusy() ? Math.min(tookMs / SHARE_WHILE_BUSY, PAUSE_MS.max) : PAUSE_MS.between;
    } catch (error) {
      // An outage: the transaction rewrote nothing, so the position is still right.
      log.debug({ err: error }, 'ids could not be rewritten and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
