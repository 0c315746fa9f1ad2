import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds from accepting a feedback to its being readable. */
export const LATENCY_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 1800],
];

/** Every metric of the service. Labels have few values: never an id of an org, a user or a session. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpDuration: new Histogram({
      name: 'feedback_http_request_duration_seconds',
      help: 'Time from the request line to the end of the answer.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    accepted: new Counter({
      name: 'feedback_accepted_total',
      help: 'Feedback that Redis has and that was answered 202, repeats included.',
      registers,
    }),
    refused: new Counter({
      name: 'feedback_refused_total',
      help: 'Feedback or requests that were refused.',
      labelNames: ['reason'],
      registers,
    }),
    signIns: new Counter({
      name: 'feedback_sign_ins_total',
      help: 'Attempts of people to sign in, by way and by how they ended.',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    authFailures: new Counter({
      name: 'feedback_auth_failures_total',
      help: 'Requests with a key that is not valid, and requests from addresses that had sent too many of those.',
      labelNames: ['outcome'],
      registers,
    }),
    rateLimited: new Counter({
      name: 'feedback_rate_limited_total',
      help: 'Requests and records that were refused since a key or an org had used up a quota.',
      labelNames: ['quota'],
      registers,
    }),
    groupCommitSize: new Histogram({
      name: 'feedback_group_commit_size',
      help: 'Feedback put into the queue together, as one job.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    }),
    processed: new Counter({
      name: 'feedback_processed_total',
      help: 'Records that reached their end.',
      labelNames: ['outcome'],
      registers,
    }),
    batchDuration: new Histogram({
      name: 'feedback_batch_duration_seconds',
      help: 'Time that one batch spends in a phase.',
      labelNames: ['phase'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    endToEndLatency: new Histogram({
      name: 'feedback_end_to_end_latency_seconds',
      help: 'Time from accepting a feedback to its being stored and counted.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    jobAttempts: new Counter({
      name: 'feedback_job_attempts_total',
      help: 'Runs of jobs by how they ended.',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    transactionRetries: new Counter({
      name: 'feedback_transaction_retries_total',
      help: 'Transactions that were run again after a conflict or a passing failure.',
      registers,
    }),
    reanalysed: new Counter({
      name: 'feedback_reanalysed_total',
      help: 'Feedback analysed anew, by whether its counts changed.',
      labelNames: ['outcome'],
      registers,
    }),
    reanalysisRunning: new Gauge({
      name: 'feedback_reanalysis_running',
      help: '1 while this worker is at a re-analysis.',
      registers,
    }),
    reanalysisRemaining: new Gauge({
      name: 'feedback_reanalysis_remaining',
      help: 'Feedback that the present pass of a re-analysis has still to look at, about.',
      registers,
    }),
    erased: new Counter({
      name: 'feedback_erased_total',
      help: 'Stored feedback that was deleted because somebody asked for it.',
      registers,
    }),
    erasureRunning: new Gauge({
      name: 'feedback_erasure_running',
      help: '1 while this worker is at an erasure.',
      registers,
    }),
    retentionRemoved: new Counter({
      name: 'feedback_retention_removed_total',
      help: 'Feedback, or texts of feedback, that were removed since they are no longer kept.',
      labelNames: ['type'],
      registers,
    }),
    discoveryPendingBatches: new Gauge({
      name: 'feedback_discovery_pending_batches',
      help: 'Stored batches of feedback whose phrases discovery has yet to count, about, read when scraped.',
      registers,
    }),
    dependencyUp: new Gauge({
      name: 'feedback_dependency_up',
      help: '1 where the dependency answers, 0 where it does not.',
      labelNames: ['dependency'],
      registers,
    }),
    queueJobs: new Gauge({
      name: 'feedback_queue_jobs',
      help: 'Jobs in a queue by state, read from Redis when scraped.',
      labelNames: ['queue', 'state'],
      registers,
    }),
    oldestJobAge: new Gauge({
      name: 'feedback_queue_oldest_job_age_seconds',
      help: 'How long ago the oldest job that is not done was due.',
      labelNames: ['queue'],
      registers,
    }),
    backlogBytes: new Gauge({
      name: 'feedback_backlog_bytes',
      help: 'Memory that Redis uses, and the limit above which feedback is refused with 429.',
      labelNames: ['kind'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
