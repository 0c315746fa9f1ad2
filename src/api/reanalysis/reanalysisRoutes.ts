import { recordAuditEvent } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import type { Reanalysis, ReanalysisQueue } from '../../queues/reanalysisQueue.ts';
import { actorOf, authorize } from '../authorize.ts';
import { sendJson } from '../http/problem.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import { queries } from '../reading/querySchemas.ts';
import { queryRoute, type Route } from '../route.ts';
import { queryOf, scopeOf } from '../taxonomy/taxonomyRoutes.ts';
import { reanalysisSchema } from '../taxonomy/taxonomySchemas.ts';

/** The routes that have stored feedback analysed anew, and say how far that has come. */
export function reanalysisRoutes({
  models,
  keys,
  reanalyses,
}: {
  models: Pick<Models, 'auditLog'>;
  keys: KeyCache;
  reanalyses: ReanalysisQueue;
}): Route[] {
  return [
    {
      method: 'post',
      path: '/v1/reanalysis',
      summary: 'Analyse all stored feedback by the taxonomies in force',
      scope: 'admin',
      query: queries.one,
      responses: { 202: { description: 'It will be', schema: reanalysisSchema } },
      errors: [400, 401, 403, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        // Before it is done: whatever happens next, nothing is done that is not written down.
        const actor = actorOf(request, caller, keys.addressOf);
        await recordAuditEvent(models, { actor, action: 'reanalysis.request', target: orgId ?? '', orgId });
        sendJson(response, 202, present(orgId, await reanalyses.request(orgId)));
      },
    },
    queryRoute(keys, {
      path: '/v1/reanalysis',
      summary: 'How far the re-analysis is that is under way, or was the last',
      query: queries.one,
      answer: reanalysisSchema,
      async read(caller, query) {
        const orgId = scopeOf(caller, query);
        return present(orgId, await reanalyses.find(orgId));
      },
    }),
  ];
}

export function present(orgId: string | null, found: Reanalysis | undefined) {
  if (!found) return { orgId, state: 'none' as const };
  const { state, pass, walked, total, reanalysed, changed, elapsedMs, requestedAt, finishedAt } = found;
  const ratePerSecond = elapsedMs > 0 ? Math.round(reanalysed / (elapsedMs / 1000)) : 0;
  return { orgId, state, pass, walked, total, reanalysed, changed, ratePerSecond, requestedAt, finishedAt };
}
