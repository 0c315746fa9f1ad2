import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fieldErrors, idSchema } from '../../ingest/feedbackSchema.ts';
import { recordAuditEvent } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import { exportUser } from '../../models/erasure/exportUser.ts';
import { actorOf, authorize, restrictToOrg } from '../authorize.ts';
import { invalid } from '../http/problem.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import { queries } from '../reading/querySchemas.ts';
import type { Route } from '../route.ts';
import { exportSchema } from './erasureSchemas.ts';

/** The route that gives out all that is stored of one person. */
export function exportRoutes({ models, keys }: { models: Models; keys: KeyCache }): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/users/{id}/export',
      summary: 'All that is stored of one user, for whoever asks for their data',
      scope: 'admin',
      query: queries.one,
      responses: { 200: { description: 'The answer', schema: exportSchema } },
      errors: [400, 401, 403, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const query = queries.one.safeParse(request.query);
        if (!query.success) throw invalid(fieldErrors(query.error, Object.keys(queries.one.shape)));
        const { id: userId } = request.params as { id: string };
        if (!idSchema.safeParse(userId).success) throw invalid([{ pointer: '/id', message: 'is not an id' }]);
        const orgId = restrictToOrg(caller, query.data.orgId) ?? null;
        await recordAuditEvent(models, {
          actor: actorOf(request, caller, keys.addressOf),
          action: 'user.export',
          orgId,
        });
        const pieces = exportUser(models, { userId, orgId, now: new Date() });
        // What fails before the first piece is still answered with a problem.
        const first = await pieces.next();
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-store',
        });
        response.write(first.value ?? '');
        // A client that goes away midway is no fault, and one whose answer breaks off sees that it is not whole.
        await pipeline(Readable.from(pieces), response).catch(() => response.destroy());
      },
    },
  ];
}
