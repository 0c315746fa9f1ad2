import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { dayOf } from '../aggregates/aggregateKey.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createPartsWriter } from '../models/aggregates/partsWriter.ts';
import { recordAuditEvent } from '../models/audit/auditLog.ts';
import type { Models } from '../models/database.ts';
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
import { startBackgroundWorker } from '../queues/backgroundQueue.ts';
import type { Connection } from '../queues/connect.ts';
import { RETENTION_QUEUE, type RetentionJob } from '../queues/retentionQueue.ts';

export interface RetentionOptions {
  connection: Connection;
  prefix: string;
  models: Models;
  settings: ActiveSettings;
  /** Has the phrases of a UTC day counted again. */
  recountPhrases(day: string): Promise<void>;
  orgsBeingErased(session: Transaction): Promise<string[]>;
  metrics: Metrics;
  log: Logger;
  /** the share of the time that it may be at work, above 0 to 1 */
  share: number;
}

/** Feedback in one transaction, each with some aggregates whose times are set anew; and texts in one update. */
const CHUNK = { feedback: 100, text: 500 };
const MAX_PAUSE_MS = 20_000;

/**
 * Starts the worker of retention. A run removes what the rules say, scope by scope, the oldest month first, chunk by chunk.
 * What is removed is not found again, so a run that is taken up after a crash goes on where it was; of the days whose
 * phrases are to be counted anew the job knows before anything of them goes.
 */
export function createRetentionWorker(options: RetentionOptions): { close(): Promise<void> } {
  const { models, settings, metrics, log } = options;
  const stop = new AbortController();
  const parts = createPartsWriter(models, { onConflict: () => metrics.transactionRetries.inc() });
  const pause = (tookMs: number) =>
    sleep(Math.min(tookMs * (1 / options.share - 1), MAX_PAUSE_MS), undefined, {
      signal: stop.signal,
    }).catch(() => {});

  async function process(given: RetentionJob, save: (job: RetentionJob) => Promise<void>): Promise<boolean> {
    let job = given;
    const keep = (next: RetentionJob) => {
      job = next;
      return save(job);
    };

    async function recount(): Promise<void> {
      for (const day of job.days) {
        await options.recountPhrases(day);
        await keep({ ...job, days: job.days.filter((one) => one !== day) });
      }
    }

    async function removeChunk(
      { rule }: RetentionScope,
      chunk: ExpiredFeedback[],
      now: number,
    ): Promise<void> {
      const days = new Set([...job.days, ...chunk.map(({ createdAt }) => dayOf(createdAt))]);
      if (days.size > job.days.length) await keep({ ...job, days: [...days] });
      const ids = chunk.map(({ _id }) => _id);
      const removed =
        rule.what === 'text'
          ? { texts: await removeTexts(models, ids, now), feedback: 0 }
          : {
              texts: 0,
              feedback: await removeFeedback(models, parts, ids, { ...options, aggregates: rule.aggregates }),
            };
      metrics.retentionRemoved.inc({ type: rule.what }, removed.texts + removed.feedback);
      await keep({ ...job, texts: job.texts + removed.texts, feedback: job.feedback + removed.feedback });
    }

    async function runScope(scope: RetentionScope): Promise<void> {
      const { rule, orgId } = scope;
      const now = Date.now();
      const before = job.feedback + job.texts;
      let after: ExpiredFeedback | undefined;
      while (!stop.signal.aborted) {
        const since = performance.now();
        const found = await findExpired(models, scope, now, after, CHUNK[rule.what]);
        const month = found[0] && monthOf(found[0]);
        const chunk = found.filter((one) => monthOf(one) === month);
        if (after && month !== monthOf(after)) await recount();
        if (chunk.length === 0) break;
        await removeChunk(scope, chunk, now);
        after = chunk.at(-1);
        await pause(performance.now() - since);
      }
      const removed = job.feedback + job.texts - before;
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
      if (stop.signal.aborted) return false;
    }
    return true;
  }

  const worker = startBackgroundWorker<RetentionJob>(RETENTION_QUEUE, {
    connection: options.connection,
    prefix: options.prefix,
    process,
    onOutcome: (outcome, error) => {
      metrics.jobAttempts.inc({ queue: RETENTION_QUEUE, outcome });
      if (error && !stop.signal.aborted)
        log.warn({ err: error }, 'a run of retention was interrupted and goes on');
    },
    onError: (error) => log.warn({ err: error }, 'the worker of retention met an error'),
  });
  return {
    async close() {
      stop.abort();
      await worker.close();
    },
  };
}

const monthOf = ({ createdAt }: ExpiredFeedback) => createdAt.toISOString().slice(0, 7);
