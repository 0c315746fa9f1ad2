import { dayOf } from '../aggregates/days.ts';
import { recordAuditEvent } from '../models/audit/auditLog.ts';
import { idsOf } from '../models/mongodb/bulkWrites.ts';
import type { Transaction } from '../models/mongodb/inTransaction.ts';
import {
  activeRetentionScopes,
  type ExpiredFeedback,
  findExpired,
  type RetentionScope,
  removeTexts,
} from '../models/retention/expiredFeedback.ts';
import { removeFeedback } from '../models/retention/removeFeedback.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import { RETENTION_QUEUE, type RetentionJob } from '../queues/retentionQueue.ts';
import {
  type BackgroundProcess,
  type RunningWorker,
  startBackgroundWorker,
  type WorkerDependencies,
} from './startBackgroundWorker.ts';

interface RetentionOptions extends WorkerDependencies {
  settings: ActiveSettings;
  /** Has the phrases of a UTC day counted again. */
  recountPhrases(day: string): Promise<void>;
  orgsBeingErased(transaction: Transaction): Promise<string[]>;
  /** share of the time in which it may work, above 0 to 1 */
  share: number;
}

/** Max feedback removed in one transaction, and max texts removed in one update. */
const CHUNK = { feedback: 100, text: 500 };
const MAX_PAUSE_MS = 20_000;

/**
 * Starts the worker of retention. A run goes through the scopes, and through each from the oldest month on:
 *
 * 1. Find a chunk of expired feedback of one month.
 * 2. Save the days of the chunk in the job. Their phrases must be recounted, even if the worker is lost after step 3.
 * 3. Remove the chunk, and save how much was removed.
 * 4. After each month, recount the phrases of the saved days.
 *
 * Removed feedback is not found again, so a run that resumes after a crash continues where it was.
 */
export function createRetentionWorker(options: RetentionOptions): RunningWorker {
  const { models, settings, metrics, share } = options;

  const process: BackgroundProcess<RetentionJob> = async (resumed, save, context) => {
    let job = resumed;
    const update = (changes: Partial<RetentionJob>) => {
      job = { ...job, ...changes };
      return save(job);
    };

    async function recount(): Promise<void> {
      for (const day of job.days) {
        await options.recountPhrases(day);
        await update({ days: job.days.filter((other) => other !== day) });
      }
    }

    async function removeChunk({ rule }: RetentionScope, chunk: ExpiredFeedback[], nowMs: number): Promise<void> {
      const days = new Set([...job.days, ...chunk.map(({ createdAt }) => dayOf(createdAt))]);
      if (days.size > job.days.length) await update({ days: [...days] });
      const ids = idsOf(chunk);
      const isText = rule.what === 'text';
      const removed = isText
        ? await removeTexts(models, ids, nowMs)
        : await removeFeedback(models, context.parts, ids, { ...options, aggregates: rule.aggregates });
      metrics.retentionRemoved.inc({ type: rule.what }, removed);
      await update(isText ? { texts: job.texts + removed } : { feedback: job.feedback + removed });
    }

    async function runScope(scope: RetentionScope): Promise<void> {
      const { rule, orgId } = scope;
      const nowMs = Date.now();
      const removedBefore = job.feedback + job.texts;
      let after: ExpiredFeedback | undefined;
      while (!context.isStopping()) {
        const startMs = performance.now();
        const found = await findExpired(models, scope, nowMs, after, CHUNK[rule.what]);
        const month = found[0] && monthOf(found[0]);
        const chunk = found.filter((position) => monthOf(position) === month);
        if (after && month !== monthOf(after)) await recount();
        if (chunk.length === 0) break;
        await removeChunk(scope, chunk, nowMs);
        after = chunk.at(-1);
        await context.pause(context.pauseAfter(performance.now() - startMs));
      }
      const removed = job.feedback + job.texts - removedBefore;
      if (removed > 0)
        await recordAuditEvent(models, {
          actor: { kind: 'service', id: '', from: null },
          action: 'retention.run',
          target: orgId ?? '',
          orgId,
          details: { removed, ...rule },
        });
    }

    await settings.refresh();
    await recount();
    for (const scope of activeRetentionScopes(settings)) {
      await runScope(scope);
      if (context.isStopping()) return false;
    }
    return true;
  };

  const dutyCycle = { share, maxPauseMs: MAX_PAUSE_MS };
  return startBackgroundWorker(options, { queue: RETENTION_QUEUE, dutyCycle, process });
}

const monthOf = ({ createdAt }: ExpiredFeedback) => createdAt.toISOString().slice(0, 7);
