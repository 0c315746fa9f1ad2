import { z } from 'zod';
import { listActs, presentAct } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import { confine } from '../authorize.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import type { KeyRing } from '../keys/keyCache.ts';
import { auditPageSchema } from '../keys/keySchemas.ts';
import { queries } from '../reading/querySchemas.ts';
import { type Route, readingRoute } from '../route.ts';

const DAY_MS = 86_400_000;

/** The audit log, for an admin; one whose key is bound to an org sees what concerns that org. */
export function auditRoutes({ models, keys }: { models: Models; keys: KeyRing }): Route[] {
  return [
    readingRoute(keys, {
      path: '/v1/audit',
      summary: 'What was done, by whom and from where, newest first',
      scope: 'admin',
      query: queries.audit,
      answer: auditPageSchema,
      async read(caller, { orgId, action, from, to, limit, cursor }) {
        const filter = {
          orgId: confine(caller, orgId),
          action,
          from: from === undefined ? undefined : new Date(from),
          before: to === undefined ? undefined : new Date(Date.parse(to) + (to.length === 10 ? DAY_MS : 0)),
        };
        const { items, next } = await listActs(models, filter, {
          limit,
          after: readCursor(cursor, z.uuid()),
        });
        return { items: items.map(presentAct), nextCursor: next === null ? null : writeCursor(next) };
      },
    }),
  ];
}
