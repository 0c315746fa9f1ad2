import type { Express } from 'express';

/** A route of Express, or a middleware: method `use`, and its name as the path. */
export interface ServedRoute {
  method: string;
  path: string;
}

/** The routes and middleware that Express serves, in order, read from its router. */
export function servedRoutes(app: Express): ServedRoute[] {
  return app.router.stack.flatMap(({ route, name }) =>
    route
      ? [...new Set(route.stack.map(({ method }) => method ?? 'all'))].map((method) => ({
          method,
          path: route.path,
        }))
      : [{ method: 'use', path: name }],
  );
}
