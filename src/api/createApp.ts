import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { GroupCommit } from '../ingest/groupCommit.ts';
import type { Admission } from '../ingest/overload/admission.ts';
import type { FairShare } from '../ingest/overload/fairShare.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../models/database.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import type { ErasureQueue } from '../queues/erasureQueue.ts';
import type { ReanalysisQueue } from '../queues/reanalysisQueue.ts';
import { auditRoutes } from './audit/auditRoutes.ts';
import { createAuthentication } from './authentication.ts';
import { discoveryRoutes } from './discovery/discoveryRoutes.ts';
import { docsRoutes } from './docs/docsRoutes.ts';
import { openApiOf } from './docs/openapi.ts';
import { erasureRoutes } from './erasure/erasureRoutes.ts';
import { exportRoutes } from './erasure/exportRoutes.ts';
import type { ClientAddress } from './http/clientAddress.ts';
import { Problem, problemOf, sendProblem } from './http/problem.ts';
import { type ServedRoute, servedRoutes } from './http/servedRoutes.ts';
import { ingestRoutes } from './ingest/ingestRoutes.ts';
import type { Pseudonym } from './ingest/pseudonyms.ts';
import { insightRoutes } from './insights/insightRoutes.ts';
import { answerPreflight } from './keys/cors.ts';
import type { FailedAuthLimit } from './keys/failedAuthLimit.ts';
import type { KeyCache } from './keys/keyCache.ts';
import { keyRoutes } from './keys/keyRoutes.ts';
import type { RateLimits } from './rateLimits.ts';
import { feedbackRoutes } from './reading/feedbackRoutes.ts';
import { rankingRoutes } from './reading/rankingRoutes.ts';
import { totalsRoutes } from './reading/totalsRoutes.ts';
import { reanalysisRoutes } from './reanalysis/reanalysisRoutes.ts';
import { createRequestPipeline, type ServeRoute } from './requestPipeline.ts';
import { retentionRoutes } from './retention/retentionRoutes.ts';
import type { Route } from './route.ts';
import { settingsRoutes } from './settings/settingsRoutes.ts';
import type { SignIn } from './signIn/createSignIn.ts';
import { statusRoutes } from './statusRoutes.ts';
import { taxonomyRoutes } from './taxonomy/taxonomyRoutes.ts';

export interface AppOptions {
  models: Models;
  keys: KeyCache;
  failedAuthLimit: FailedAuthLimit;
  addressOf: ClientAddress;
  groupCommit: GroupCommit;
  admission: Admission;
  shares: FairShare;
  limits: RateLimits;
  taxonomies: ActiveTaxonomies;
  settings: ActiveSettings;
  pseudonym: Pseudonym;
  reanalyses: ReanalysisQueue;
  signIn: SignIn;
  erasures: ErasureQueue;
  metrics: Metrics;
  log: Logger;
  /** Max bytes of one import, after decompression */
  importBytes: number;
  /** state of each dependency: true if it answers */
  dependencies(): Promise<Record<string, boolean>>;
}

/**
 * The HTTP API. Express costs several times what a single feedback needs otherwise, so it is bypassed for ingest requests
 * without a query.
 */
export function createApp(options: AppOptions): { listener: RequestListener; served: ServedRoute[] } {
  const { keys, failedAuthLimit, metrics, limits, pseudonym, addressOf } = options;
  const routes = createRoutes(options);
  const sendError = createErrorHandler(options);
  const serveRoute = createRequestPipeline({
    authentication: createAuthentication({ keys, failedAuthLimit, sessions: options.signIn.sessions }),
    keys,
    limits,
    pseudonym,
    addressOf,
  });
  const app = createExpressApp(options, routes, serveRoute, sendError);
  const hot = new Map(routes.ingest.map((route) => [route.path, serveRoute(route)]));
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    const serve = request.method === 'POST' ? hot.get(path) : undefined;
    if (!serve) return app(request, response);
    measureDuration(metrics, request, response, () => path);
    serve(request, response, {}).catch((error) => sendError(error, request, response));
  };
  return { listener, served: servedRoutes(app) };
}

