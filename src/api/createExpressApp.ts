import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Metrics } from '../metrics/metrics.ts';
import type { SendError } from './http/createErrorHandler.ts';
import { measureDuration } from './http/measureDuration.ts';
import { Problem } from './http/problem.ts';
import { answerPreflight } from './keys/cors.ts';
import type { KeyCache } from './keys/keyCache.ts';
import type { ServeRoute } from './requestPipeline.ts';
import { compressLarge } from './responses/compressLarge.ts';
import { isRead, type Route } from './route.ts';

type ServableRoute = Route & { serve: ServeRoute };

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

/** Express with the routes, and with the middleware that pages and sessions need. */
export function createExpressApp(options: {
  ingest: readonly ServableRoute[];
  others: readonly ServableRoute[];
  attachSession: RequestHandler;
  keys: Pick<KeyCache, 'hasOrigin'>;
  metrics: Metrics;
  sendError: SendError;
}): Express {
  const { ingest, others, attachSession, keys, metrics, sendError } = options;
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
  const compress = compressLarge();
  const add = (route: ServableRoute) =>
    app[route.method](expressPath(route.path), ...(isRead(route) ? [compress] : []), (request, response) =>
      route.serve(request, response, request.params as Record<string, string>),
    );

  // Ingest routes come first, before the middleware that only browsers need.
  for (const { path } of ingest.filter(({ cors }) => cors))
    app.options(path, (request, response, next) => {
      if (!answerPreflight(request, response, keys)) next();
    });
  for (const route of ingest) add(route);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY } }));
  app.use(attachSession);
  for (const route of others) add(route);
  refuseOtherMethods(app, [...ingest, ...others]);
  app.use(() => {
    throw new Problem(404, 'There is no route at this path.');
  });

  const onError: ErrorRequestHandler = (error, request, response, _next) =>
    sendError(error instanceof URIError ? new Problem(400, 'The path is invalid.') : error, request, response);
  app.use(onError);
  return app;
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
