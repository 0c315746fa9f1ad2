import { z } from 'zod';
import { isAuditAction, listAuditEvents, presentAuditEvent } from '../../models/audit/auditLog.ts';
import { AUDIT_ACTIONS } from '../../models/audit/auditSchema.ts';
import type { Models } from '../../models/database.ts';
import { restrictToOrg } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { didYouMean } from '../http/nearestNames.ts';
import { invalid } from '../http/problem.ts';
import { instantsIn, queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { auditPageSchema } from './auditSchemas.ts';

/** The audit log, for an admin. A key that is bound to an org sees the events of that org. */
export function auditRoutes({ models }: { models: Models }): Route[] {
  return [
    route('GET /v1/audit', {
      summary: 'List audit events, newest first',
      scope: 'admin',
      query: queries.audit,
      responses: ok(auditPageSchema),
      async handle({ caller, query: { orgId, action, limit, cursor, ...range } }) {
        const filter = { orgId: restrictToOrg(caller, orgId), action, ...instantsIn(range) };
        if (action !== undefined && !(await isAuditAction(models, filter))) {
          const message = `is not an action; ${didYouMean(action, AUDIT_ACTIONS, `the actions are ${AUDIT_ACTIONS.join(', ')}`)}`;
          throw invalid([{ pointer: '/action', message }]);
        }
        const { items, next } = await listAuditEvents(models, filter, { limit, after: readCursor(cursor, z.uuid()) });
        return { items: items.map(presentAuditEvent), nextCursor: next === null ? null : writeCursor(next) };
      },
    }),
  ];
}