interface Routes {
  ingest: Route[];
  others: Route[];
}

function createRoutes(options: AppOptions): Routes {
  const { models, keys, taxonomies, settings, erasures, reanalyses, pseudonym, metrics } = options;
  const { groupCommit, admission, shares, limits, importBytes, signIn } = options;
  const dependencies = async () => ({ ...(await options.dependencies()), keys: keys.isLoaded() });
  const ingest = ingestRoutes({
    groupCommit,
    admission,
    shares,
    limits,
    settings,
    pseudonym,
    metrics,
    importBytes,
  });
  const documented = [
    ...feedbackRoutes({ models }),
    ...totalsRoutes({ models }),
    ...rankingRoutes({ models }),
    ...insightRoutes({ models }),
    ...discoveryRoutes({ models, taxonomies }),
    ...taxonomyRoutes({ models, taxonomies }),
    ...reanalysisRoutes({ models, reanalyses }),
    ...keyRoutes({ models, keys }),
    ...auditRoutes({ models }),
    ...signIn.routes,
    ...erasureRoutes({ models, erasures, pseudonym }),
    ...exportRoutes({ models }),
    ...settingsRoutes({ models, settings }),
    ...retentionRoutes({ models, settings }),
    ...statusRoutes({ dependencies }),
  ];
  const docs = docsRoutes(openApiOf([...ingest, ...documented]));
  return { ingest, others: [...documented, ...signIn.pages, ...docs] };
}

/** Pages load only files of this service. Inline scripts and styles are blocked. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

function createExpressApp(
  { metrics, keys, signIn }: AppOptions,
  { ingest, others }: Routes,
  serveRoute: (route: Route) => ServeRoute,
  sendError: ErrorHandler,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // A path has one spelling, so that no other spelling escapes a proxy's rules.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.disable('query parser');
  app.use((request, response, next) => {
    measureDuration(metrics, request, response, () => request.route?.path ?? 'none');
    next();
  });
  const add = (route: Route) => {
    const serve = serveRoute(route);
    app[route.method](expressPath(route.path), (request, response) =>
      serve(request, response, request.params as Record<string, string>),
    );
  };

  // Ingest routes come first, before the middleware that only browsers need.
  for (const { path } of ingest.filter(({ cors }) => cors))
    app.options(path, (request, response, next) => {
      if (!answerPreflight(request, response, keys)) next();
    });
  ingest.forEach(add);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY } }));
  app.use(signIn.attachSession);
  others.forEach(add);
  refuseOtherMethods(app, [...ingest, ...others]);
  app.use(() => {
    throw new Problem(404, 'There is no route at this path.');
  });

  const onError: ErrorRequestHandler = (error, request, response, _next) =>
    sendError(
      error instanceof URIError ? new Problem(400, 'The path is not valid.') : error,
      request,
      response,
    );
  app.use(onError);
  return app;
}

type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse) => void;

function createErrorHandler({ metrics, log }: Pick<AppOptions, 'metrics' | 'log'>): ErrorHandler {
  return (error, request, response) => {
    const problem = problemOf(error);
    if (problem.status === 500) log.error({ err: error }, 'a request failed');
    if (request.method === 'POST')
      metrics.refused.inc({ reason: problem.reason ?? REJECTION_REASONS[problem.status] ?? 'invalid' });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
    // The rest of the body is discarded, so that the connection can be used again.
    if (!request.readableEnded) request.resume();
  };
}

function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    if (methods.includes('GET')) methods.push('HEAD');
    const allow = methods.join(', ');
    app.route(expressPath(path)).all(() => {
      throw new Problem(405, `This path allows the methods ${allow}.`, { headers: { allow } });
    });
  }
}

const expressPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

const REJECTION_REASONS: Partial<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  408: 'too_slow',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_type',
  429: 'backlog',
  500: 'internal',
  503: 'unavailable',
};

function measureDuration(
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
  route: () => string,
): void {
  const end = metrics.httpDuration.startTimer();
  response.on('finish', () =>
    end({ route: route(), method: request.method ?? '', status: response.statusCode }),
  );
}
