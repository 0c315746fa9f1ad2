import { z } from 'zod';
import type { Models } from '../../models/database.ts';
import type { AccessKeyDocument } from '../../models/keys/keySchema.ts';
import {
  createAccessKey,
  isValid,
  listAccessKeys,
  NotRotatable,
  revokeAccessKey,
  rotateAccessKey,
} from '../../models/keys/keys.ts';
import { actorOf, authorize, restrictToOrg } from '../authorize.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem, sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import { validate } from '../http/validate.ts';
import { queries } from '../reading/querySchemas.ts';
import { queryRoute, type Route } from '../route.ts';
import type { Caller, KeyCache } from './keyCache.ts';
import { keySchema, keysPageSchema, madeKeySchema, newKeySchema, rotationSchema } from './keySchemas.ts';

const BODY = { maxBytes: 16 * 1024, maxHeldBytes: 1024 * 1024 };
const HOUR_MS = 3_600_000;
const CURSOR = z.tuple([z.int().min(0).max(8.64e15), z.string().max(200)]);

/** The routes on keys, for an admin; one whose key is bound to an org has to do with the keys of that org alone. */
export function keyRoutes({ models, keys }: { models: Models; keys: KeyCache }): Route[] {
  const readJson = createJsonReader(BODY);
  const common = { scope: 'admin', errors: [400, 401, 403, 413, 415, 503] } as const;
  const reachOf = ({ orgId }: Caller) => ({ orgId: orgId ?? undefined });

  /** Whose key is changed by a request that names one. */
  function addressed(request: Parameters<Route['handle']>[0]) {
    const caller = authorize(request, keys, 'admin');
    validate(queries.none, request.query);
    return { caller, by: actorOf(request, caller, keys.addressOf), id: String(request.params.id) };
  }

  return [
    queryRoute(keys, {
      path: '/v1/keys',
      summary: 'The keys, the latest first; none of them is shown itself',
      scope: 'admin',
      query: queries.list,
      answer: keysPageSchema,
      async read(caller, { orgId, limit, cursor }) {
        const after = readCursor(cursor, CURSOR);
        const found = await listAccessKeys(models, {
          orgId: restrictToOrg(caller, orgId),
          limit: limit + 1,
          after: after && { createdAt: new Date(after[0]), id: after[1] },
        });
        const items = found.slice(0, limit);
        const last = found.length > limit ? items.at(-1) : undefined;
        return {
          items: items.map(presentKey),
          nextCursor: last ? writeCursor([last.createdAt.getTime(), last._id]) : null,
        };
      },
    }),
    {
      ...common,
      method: 'post',
      path: '/v1/keys',
      summary: 'Make a key',
      body: { 'application/json': newKeySchema },
      responses: { 201: { description: 'Made; the key is shown this once', schema: madeKeySchema } },
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        validate(queries.none, request.query);
        const wanted = validate(newKeySchema, await readJson(request, response));
        const orgId = restrictToOrg(caller, wanted.orgId) ?? null;
        if (wanted.origins && wanted.scope !== 'ingest')
          throw invalid([{ pointer: '/scope', message: 'must be ingest for a key with origins' }]);
        const expiresAt = wanted.expiresAt === undefined ? null : new Date(wanted.expiresAt);
        if (expiresAt && expiresAt.getTime() <= Date.now())
          throw invalid([{ pointer: '/expiresAt', message: 'must be in the future' }]);
        refuseLongerLife(caller, expiresAt);
        const by = actorOf(request, caller, keys.addressOf);
        const { key, stored } = await createAccessKey(models, { ...wanted, orgId, expiresAt }, by);
        await keys.refresh();
        sendJson(response, 201, { ...presentKey(stored), key });
      },
    },
    {
      ...common,
      method: 'post',
      path: '/v1/keys/{id}/rotate',
      summary: 'Make the key that follows one, which stays valid for a while',
      body: { 'application/json': rotationSchema },
      responses: { 201: { description: 'Made; the key is shown this once', schema: madeKeySchema } },
      errors: [...common.errors, 404, 409],
      async handle(request, response) {
        const { caller, by, id } = addressed(request);
        const { overlapHours } = validate(rotationSchema, await readJson(request, response));
        const endsBy = caller.expiresAt === undefined ? undefined : new Date(caller.expiresAt);
        const of = { ...reachOf(caller), id, overlapMs: overlapHours * HOUR_MS, endsBy };
        const made = await rotateAccessKey(models, of, by).catch((error) => {
          throw error instanceof NotRotatable ? new Problem(409, error.message) : error;
        });
        if (!made) throw noSuchKey();
        await keys.refresh();
        sendJson(response, 201, { ...presentKey(made.stored), key: made.key });
      },
    },
    {
      ...common,
      method: 'delete',
      path: '/v1/keys/{id}',
      summary: 'Revoke a key',
      responses: { 200: { description: 'Revoked, now or before', schema: keySchema } },
      errors: [400, 401, 403, 404, 503],
      async handle(request, response) {
        const { caller, by, id } = addressed(request);
        const found = await revokeAccessKey(models, { ...reachOf(caller), id }, by);
        if (!found) throw noSuchKey();
        await keys.refresh();
        sendJson(response, 200, presentKey(found.stored));
      },
    },
  ];
}

/** The same for a key of another org as for none. */
const noSuchKey = () => new Problem(404, 'There is no such key that this one may manage.');

/** What ends makes nothing that outlives it. */
function refuseLongerLife({ expiresAt: end }: Caller, wanted: Date | null): void {
  if (end === undefined || (wanted !== null && wanted.getTime() <= end)) return;
  throw new Problem(403, 'This key has an end, and makes no key that outlives it.', {
    errors: [{ pointer: '/expiresAt', message: `must be ${new Date(end).toISOString()} at the latest` }],
  });
}

function presentKey(stored: AccessKeyDocument) {
  const {
    _id: id,
    scope,
    orgId,
    name,
    origins,
    createdAt,
    expiresAt,
    revokedAt,
    lastUsedAt,
    replaces,
  } = stored;
  const state = revokedAt ? 'revoked' : isValid(stored, new Date()) ? 'valid' : 'expired';
  return { id, scope, orgId, name, state, origins, createdAt, expiresAt, revokedAt, lastUsedAt, replaces };
}
