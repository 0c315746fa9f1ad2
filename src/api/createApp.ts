import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { GroupCommit } from '../ingest/groupCommit.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../models/database.ts';
import type { KeyRing } from './keyRing.ts';
import { Problem, problemOf, sendJson, sendProblem } from './problem.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { readingRoutes } from './routes/reading.ts';

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

/** The HTTP API: routes to handlers, and one place where errors become answers. */
export function createApp(options: AppOptions): Express {
  const { keys, metrics, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', (text: string) => queryOf(text));
  app.use(timed(metrics));

  const ingest = ingestRoutes({ ...options, keys });
  app.post('/v1/feedback', (request, response) => ingest.one(request, response));
  app.post('/v1/feedback/batch', (request, response) => ingest.batch(request, response));
  app.post('/v1/feedback/import', (request, response) => ingest.import(request, response));

  app.use(helmet());
  const read = readingRoutes({ models: options.models, keys });
  app.get('/v1/feedback', async (request, response) =>
    sendJson(response, 200, await read.list(request, request.query)),
  );
  app.get('/v1/feedback/:id', async (request, response) =>
    sendJson(response, 200, await read.one(request, request.params.id, request.query)),
  );
  app.get('/v1/summary', async (request, response) =>
    sendJson(response, 200, await read.summary(request, 'all', '', request.query)),
  );
  app.get('/v1/trend', async (request, response) =>
    sendJson(response, 200, await read.trend(request, 'all', '', request.query)),
  );
  for (const level of ['org', 'user', 'session'] as const) {
    app.get(`/v1/${level}s`, async (request, response) =>
      sendJson(response, 200, await read.rank(request, level, request.query)),
    );
    app.get(`/v1/${level}s/:id/summary`, async (request, response) =>
      sendJson(response, 200, await read.summary(request, level, request.params.id, request.query)),
    );
    app.get(`/v1/${level}s/:id/trend`, async (request, response) =>
      sendJson(response, 200, await read.trend(request, level, request.params.id, request.query)),
    );
  }
  app.get('/healthz', (_request, response) => sendJson(response, 200, { status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const up = { ...(await options.dependencies()), keys: keys.isLoaded() };
    const ready = Object.values(up).every(Boolean);
    sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', dependencies: up });
  });
  app.use(() => {
    throw new Problem(404, 'There is nothing at this path and method.');
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
