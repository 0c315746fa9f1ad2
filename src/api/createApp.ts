import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { GroupCommit } from '../ingest/groupCommit.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../models/database.ts';
import type { KeyRing } from './keyRing.ts';
import { openApiOf } from './openapi.ts';
import { Problem, problemOf, sendProblem } from './problem.ts';
import type { Route } from './route.ts';
import { docsRoutes } from './routes/docs.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { readingRoutes } from './routes/reading.ts';
import { statusRoutes } from './routes/status.ts';

export interface AppOptions {
  models: Models;
  keys: KeyRing;
  groupCommit: GroupCommit;
  admit(): void;
  metrics: Metrics;
  log: Logger;
  /** state of each dependency, true where it answers */
  dependencies(): Promise<Record<string, boolean>>;
}

/** The HTTP API: its routes, and one place where errors become answers. */
export function createApp(options: AppOptions): Express {
  const { metrics, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', (text: string) => queryOf(text));
  app.use(timed(metrics));

  const dependencies = async () => ({ ...(await options.dependencies()), keys: options.keys.isLoaded() });
  const ingest = ingestRoutes(options);
  const documented = [...ingest, ...readingRoutes(options), ...statusRoutes({ dependencies })];
  const routes = [...documented, ...docsRoutes(openApiOf(documented))];
  // The hot routes come first, and without what only browsers need.
  serve(app, ingest);
  app.use(helmet());
  serve(app, routes.slice(ingest.length));
  refuseOtherMethods(app, routes);
  app.use(() => {
    throw new Problem(404, 'There is nothing at this path.');
  });

  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    const problem = problemOf(error instanceof URIError ? new Problem(400, 'The path is not valid.') : error);
    if (problem.status === 500) log.error({ err: error }, 'a request failed');
    if (request.method === 'POST') metrics.refused.inc({ reason: REASONS[problem.status] ?? 'invalid' });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
    // What is left of a body that nobody will read is let go.
    if (!request.readableEnded) request.resume();
  };
  app.use(onError);
  return app;
}

function serve(app: Express, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes)
    app[method](expressPath(path), (request, response) => handle(request, response));
}

function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    if (methods.includes('GET')) methods.push('HEAD');
    const allow = methods.join(', ');
    app.all(expressPath(path), () => {
      throw new Problem(405, `The methods of this path are ${allow}.`, { headers: { allow } });
    });
  }
}

const expressPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

const REASONS: Partial<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
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

function timed(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const end = metrics.httpDuration.startTimer();
    response.on('finish', () =>
      end({ route: request.route?.path ?? 'none', method: request.method, status: response.statusCode }),
    );
    next();
  };
}
