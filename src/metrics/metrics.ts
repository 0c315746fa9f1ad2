import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Buckets of the end-to-end latency, in seconds. */
export const LATENCY_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 1800],
];

/** Every metric of the service. Labels have few values (low cardinality), never an id of an org, a user or a session. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpDuration: new Histogram({
      name: 'feedback_http_request_duration_seconds',
      help: 'Time from the request line to the end of the response.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    accepted: new Counter({
      name: 'feedback_accepted_total',
      help: 'Feedback answered with 202, repeats included. Redis has it on disk.',
      registers,
    }),
    refused: new Counter({
      name: 'feedback_refused_total',
      help: 'Feedback or requests refused, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    signIns: new Counter({
      name: 'feedback_sign_ins_total',
      help: 'Sign-in attempts, by method and outcome.',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    authFailures: new Counter({
      name: 'feedback_auth_failures_total',
      help: 'Requests with an invalid key, and requests refused because their address had sent too many of them.',
      labelNames: ['outcome'],
      registers,
    }),
    rateLimited: new Counter({
      name: 'feedback_rate_limited_total',
      help: 'Requests and records refused because a key or an org had used up a quota.',
      labelNames: ['quota'],
      registers,
    }),
    groupCommitSize: new Histogram({
      name: 'feedback_group_commit_size',
      help: 'Feedback per job that the API puts into the queue (group commit).',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    }),
    processed: new Counter({
      name: 'feedback_processed_total',
      help: 'Records that the worker has finished with, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
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
    jobAttempts: new Counter({
      name: 'feedback_job_attempts_total',
      help: 'Job runs, by queue and outcome.',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    transactionRetries: new Counter({
      name: 'feedback_transaction_retries_total',
      help: 'Transactions retried after a conflict or a transient error.',
      registers,
    }),
    reanalysed: new Counter({
      name: 'feedback_reanalysed_total',
      help: 'Feedback analysed again by a re-analysis, by whether its counts changed.',
      labelNames: ['outcome'],
      registers,
    }),
    reanalysisRunning: new Gauge({
      name: 'feedback_reanalysis_running',
      help: '1 while this worker runs a re-analysis, else 0.',
      registers,
    }),
    reanalysisRemaining: new Gauge({
      name: 'feedback_reanalysis_remaining',
      help: 'Estimated feedback that the current pass of a re-analysis has yet to read.',
      registers,
    }),
    erased: new Counter({
      name: 'feedback_erased_total',
      help: 'Stored feedback deleted by erasure requests.',
      registers,
    }),
    erasureRunning: new Gauge({
      name: 'feedback_erasure_running',
      help: '1 while this worker runs an erasure, else 0.',
      registers,
    }),
    retentionRemoved: new Counter({
      name: 'feedback_retention_removed_total',
      help: 'Feedback or texts of feedback removed by retention, by type.',
      labelNames: ['type'],
      registers,
    }),
    discoveryPendingBatches: new Gauge({
      name: 'feedback_discovery_pending_batches',
      help: 'Estimated stored batches whose phrases discovery has yet to count, read at each scrape.',
      registers,
    }),
    dependencyUp: new Gauge({
      name: 'feedback_dependency_up',
      help: '1 if the dependency answers, else 0.',
      labelNames: ['dependency'],
      registers,
    }),
    queueJobs: new Gauge({
      name: 'feedback_queue_jobs',
      help: 'Jobs by queue and state, read from Redis at each scrape.',
      labelNames: ['queue', 'state'],
      registers,
    }),
    oldestJobAge: new Gauge({
      name: 'feedback_queue_oldest_job_age_seconds',
      help: 'Time since the oldest unfinished job was due.',
      labelNames: ['queue'],
      registers,
    }),
    backlogBytes: new Gauge({
      name: 'feedback_backlog_bytes',
      help: 'Memory that Redis uses, and the limits above which feedback is refused with 429.',
      labelNames: ['kind'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
