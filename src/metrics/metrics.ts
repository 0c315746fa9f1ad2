import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { WORKER_QUEUES } from '../queues/openQueue.ts';
import { createClosedCounter, seriesOf } from './closedCounter.ts';

/** Buckets of the end-to-end latency, in seconds. */
export const LATENCY_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 1800],
];

/** Reasons of the metric of refusals. */
const REFUSAL_REASONS = [
  'backlog',
  'conflict',
  'forbidden',
  'guessing',
  'internal',
  'invalid',
  'not_found',
  'rate_limit',
  'too_large',
  'too_slow',
  'unauthorized',
  'unavailable',
  'unsupported_type',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Quotas of keys and orgs. */
const QUOTAS = ['key-reads', 'key-posts', 'key-records', 'org-reads', 'org-posts', 'org-records'] as const;
export type QuotaName = (typeof QUOTAS)[number];

/** Every metric of the service. Labels have few values (low cardinality), never an id of an org, a user or a session. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const closedCounter = <Labels extends Record<string, string>>(
    name: string,
    help: string,
    series: readonly Labels[],
  ) => createClosedCounter(registry, { name, help, series });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    registry,
    httpDuration: new Histogram({
      name: 'feedback_http_request_duration_seconds',
      help: 'Time from the request line to the end of the response.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    accepted: counter('feedback_accepted_total', 'Feedback answered with 202, repeats included. Redis has it on disk.'),
    refused: closedCounter(
      'feedback_refused_total',
      'Feedback or requests refused, by reason.',
      seriesOf({ reason: REFUSAL_REASONS }),
    ),
    signIns: closedCounter('feedback_sign_ins_total', 'Sign-in attempts, by method and outcome.', [
      ...seriesOf({ method: ['password'], outcome: ['signed_in', 'refused', 'limited'] }),
      ...seriesOf({ method: ['oidc'], outcome: ['signed_in', 'refused'] }),
    ]),
    authFailures: closedCounter(
      'feedback_auth_failures_total',
      'Requests with an invalid key, and requests refused because their address had sent too many of them.',
      seriesOf({ outcome: ['wrong', 'limited'] }),
    ),
    rateLimited: closedCounter(
      'feedback_rate_limited_total',
      'Requests and records refused because a key or an org had used up a quota.',
      seriesOf({ quota: QUOTAS }),
    ),
    groupCommitSize: new Histogram({
      name: 'feedback_group_commit_size',
      help: 'Feedback per job that the API puts into the queue (group commit).',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    }),
    processed: closedCounter(
      'feedback_processed_total',
      'Records that the worker has finished with, by outcome.',
      seriesOf({ outcome: ['stored', 'duplicate', 'expired', 'dead_letter', 'erased'] }),
    ),
    batchDuration: new Histogram({
      name: 'feedback_batch_duration_seconds',
      help: 'Time a batch spends in each phase.',
      labelNames: ['phase'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    endToEndLatency: new Histogram({
      name: 'feedback_end_to_end_latency_seconds',
      help: 'Time from accepting a feedback until it is stored and counted.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    jobAttempts: closedCounter(
      'feedback_job_attempts_total',
      'Job runs, by queue and outcome.',
      seriesOf({ queue: WORKER_QUEUES, outcome: ['completed', 'failed', 'stalled'] }),
    ),
    transactionRetries: counter(
      'feedback_transaction_retries_total',
      'Transactions retried after a conflict or a transient error.',
    ),
    reanalysed: closedCounter(
      'feedback_reanalysed_total',
      'Feedback analysed again by a re-analysis, by whether its counts changed.',
      seriesOf({ outcome: ['changed', 'same'] }),
    ),
    reanalysisRunning: gauge('feedback_reanalysis_running', '1 while this worker runs a re-analysis, else 0.'),
    reanalysisRemaining: gauge(
      'feedback_reanalysis_remaining',
      'Estimated feedback that the current pass of a re-analysis has yet to read.',
    ),
    imports: closedCounter(
      'feedback_imports_total',
      'Imports that ended, by outcome.',
      seriesOf({ outcome: ['done', 'failed', 'undone'] }),
    ),
    importRows: closedCounter(
      'feedback_import_rows_total',
      'Rows of imports that are settled, by outcome; removed: feedback that an undo took back.',
      seriesOf({ outcome: ['stored', 'duplicates', 'refused', 'skipped', 'erased', 'removed'] }),
    ),
    importRunning: gauge('feedback_import_running', '1 while this worker runs an import or its undo, else 0.'),
    importsPending: gauge(
      'feedback_imports_pending',
      'Imports that are not finished, by state, read from MongoDB at each scrape.',
      'state',
    ),
    zoneRecounted: closedCounter(
      'feedback_zone_recounted_total',
      "Feedback counted in an org's new time zone, or removed from its former one.",
      seriesOf({ step: ['counted', 'removed'] }),
    ),
    zoneRecountRunning: gauge(
      'feedback_zone_recount_running',
      '1 while this worker recounts days after a change of a time zone, else 0.',
    ),
    zoneRecountRemaining: gauge(
      'feedback_zone_recount_remaining',
      'Estimated feedback that the recount has yet to count in the new time zone.',
    ),
    erased: counter('feedback_erased_total', 'Stored feedback deleted by erasure requests.'),
    erasureRunning: gauge('feedback_erasure_running', '1 while this worker runs an erasure, else 0.'),
    retentionRemoved: closedCounter(
      'feedback_retention_removed_total',
      'Feedback or texts of feedback removed by retention, by type.',
      seriesOf({ type: ['text', 'feedback'] }),
    ),
    discoveryPendingBatches: gauge(
      'feedback_discovery_pending_batches',
      'Estimated stored batches whose phrases discovery has yet to count, read at each scrape.',
    ),
    searchPending: gauge(
      'feedback_search_pending',
      'What the search index has yet to take in, read at each scrape: notes of changes, and blocks to build again.',
      'kind',
    ),
    dependencyUp: gauge('feedback_dependency_up', '1 if the dependency answers, else 0.', 'dependency'),
    queueJobs: gauge(
      'feedback_queue_jobs',
      'Jobs by queue and state, read from Redis at each scrape.',
      'queue',
      'state',
    ),
    oldestJobAge: gauge(
      'feedback_queue_oldest_job_age_seconds',
      'Time since the oldest unfinished job was due.',
      'queue',
    ),
    backlogBytes: gauge(
      'feedback_backlog_bytes',
      'Memory that Redis uses, and the limits above which feedback is refused with 429.',
      'kind',
    ),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
