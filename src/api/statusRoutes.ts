import { sendJson } from './http/problem.ts';
import { healthSchema, readinessSchema } from './reading/readingSchemas.ts';
import type { Route } from './route.ts';

/** Whether the process lives, and whether it can do its work. */
export function statusRoutes(options: {
  /** state of each dependency, true where it answers */
  dependencies(): Promise<Record<string, boolean>>;
}): Route[] {
  return [
    {
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process lives',
      responses: { 200: { description: 'It does', schema: healthSchema } },
      errors: [],
      handle: (_request, response) => sendJson(response, 200, { status: 'ok' }),
    },
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether everything it needs answers',
      responses: {
        200: { description: 'Ready', schema: readinessSchema },
        503: { description: 'Not ready; says which does not answer', schema: readinessSchema },
      },
      errors: [],
      async handle(_request, response) {
        const dependencies = await options.dependencies();
        const ready = Object.values(dependencies).every(Boolean);
        sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', dependencies });
      },
    },
  ];
}
