import type { GroupCommit } from '../ingest/groupCommit.ts';
import type { Admission } from '../ingest/overload/admission.ts';
import type { FairShare } from '../ingest/overload/fairShare.ts';
import type { Pseudonym } from '../ingest/pseudonyms.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../models/database.ts';
import type { StoredFeedback } from '../models/feedback/storedFeedback.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import type { ActiveZones } from '../models/zones/activeZones.ts';
import type { ErasureQueue } from '../queues/erasureQueue.ts';
import type { ImportQueue } from '../queues/importQueue.ts';
import type { ReanalysisQueue } from '../queues/reanalysisQueue.ts';
import { auditRoutes } from './audit/auditRoutes.ts';
import { discoveryRoutes } from './discovery/discoveryRoutes.ts';
import { docsRoutes } from './docs/docsRoutes.ts';
import { openApiOf } from './docs/openapi.ts';
import { erasureRoutes } from './erasure/erasureRoutes.ts';
import { exportRoutes } from './erasure/exportRoutes.ts';
import { importRoutes } from './imports/importRoutes.ts';
import { mappingRoutes } from './imports/mappingRoutes.ts';
import { ingestRoutes } from './ingest/ingestRoutes.ts';
import { changeRoutes } from './insights/changeRoutes.ts';
import { checkRoutes } from './insights/checkRoutes.ts';
import { compareRoutes } from './insights/compareRoutes.ts';
import { insightRoutes } from './insights/insightRoutes.ts';
import { themePairRoutes } from './insights/themePairRoutes.ts';
import type { KeyCache } from './keys/keyCache.ts';
import { keyRoutes } from './keys/keyRoutes.ts';
import type { RateLimits } from './rateLimits.ts';
import { feedbackRoutes } from './reading/feedbackRoutes.ts';
import { createUnknownTheme } from './reading/knownThemes.ts';
import { rankingRoutes } from './reading/rankingRoutes.ts';
import { totalsRoutes } from './reading/totalsRoutes.ts';
import { reanalysisRoutes } from './reanalysis/reanalysisRoutes.ts';
import { retentionRoutes } from './retention/retentionRoutes.ts';
import type { Route } from './route.ts';
import { settingsRoutes } from './settings/settingsRoutes.ts';
import type { SignIn } from './signIn/createSignIn.ts';
import { statusRoutes } from './statusRoutes.ts';
import type { OpenStreams } from './stream/openStreams.ts';
import { streamRoutes } from './stream/streamRoutes.ts';
import { taxonomyRoutes } from './taxonomy/taxonomyRoutes.ts';

/** Services that the handlers use. */
export interface RouteServices {
  models: Models;
  keys: KeyCache;
  groupCommit: GroupCommit;
  storedFeedback: StoredFeedback;
  admission: Admission;
  shares: FairShare;
  limits: RateLimits;
  taxonomies: ActiveTaxonomies;
  settings: ActiveSettings;
  zones: ActiveZones;
  pseudonym: Pseudonym;
  reanalyses: ReanalysisQueue;
  signIn: SignIn;
  erasures: ErasureQueue;
  metrics: Metrics;
  /** Feedback from before this time is refused; epoch ms. */
  earliestCreatedAt: number;
  /** Max bytes of one import, after decompression */
  importBytes: number;
  /** max imports of an org that wait or run */
  importsPerOrg: number;
  imports: ImportQueue;
  streams: OpenStreams;
  /** state of each dependency: true if it answers */
  dependencies(): Promise<Record<string, boolean>>;
}

/** Every route of the API. Pages and documentation are not in the OpenAPI document. */
export function createRoutes(services: RouteServices): { ingest: Route[]; others: Route[] } {
  const { keys, signIn } = services;
  const dependencies = async () => ({ ...(await services.dependencies()), keys: keys.isLoaded() });
  const reading = { ...services, unknownTheme: createUnknownTheme(services.models, services.taxonomies) };
  const ingest = ingestRoutes(services);
  const documented = [
    ...feedbackRoutes(reading),
    ...totalsRoutes(reading),
    ...rankingRoutes(reading),
    ...insightRoutes(reading),
    ...changeRoutes(reading),
    ...compareRoutes(reading),
    ...themePairRoutes(reading),
    ...checkRoutes(reading),
    ...streamRoutes(services),
    ...discoveryRoutes(services),
    ...taxonomyRoutes(services),
    ...reanalysisRoutes(services),
    ...keyRoutes(services),
    ...auditRoutes(services),
    ...signIn.routes,
    ...erasureRoutes(services),
    ...exportRoutes(services),
    ...importRoutes(services),
    ...mappingRoutes(services),
    ...settingsRoutes(services),
    ...retentionRoutes(services),
    ...statusRoutes({ dependencies }),
  ];
  const docs = docsRoutes(() => openApiOf([...ingest, ...documented]));
  return { ingest, others: [...documented, ...signIn.pages, ...docs] };
}
