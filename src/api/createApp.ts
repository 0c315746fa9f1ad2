import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
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
import { discoveryRoutes } from './discovery/discoveryRoutes.ts';
import { docsRoutes } from './docs/docsRoutes.ts';
import { openApiOf } from './docs/openapi.ts';
import { erasureRoutes } from './erasure/erasureRoutes.ts';
import { exportRoutes } from './erasure/exportRoutes.ts';
import { Problem, problemOf, sendProblem } from './http/problem.ts';
import { type ServedRoute, servedRoutes } from './http/servedRoutes.ts';
import { ingestRoutes } from './ingest/ingestRoutes.ts';
import { type Pseudonym, pseudonymize } from './ingest/pseudonyms.ts';
import { insightRoutes } from './insights/insightRoutes.ts';
import { allowOrigin, answerPreflight } from './keys/cors.ts';
import type { KeyCache } from './keys/keyCache.ts';
import { keyRoutes } from './keys/keyRoutes.ts';
import type { RateLimits } from './rateLimits.ts';
import { readingRoutes } from './reading/readingRoutes.ts';
import { reanalysisRoutes } from './reanalysis/reanalysisRoutes.ts';
import type { Route } from './route.ts';
import { settingsRoutes } from './settings/settingsRoutes.ts';
import type { SignIn } from './signIn/createSignIn.ts';
import { statusRoutes } from './statusRoutes.ts';
import { taxonomyRoutes } from './taxonomy/taxonomyRoutes.ts';

export interface AppOptions {
  models: Models;
  keys: KeyCache;
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
  /** bytes of one import, inflated */
  importBytes: number;
  /** state of each dependency, true where it answers */
  dependencies(): Promise<Record<string, boolean>>;
}

/**
 * The HTTP API: its routes, and one place where errors become answers. Express costs several times what a single feedback
 * needs otherwise, so the routes that take feedback in are served before it.
 */
export function createApp(options: AppOptions): { listener: RequestListener; served: ServedRoute[] } {
  const { metrics } = options;
  const ingest = ingestRoutes(options).map(options.limits.wrap);
  const answerError = createErrorHandler(options);
  const app = expressApp(options, ingest, answerError);
  const hot = new Map(ingest.map((route) => [route.path, route]));
  const listener: RequestListener = (request, response) => {
    const route = request.method === 'POST' ? hot.get(request.url ?? '') : undefined;
    if (!route) return app(request, response);
    time(metrics, request, response, () => route.path);
    if (request.headers.origin !== undefined) allowOrigin(request, response, options.keys);
    // The routes read nothing from a request but what Node gives it.
    Promise.resolve(route.handle(request as Request, response as Response)).catch((error) =>
      answerError(error, request, response),
    );
  };
  return { listener, served: servedRoutes(app) };
}

/** What our pages may do: show what we serve ourselves, as files. Nothing that is written in a page runs, or looks like ours. */
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

function expressApp(options: AppOptions, ingest: readonly Route[], answerError: ErrorHandler): Express {
  const { metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // One path, one spelling: what guards a path by its name in front of this meets no other name for it.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', (text: string) => queryOf(text));
  app.use((request, response, next) => {
    time(metrics, request, response, () => request.route?.path ?? 'none');
    next();
  });

  const dependencies = async () => ({ ...(await options.dependencies()), keys: options.keys.isLoaded() });
  const others = [
    ...readingRoutes(options),
    ...insightRoutes(options),
    ...discoveryRoutes(options),
    ...taxonomyRoutes(options),
    ...reanalysisRoutes(options),
    ...keyRoutes(options),
    ...auditRoutes(options),
    ...options.signIn.routes,
    ...erasureRoutes(options),
    ...exportRoutes(options),
    ...settingsRoutes(options),
    ...statusRoutes({ dependencies }),
  ];
  const documented = [...ingest, ...others.map(options.limits.wrap)];
  const routes = [...documented, ...options.signIn.pages, ...docsRoutes(openApiOf(documented))];
  // The hot routes come first, and without what only browsers need.
  enableCors(app, ingest, options.keys);
  serve(app, ingest, options.pseudonym);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY } }));
  app.use(options.signIn.attachSession);
  serve(app, routes.slice(ingest.length), options.pseudonym);
  refuseOtherMethods(app, routes);
  app.use(() => {
    throw new Problem(404, 'There is nothing at this path.');
  });

  const onError: ErrorRequestHandler = (error, request, response, _next) =>
    answerError(
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
    // What is left of a body that nobody will read is let go.
    if (!request.readableEnded) request.resume();
  };
}

function serve(app: Express, routes: readonly Route[], pseudonym: Pseudonym): void {
  for (const { method, path, handle } of routes)
    app[method](expressPath(path), (request, response) => {
      pseudonymize(request, path, pseudonym);
      return handle(request, response);
    });
}

function enableCors(app: Express, routes: readonly Route[], keys: KeyCache): void {
  for (const { path } of routes.filter(({ cors }) => cors)) {
    app.options(path, (request, response, next) => {
      if (!answerPreflight(request, response, keys)) next();
    });
    app.post(path, (request, response, next) => {
      if (request.headers.origin !== undefined) allowOrigin(request, response, keys);
      next();
    });
  }
}

function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    if (methods.includes('GET')) methods.push('HEAD');
    const allow = methods.join(', ');
    app.route(expressPath(path)).all(() => {
      throw new Problem(405, `The methods of this path are ${allow}.`, { headers: { allow } });
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

/** A parameter that is given twice is refused by the schemas, since it is then a list. */
function queryOf(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  const parameters = new URLSearchParams(text ?? '');
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? values[0]! : values;
  }
  return { ...query };
}

function time(
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
