import { healthSchema, readinessSchema } from './reading/readingSchemas.ts';
import { Reply, type Route, route } from './route.ts';

/** Liveness and readiness. */
export function statusRoutes(options: {
  /** state of each dependency: true if it answers */
  dependencies(): Promise<Record<string, boolean>>;
}): Route[] {
  return [
    route('GET /healthz', {
      summary: 'Check that the process is alive',
      responses: { 200: { description: 'Alive', schema: healthSchema } },
      handle: () => ({ status: 'ok' }),
    }),
    route('GET /readyz', {
      summary: 'Check that every dependency answers',
      responses: {
        200: { description: 'Ready', schema: readinessSchema },
        503: { description: 'Not ready; names the dependencies that do not answer', schema: readinessSchema },
      },
      async handle() {
        const dependencies = await options.dependencies();
        return Object.values(dependencies).every(Boolean)
          ? { status: 'ready', dependencies }
          : new Reply(503, { status: 'not ready', dependencies });
      },
    }),
  ];
}
