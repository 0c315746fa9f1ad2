import { recordAuditEvent } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import type { Reanalysis, ReanalysisQueue } from '../../queues/reanalysisQueue.ts';
import { orgOrDeployment } from '../caller.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { reanalysisSchema } from './reanalysisSchemas.ts';

/** Routes that start a re-analysis of stored feedback, and report its progress. */
export function reanalysisRoutes({ models, reanalyses }: { models: Models; reanalyses: ReanalysisQueue }): Route[] {
  return [
    route('POST /v1/reanalysis', {
      summary: 'Start a re-analysis of all stored feedback by the active taxonomies',
      scope: 'admin',
      query: queries.one,
      responses: { 202: { description: 'Requested', schema: reanalysisSchema } },
      async handle({ caller, actor, query }) {
        const orgId = orgOrDeployment(caller, query);
        // The audit event comes first: nothing is done that is not in the audit log.
        await recordAuditEvent(models, { actor, action: 'reanalysis.request', target: orgId ?? '', orgId });
        return present(orgId, await reanalyses.request(orgId));
      },
    }),
    route('GET /v1/reanalysis', {
      summary: 'Get the progress of the current or last re-analysis',
      scope: 'read',
      query: queries.one,
      responses: ok(reanalysisSchema),
      async handle({ caller, query }) {
        const orgId = orgOrDeployment(caller, query);
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
