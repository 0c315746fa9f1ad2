import type { Express } from 'express';

/** One thing that Express serves: a route's method and path, or a middleware (`use`) by its name. */
export interface ServedRoute {
  method: string;
  path: string;
}

/** What Express really serves, in its order, read from its router and not from what was asked of it. */
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
