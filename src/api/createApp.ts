import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { createAuthentication } from './authentication.ts';
import { createExpressApp } from './createExpressApp.ts';
import { createRoutes, type RouteServices } from './createRoutes.ts';
import type { ClientAddress } from './http/clientAddress.ts';
import { createErrorHandler } from './http/createErrorHandler.ts';
import { measureDuration } from './http/measureDuration.ts';
import { type ServedRoute, servedRoutes } from './http/servedRoutes.ts';
import type { FailedAuthLimit } from './keys/failedAuthLimit.ts';
import { createRequestPipeline } from './requestPipeline.ts';
import type { Route } from './route.ts';

/**
 * The HTTP API. Express costs several times what a single feedback needs otherwise, so it is bypassed for ingest requests
 * without a query.
 */
export function createApp(
  options: RouteServices & { failedAuthLimit: FailedAuthLimit; addressOf: ClientAddress; log: Logger },
): { listener: RequestListener; served: ServedRoute[] } {
  const { keys, failedAuthLimit, metrics, limits, pseudonym, addressOf, signIn, log } = options;
  const authentication = createAuthentication({ keys, failedAuthLimit, sessions: signIn.sessions });
  const serveRoute = createRequestPipeline({ authentication, keys, limits, pseudonym, addressOf });
  const withServe = (route: Route) => ({ ...route, serve: serveRoute(route) });
  const routes = createRoutes(options);
  const ingest = routes.ingest.map(withServe);
  const others = routes.others.map(withServe);
  const sendError = createErrorHandler({ metrics, log });
  const { attachSession } = signIn;
  const app = createExpressApp({ ingest, others, attachSession, keys, metrics, sendError });

  const ingestByPath = new Map(ingest.map((route) => [route.path, route]));
  const listener: RequestListener = (request, response) => {
    const route = request.method === 'POST' ? ingestByPath.get(request.url ?? '') : undefined;
    if (!route) return app(request, response);
    measureDuration(metrics, request, response, () => route.path);
    route.serve(request, response, {}).catch((error) => sendError(error, request, response));
  };
  return { listener, served: servedRoutes(app) };
}
