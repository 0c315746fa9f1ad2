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
import { pageOf } from '../../models/mongodb/keysetPage.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { CURSOR_ID, CURSOR_TIME, readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import type { KeyCache } from './keyCache.ts';
import { keySchema, keysPageSchema, madeKeySchema, newKeySchema, rotationSchema } from './keySchemas.ts';

const MAX_BODY_BYTES = 16 * 1024;
const HOUR_MS = 3_600_000;
const CURSOR = z.tuple([CURSOR_TIME, CURSOR_ID]);

/** Routes on keys, for an admin. A key that is bound to an org manages the keys of that org alone. */
export function keyRoutes({ models, keys }: { models: Models; keys: Pick<KeyCache, 'refresh'> }): Route[] {
  const made = { 201: { description: 'Made; the secret is shown only now', schema: madeKeySchema } };
  return [
    route('GET /v1/keys', {
      summary: 'List keys, newest first, without their secrets',
      scope: 'admin',
      query: queries.list,
      responses: ok(keysPageSchema),
      async handle({ caller, query: { orgId, limit, cursor } }) {
        const after = readCursor(cursor, CURSOR);
        const found = await listAccessKeys(models, {
          orgId: restrictToOrg(caller, orgId),
          limit: limit + 1,
          after: after && { createdAt: new Date(after[0]), id: after[1] },
        });
        const { items, next } = pageOf(found, limit, ({ _id, createdAt }) => [createdAt.getTime(), _id]);
        return { items: items.map(presentKey), nextCursor: next && writeCursor(next) };
      },
    }),
    route('POST /v1/keys', {
      summary: 'Make a key',
      scope: 'admin',
      query: queries.none,
      body: newKeySchema,
      bodyLimits: { maxBytes: MAX_BODY_BYTES },
      responses: made,
      async handle({ caller, actor, body }) {
        const orgId = restrictToOrg(caller, body.orgId) ?? null;
        if (body.origins && body.scope !== 'ingest')
          throw invalid([{ pointer: '/scope', message: 'must be ingest for a key with origins' }]);
        const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
        if (expiresAt && expiresAt.getTime() <= Date.now())
          throw invalid([{ pointer: '/expiresAt', message: 'must be in the future' }]);
        refuseLongerLife(caller, expiresAt);
        const { key, stored } = await createAccessKey(models, { ...body, orgId, expiresAt }, actor);
        await keys.refresh();
        return { ...presentKey(stored), key };
      },
    }),
    route('POST /v1/keys/{id}/rotate', {
      summary: 'Rotate a key: make its successor, and end the key after an overlap',
      scope: 'admin',
      query: queries.none,
      body: rotationSchema,
      bodyLimits: { maxBytes: MAX_BODY_BYTES },
      responses: made,
      errors: [404, 409],
      async handle({ caller, actor, params: { id }, body: { overlapHours } }) {
        const endsBy = caller.expiresAt === undefined ? undefined : new Date(caller.expiresAt);
        const rotation = { id, orgId: caller.orgId ?? undefined, overlapMs: overlapHours * HOUR_MS, endsBy };
        const rotated = await rotateAccessKey(models, rotation, actor).catch((error) => {
          throw error instanceof NotRotatable ? new Problem(409, error.message) : error;
        });
        if (!rotated) throw noSuchKey();
        await keys.refresh();
        return { ...presentKey(rotated.stored), key: rotated.key };
      },
    }),
    route('DELETE /v1/keys/{id}', {
      summary: 'Revoke a key',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'Revoked, now or earlier', schema: keySchema } },
      errors: [404],
      async handle({ caller, actor, params: { id } }) {
        const revoked = await revokeAccessKey(models, { id, orgId: caller.orgId ?? undefined }, actor);
        if (!revoked) throw noSuchKey();
        await keys.refresh();
        return presentKey(revoked.stored);
      },
    }),
  ];
}

/** The same refusal for a key of another org as for an unknown one. */
const noSuchKey = () => new Problem(404, 'There is no key with this id that this key may manage.');

/** @throws Problem 403 for a new key that would expire after the key that makes it */
function refuseLongerLife({ expiresAt: endMs }: Caller, wanted: Date | null): void {
  if (endMs === undefined || (wanted !== null && wanted.getTime() <= endMs)) return;
  throw new Problem(403, 'This key expires, so it may not make a key that outlives it.', {
    errors: [{ pointer: '/expiresAt', message: `must be ${new Date(endMs).toISOString()} at the latest` }],
  });
}

function presentKey(stored: AccessKeyDocument) {
  const { _id: id, scope, orgId, name, origins, createdAt, expiresAt, revokedAt, lastUsedAt, replaces } = stored;
  const state = revokedAt ? 'revoked' : isValid(stored, new Date()) ? 'valid' : 'expired';
  return { id, scope, orgId, name, state, origins, createdAt, expiresAt, revokedAt, lastUsedAt, replaces };
}
