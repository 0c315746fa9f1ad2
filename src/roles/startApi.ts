import { createApp } from '../api/createApp.ts';
import { createHttpServer } from '../api/createHttpServer.ts';
import { createPseudonyms } from '../api/pseudonyms.ts';
import { createRateLimits, type Quotas } from '../api/rateLimits.ts';
import type { ServedRoute } from '../api/servedRoutes.ts';
import { createSignIn, publicUrlOf } from '../api/signIn.ts';
import type { Config } from '../config.ts';
import { createFairShare } from '../ingest/fairShare.ts';
import { createGroupCommit } from '../ingest/groupCommit.ts';
import { createGuardedFetch, type GuardedFetch } from '../outgoing/guardedFetch.ts';
import type { Connection } from '../queues/connect.ts';
import { createQuota } from '../queues/quota.ts';
import { closeServer, listen, urlOf } from './listen.ts';
import type { Shared } from './openShared.ts';

const GROUP_COMMIT = {
  batchFeedback: 500,
  batchBytes: 256 * 1024,
  waitingFeedback: 50_000,
  waitingBytes: 64 * 1024 * 1024,
};
const SAMPLE_MS = 1_000;
const SETTLE_MS = 250;

/** Starts the API. `served`: its routes, to hold against what is documented. Throws Error where its port is taken. */
export async function startApi(shared: Shared): Promise<{ apiUrl: string; served: ServedRoute[] }> {
  const { config, log, metrics, models, redis, ingest, reanalyses, erasures, onStop } = shared;
  const { keys, taxonomies, settings, admission, dependencies, sampleBacklog } = shared;
  let apiUrl: string | undefined;
  const sampler = setInterval(() => void sampleBacklog().catch(() => {}), SAMPLE_MS);
  onStop(() => clearInterval(sampler));
  const shares = createFairShare({ perSecond: config.ORG_SHARE_PER_SECOND });
  const groupCommit = createGroupCommit({
    send: ingest.send,
    rankOf: ({ orgId }) => shares.take(orgId, performance.now()),
    limits: GROUP_COMMIT,
    onBatch: (size) => metrics.groupCommitSize.observe(size),
  });
  onStop(groupCommit.drain);
  const publicUrl = () => publicUrlOf(config.PUBLIC_URL, apiUrl);
  const quotas = createQuotas(config, redis);
  const settling = setInterval(() => {
    for (const quota of Object.values(quotas)) void quota?.settle(() => performance.now());
  }, SETTLE_MS);
  onStop(() => clearInterval(settling));
  const limits = createRateLimits({
    quotas,
    keys,
    onRefusal: (quota) => metrics.rateLimited.inc({ quota }),
  });
  const app = createApp({
    models,
    keys,
    groupCommit,
    metrics,
    log,
    dependencies,
    admission,
    shares,
    limits,
    taxonomies,
    settings,
    pseudonym: createPseudonyms(config.PSEUDONYM_KEY),
    reanalyses,
    signIn: createSignIn(config, { redis, fetch: fetchFor(config), publicUrl }),
    erasures,
    importBytes: config.IMPORT_LIMIT_MB * 1024 * 1024,
  });
  const api = createHttpServer(app.listener);
  await listen(api, config.HOST, config.PORT, 'PORT');
  onStop(() => closeServer(api));
  apiUrl = urlOf(api);
  return { apiUrl, served: app.served };
}

/** What goes out goes to public addresses alone, to those that are set, and to a provider that is set to be on this machine. */
function fetchFor({ OUTGOING_ALLOW, OIDC_ISSUER }: Config): GuardedFetch {
  const isLocal = OIDC_ISSUER?.startsWith('http:') === true;
  return createGuardedFetch({
    allowed: [...OUTGOING_ALLOW, ...(isLocal ? ['127.0.0.0/8', '::1/128'] : [])],
    allowHttp: isLocal,
  });
}

function createQuotas(config: Config, connection: Connection): Quotas {
  const quota = (name: keyof Quotas, limit: number) =>
    limit === 0 ? null : createQuota({ name, limit, connection, prefix: config.QUEUE_PREFIX });
  return {
    'key-reads': quota('key-reads', config.KEY_READS_PER_MINUTE),
    'org-reads': quota('org-reads', config.ORG_READS_PER_MINUTE),
    'key-posts': quota('key-posts', config.KEY_POSTS_PER_MINUTE),
    'org-posts': quota('org-posts', config.ORG_POSTS_PER_MINUTE),
    'key-records': quota('key-records', config.KEY_RECORDS_PER_MINUTE),
    'org-records': quota('org-records', config.ORG_RECORDS_PER_MINUTE),
  };
}
