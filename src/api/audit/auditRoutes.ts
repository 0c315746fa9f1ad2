import { z } from 'zod';
import { listAuditEvents, presentAuditEvent } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import { restrictToOrg } from '../authorize.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import { auditPageSchema } from '../keys/keySchemas.ts';
import { queries } from '../reading/querySchemas.ts';
import { queryRoute, type Route } from '../route.ts';

const DAY_MS = 86_400_000;

/** The audit log, for an admin; one whose key is bound to an org sees what concerns that org. */
export function auditRoutes({ models, keys }: { models: Models; keys: KeyCache }): Route[] {
  return [
    queryRoute(keys, {
      path: '/v1/audit',
      summary: 'What was done, by whom and from where, newest first',
      scope: 'admin',
      query: queries.audit,
      answer: auditPageSchema,
      async read(caller, { orgId, action, from, to, limit, cursor }) {
        const filter = {
          orgId: restrictToOrg(caller, orgId),
          action,
          from: from === undefined ? undefined : new Date(from),
          before: to === undefined ? undefined : new Date(Date.parse(to) + (to.length === 10 ? DAY_MS : 0)),
        };
        const { items, next } = await listAuditEvents(models, filter, {
          limit,
          after: readCursor(cursor, z.uuid()),
        });
        return { items: items.map(presentAuditEvent), nextCursor: next === null ? null : writeCursor(next) };
      },
    }),
  ];
}
