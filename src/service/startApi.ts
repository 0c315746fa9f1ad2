import { createApp } from '../api/createApp.ts';
import { createClientAddress } from '../api/http/clientAddress.ts';
import { createHttpServer } from '../api/http/createHttpServer.ts';
import { publicUrlOf } from '../api/http/publicUrl.ts';
import { createFailedAuthLimit } from '../api/keys/failedAuthLimit.ts';
import { createKeyCache } from '../api/keys/keyCache.ts';
import { createRateLimits } from '../api/rateLimits.ts';
import { createSignIn } from '../api/signIn/createSignIn.ts';
import { createFigureFeed } from '../api/stream/figureFeed.ts';
import { createOpenStreams } from '../api/stream/openStreams.ts';
import { MAX_STREAMS, POLL_MS, readStreamed } from '../api/stream/streamRoutes.ts';
import type { Config } from '../config.ts';
import { createGroupCommit } from '../ingest/groupCommit.ts';
import type { Admission } from '../ingest/overload/admission.ts';
import { createFairShare } from '../ingest/overload/fairShare.ts';
import { createPseudonyms } from '../ingest/pseudonyms.ts';
import { createStoredFeedback } from '../models/feedback/storedFeedback.ts';
import { createGuardedFetch, type GuardedFetch } from '../outgoing/guardedFetch.ts';
import type { Gauges } from './gauges.ts';
import { listen } from './listen.ts';
import type { OnStop } from './onStop.ts';
import type { Dependencies, DependencyOptions } from './openDependencies.ts';
import { openQuotas } from './quotas.ts';
import { retryUntilDone } from './retryUntilDone.ts';

const GROUP_COMMIT = {
  batchFeedback: 500,
  batchBytes: 256 * 1024,
  waitingFeedback: 50_000,
  waitingBytes: 64 * 1024 * 1024,
};
const SAMPLE_MS = 1_000;

/**
 * Starts the API role: accepts feedback and serves reads. `ready` resolves once the stored keys are loaded. Until then
 * only bootstrap keys are accepted.
 *
 * @throws Error if its port is taken
 */
export async function startApi(
  shared: Dependencies,
  { config, log }: DependencyOptions,
  { gauges, admission }: { gauges: Gauges; admission: Admission },
  onStop: OnStop,
) {
  const { metrics, models, redis, ingest, taxonomies, settings, zones, reanalyses, erasures, imports } = shared;
  const keys = createKeyCache(models, {
    ingest: config.BOOTSTRAP_INGEST_KEY,
    read: config.BOOTSTRAP_READ_KEY,
    admin: config.BOOTSTRAP_ADMIN_KEY,
  });
  onStop(keys.close);
  const addressOf = createClientAddress(config.TRUSTED_PROXIES);
  const ready = retryUntilDone(keys.refresh, onStop);
  const sampler = setInterval(() => void gauges.sampleBacklog().catch(() => {}), SAMPLE_MS);
  onStop(() => clearInterval(sampler));
  const shares = createFairShare({ perSecond: config.ORG_SHARE_PER_SECOND });
  const groupCommit = createGroupCommit({
    send: ingest.send,
    limits: GROUP_COMMIT,
    onBatch: (size) => metrics.groupCommitSize.observe(size),
  });
  onStop(groupCommit.drain);
  let url: string | undefined;
  const publicUrl = () => publicUrlOf(config.PUBLIC_URL, url);
  const limits = createRateLimits({
    quotas: openQuotas(config, redis, onStop),
    onRefusal: (quota) => metrics.rateLimited.inc({ quota }),
  });
  const feed = createFigureFeed({
    read: (orgId) => readStreamed(models, orgId),
    intervalMs: POLL_MS,
    maxListeners: MAX_STREAMS,
  });
  const signIn = createSignIn(config, { models, metrics, log, redis, addressOf, publicUrl, fetch: fetchFor(config) });
  const streams = createOpenStreams({ feed, keys, sessions: signIn.sessions });
  const { listener, served } = createApp({
    models,
    keys,
    failedAuthLimit: createFailedAuthLimit({
      perMinute: config.AUTH_FAILURES_PER_MINUTE,
      addressOf,
      onGuess: (outcome) => metrics.authFailures.inc({ outcome }),
    }),
    addressOf,
    groupCommit,
    storedFeedback: createStoredFeedback(models),
    metrics,
    log,
    dependencies: gauges.dependencies,
    admission,
    shares,
    limits,
    taxonomies,
    settings,
    zones,
    pseudonym: createPseudonyms(config.PSEUDONYM_KEY),
    reanalyses,
    signIn,
    erasures,
    earliestCreatedAt: config.EARLIEST_CREATED_AT,
    imports,
    importBytes: config.IMPORT_LIMIT_MB * 1024 * 1024,
    importsPerOrg: config.IMPORTS_PER_ORG,
    streams,
  });
  url = await listen(createHttpServer(listener), { host: config.HOST, port: config.PORT, setting: 'PORT' }, onStop);
  // Before the server, which waits for open responses.
  onStop(streams.close);
  return { url, served, refreshKeys: keys.refresh, ready };
}

/** Outgoing requests reach public addresses, EGRESS_ALLOWLIST and, if OIDC_ISSUER is `http:`, all of loopback. */
function fetchFor({ EGRESS_ALLOWLIST, OIDC_ISSUER }: Config): GuardedFetch {
  const isLocal = OIDC_ISSUER?.startsWith('http:') === true;
  return createGuardedFetch({
    allowed: [...EGRESS_ALLOWLIST, ...(isLocal ? ['127.0.0.0/8', '::1/128'] : [])],
    allowHttp: isLocal,
  });
}
