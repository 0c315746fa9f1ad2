import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { idSchema } from '../../ingest/names/ids.ts';
import { recordAuditEvent } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import { exportUser } from '../../models/erasure/exportUser.ts';
import { restrictToOrg } from '../caller.ts';
import { invalid } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { exportSchema } from './erasureSchemas.ts';

/** The route that exports everything stored about one user. */
export function exportRoutes({ models }: { models: Models }): Route[] {
  return [
    route('GET /v1/users/{id}/export', {
      summary: 'Export everything stored about one user',
      scope: 'admin',
      query: queries.one,
      responses: ok(exportSchema),
      async handle({ caller, actor, query, params: { id }, response }) {
        const { data: userId } = idSchema.safeParse(id);
        if (userId === undefined) throw invalid([{ pointer: '/id', message: 'is not an id' }]);
        const orgId = restrictToOrg(caller, query.orgId) ?? null;
        await recordAuditEvent(models, { actor, action: 'user.export', orgId });
        const chunks = exportUser(models, { userId, orgId, now: new Date() });
        // A failure before the first chunk is still answered with a problem.
        const first = await chunks.next();
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
        response.write(first.value ?? '');
        // A later failure cuts the response off, so that the client sees it is incomplete.
        await pipeline(Readable.from(chunks), response).catch(() => response.destroy());
      },
    }),
  ];
}
