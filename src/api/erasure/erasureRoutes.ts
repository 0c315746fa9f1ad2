import { z } from 'zod';
import { fieldErrors, idSchema } from '../../ingest/feedbackSchema.ts';
import type { Models } from '../../models/database.ts';
import type { ErasureDocument } from '../../models/erasure/erasureSchema.ts';
import { readErasureSecrets } from '../../models/erasure/erasureSecrets.ts';
import { findErasure, listErasures, requestErasure } from '../../models/erasure/erasures.ts';
import type { ErasureQueue } from '../../queues/erasureQueue.ts';
import { actorOf, authorize, restrictToOrg } from '../authorize.ts';
import { invalid, Problem, sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { Pseudonym } from '../ingest/pseudonyms.ts';
import type { Caller, KeyCache } from '../keys/keyCache.ts';
import type { Route } from '../route.ts';
import { erasureBodySchema, erasureSchema, erasuresSchema, publicKeySchema } from './erasureSchemas.ts';

const BODY_BYTES = 4 * 1024;
const HELD_BYTES = 256 * 1024;

const noQuery = z.strictObject({});
const listQuery = z.strictObject({
  limit: z.coerce
    .number({ error: 'must be 1 to 200' })
    .int({ error: 'must be 1 to 200' })
    .min(1, { error: 'must be 1 to 200' })
    .max(200, { error: 'must be 1 to 200' })
    .default(50),
  cursor: z.uuid({ error: 'is not a cursor that a page before gave' }).optional(),
});

export interface ErasureOptions {
  models: Models;
  keys: KeyCache;
  erasures: ErasureQueue;
  pseudonym: Pseudonym;
}

/** The routes on erasures: asking for one, how far they are, and what their receipts are signed with. */
export function erasureRoutes({ models, keys, erasures, pseudonym }: ErasureOptions): Route[] {
  const readJson = createJsonReader({ maxBytes: BODY_BYTES, maxHeldBytes: HELD_BYTES });

  return [
    {
      method: 'post',
      path: '/v1/erasures',
      summary: 'Erase a user, a session, one feedback or an org',
      scope: 'admin',
      query: noQuery,
      body: { 'application/json': erasureBodySchema },
      responses: { 202: { description: 'It will be', schema: erasureSchema } },
      errors: [400, 401, 403, 413, 415, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        queryOf(noQuery, request.query);
        const parsed = erasureBodySchema.safeParse(await readJson(request, response));
        if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(erasureBodySchema.shape)));
        const { what } = parsed.data;
        const id = what === 'user' ? pseudonym(parsed.data.id) : parsed.data.id;
        if (what === 'org' && parsed.data.orgId !== undefined && parsed.data.orgId !== id)
          throw invalid([{ pointer: '/orgId', message: 'is for users, sessions and feedback' }]);
        const orgId = restrictToOrg(caller, what === 'org' ? id : parsed.data.orgId) ?? null;
        const erasure = await requestErasure(
          models,
          { what, id, orgId },
          actorOf(request, caller, keys.addressOf),
        );
        // It is written down: where the queue is away now, a worker finds it.
        await erasures.request(erasure._id).catch(() => {});
        sendJson(response, 202, present(erasure));
      },
    },
    {
      method: 'get',
      path: '/v1/erasures',
      summary: 'The erasures, newest first',
      scope: 'admin',
      query: listQuery,
      responses: { 200: { description: 'The answer', schema: erasuresSchema } },
      errors: [400, 401, 403, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const { limit, cursor } = queryOf(listQuery, request.query);
        const orgId = caller.orgId ?? undefined;
        const found = await listErasures(models, { orgId, limit: limit + 1, after: cursor });
        const items = found.slice(0, limit);
        const nextCursor = found.length > limit ? items.at(-1)!._id : null;
        sendJson(response, 200, { items: items.map(present), nextCursor });
      },
    },
    {
      method: 'get',
      path: '/v1/erasures/public-key',
      summary: 'What receipts are checked with',
      scope: 'admin',
      query: noQuery,
      responses: { 200: { description: 'The answer', schema: publicKeySchema } },
      errors: [400, 401, 403, 503],
      async handle(request, response) {
        authorize(request, keys, 'admin');
        queryOf(noQuery, request.query);
        const { publicKey } = await readErasureSecrets(models);
        sendJson(response, 200, { algorithm: 'Ed25519', publicKey });
      },
    },
    {
      method: 'get',
      path: '/v1/erasures/{id}',
      summary: 'One erasure: how far it is, and its receipt when it is done',
      scope: 'admin',
      query: noQuery,
      responses: { 200: { description: 'The answer', schema: erasureSchema } },
      errors: [400, 401, 403, 404, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        queryOf(noQuery, request.query);
        const { id } = request.params as { id: string };
        const found = idSchema.safeParse(id).success ? await findErasure(models, id) : null;
        if (!found || !canSee(caller, found))
          throw new Problem(404, 'There is no such erasure that this key may see.');
        sendJson(response, 200, present(found));
      },
    },
  ];
}

const canSee = (caller: Caller, { orgId }: ErasureDocument) =>
  caller.orgId === null || caller.orgId === orgId;

export function present(erasure: ErasureDocument) {
  const { _id: id, what, orgId, requestedAt, acceptedUntil, finishedAt, total, removed, receipt } = erasure;
  const state = finishedAt ? 'done' : erasure.startedAt ? 'running' : 'waiting';
  return { id, what, orgId, state, requestedAt, acceptedUntil, finishedAt, total, removed, receipt };
}

function queryOf<Query extends z.ZodObject>(schema: Query, query: unknown): z.infer<Query> {
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(schema.shape)));
  return parsed.data;
}
