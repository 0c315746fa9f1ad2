import type { Quotas } from '../api/rateLimits.ts';
import type { Config } from '../config.ts';
import type { Connection } from '../queues/connect.ts';
import { createQuota } from '../queues/quota.ts';
import type { OnStop } from './onStop.ts';

const SETTLE_MS = 250;

/** The quotas that are set, each settled with those of the other processes now and then. */
export function openQuotas(config: Config, connection: Connection, onStop: OnStop): Quotas {
  const quota = (name: keyof Quotas, limit: number) =>
    limit === 0 ? null : createQuota({ name, limit, connection, prefix: config.QUEUE_PREFIX });
  const quotas: Quotas = {
    'key-reads': quota('key-reads', config.KEY_READS_PER_MINUTE),
    'org-reads': quota('org-reads', config.ORG_READS_PER_MINUTE),
    'key-posts': quota('key-posts', config.KEY_POSTS_PER_MINUTE),
    'org-posts': quota('org-posts', config.ORG_POSTS_PER_MINUTE),
    'key-records': quota('key-records', config.KEY_RECORDS_PER_MINUTE),
    'org-records': quota('org-records', config.ORG_RECORDS_PER_MINUTE),
  };
  const settling = setInterval(() => {
    for (const one of Object.values(quotas)) void one?.sync(() => performance.now());
  }, SETTLE_MS);
  onStop(() => clearInterval(settling));
  return quotas;
}
