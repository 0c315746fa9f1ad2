import { idSchema } from '../../ingest/names/ids.ts';
import type { Pseudonym } from '../../ingest/pseudonyms.ts';
import type { Models } from '../../models/database.ts';
import type { ErasureDocument } from '../../models/erasure/erasureSchema.ts';
import { readErasureSecrets } from '../../models/erasure/erasureSecrets.ts';
import { findErasure, listErasures, requestErasure } from '../../models/erasure/erasures.ts';
import { pageOf } from '../../models/mongodb/keysetPage.ts';
import type { ErasureQueue } from '../../queues/erasureQueue.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { erasureBodySchema, erasureSchema, erasuresSchema, publicKeySchema } from './erasureSchemas.ts';

export interface ErasureOptions {
  models: Models;
  erasures: ErasureQueue;
  pseudonym: Pseudonym;
}

/** Routes that request erasures, report their progress, and give the key that verifies their receipts. */
export function erasureRoutes({ models, erasures, pseudonym }: ErasureOptions): Route[] {
  return [
    route('POST /v1/erasures', {
      summary: 'Erase a user, a session, one feedback or an org',
      scope: 'admin',
      query: queries.none,
      body: erasureBodySchema,
      responses: { 202: { description: 'Requested', schema: erasureSchema } },
      async handle({ caller, actor, body }) {
        const { what } = body;
        const id = what === 'user' ? pseudonym(body.id) : body.id;
        if (what === 'org' && body.orgId !== undefined && body.orgId !== id)
          throw invalid([{ pointer: '/orgId', message: 'is for users, sessions and feedback' }]);
        const orgId = restrictToOrg(caller, what === 'org' ? id : body.orgId) ?? null;
        const erasure = await requestErasure(models, { what, id, orgId }, actor);
        // A worker finds the stored request even if the queue is away now.
        await erasures.request(erasure._id).catch(() => {});
        return present(erasure);
      },
    }),
    route('GET /v1/erasures', {
      summary: 'List erasures, newest first',
      scope: 'admin',
      query: queries.erasures,
      responses: ok(erasuresSchema),
      async handle({ caller, query: { limit, cursor } }) {
        const orgId = caller.orgId ?? undefined;
        const found = await listErasures(models, { orgId, limit: limit + 1, after: cursor });
        const { items, next } = pageOf(found, limit, ({ _id }) => _id);
        return { items: items.map(present), nextCursor: next };
      },
    }),
    route('GET /v1/erasures/public-key', {
      summary: 'Get the public key that verifies receipts',
      scope: 'admin',
      query: queries.none,
      responses: ok(publicKeySchema),
      async handle() {
        const { publicKey } = await readErasureSecrets(models);
        return { algorithm: 'Ed25519', publicKey };
      },
    }),
    route('GET /v1/erasures/{id}', {
      summary: 'Get one erasure: its progress, and its receipt when it is done',
      scope: 'admin',
      query: queries.none,
      responses: ok(erasureSchema),
      errors: [404],
      async handle({ caller, params: { id } }) {
        const found = idSchema.safeParse(id).success ? await findErasure(models, id) : null;
        if (!found || !canSee(caller, found)) throw new Problem(404, 'This key can see no erasure with this id.');
        return present(found);
      },
    }),
  ];
}

const canSee = (caller: Caller, { orgId }: ErasureDocument) => caller.orgId === null || caller.orgId === orgId;

export function present(erasure: ErasureDocument) {
  const { _id: id, what, orgId, requestedAt, acceptedUntil, finishedAt, total, removed, receipt } = erasure;
  const state = finishedAt ? 'done' : erasure.startedAt ? 'running' : 'waiting';
  return { id, what, orgId, state, requestedAt, acceptedUntil, finishedAt, total, removed, receipt };
}
