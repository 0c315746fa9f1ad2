import type { Quotas } from '../api/rateLimits.ts';
import type { Config } from '../config.ts';
import type { Connection } from '../queues/connect.ts';
import { createQuota } from '../queues/quota.ts';
import type { OnStop } from './onStop.ts';

const SYNC_INTERVAL_MS = 250;

/** Opens the quotas that have a limit (rate limits). Each is synced with the other processes through Redis. */
export function openQuotas(config: Config, connection: Connection, onStop: OnStop): Quotas {
  const open = (name: keyof Quotas, limit: number) =>
    limit === 0 ? null : createQuota({ name, limit, connection, prefix: config.QUEUE_PREFIX });
  const quotas: Quotas = {
    'key-reads': open('key-reads', config.KEY_READS_PER_MINUTE),
    'org-reads': open('org-reads', config.ORG_READS_PER_MINUTE),
    'key-posts': open('key-posts', config.KEY_POSTS_PER_MINUTE),
    'org-posts': open('org-posts', config.ORG_POSTS_PER_MINUTE),
    'key-records': open('key-records', config.KEY_RECORDS_PER_MINUTE),
    'org-records': open('org-records', config.ORG_RECORDS_PER_MINUTE),
  };
  const syncTimer = setInterval(() => {
    for (const quota of Object.values(quotas)) void quota?.sync(() => performance.now());
  }, SYNC_INTERVAL_MS);
  onStop(() => clearInterval(syncTimer));
  return quotas;
}
