import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ImportMapping } from '../../ingest/imports/importMapping.ts';
import type { Models } from '../../models/database.ts';
import { listRefusals, streamRefusals } from '../../models/imports/importProgress.ts';
import type { ImportDocument } from '../../models/imports/importSchema.ts';
import { findImport, listImports, requestUndo } from '../../models/imports/imports.ts';
import { pageOf } from '../../models/mongodb/keysetPage.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { createImportRoute, type ImportOptions } from './createImportRoute.ts';
import { importDetailsSchema, importSchema, importsSchema } from './importSchemas.ts';
import { presentImport, presentRefusal, refusalsCsv } from './presentImport.ts';

/** Refusals that are shown with an import. */
const SHOWN_REFUSALS = 100;

/** Routes that import files, show the progress, and take imports back. */
export function importRoutes(options: ImportOptions): Route[] {
  const { models, imports } = options;
  return [
    createImportRoute(options),
    route('GET /v1/imports', {
      summary: 'List imports, newest first',
      scope: 'admin',
      query: queries.list,
      responses: ok(importsSchema),
      async handle({ caller, query: { orgId, limit, cursor } }) {
        const after = readCursor(cursor, z.uuid());
        const found = await listImports(models, { orgId: restrictToOrg(caller, orgId), limit: limit + 1, after });
        const { items, next } = pageOf(found, limit, ({ _id }) => _id);
        return { items: items.map(presentImport), nextCursor: next === null ? null : writeCursor(next) };
      },
    }),
    route('GET /v1/imports/{id}', {
      summary: 'Get one import: its progress, its mapping, and the first refused rows',
      scope: 'admin',
      query: queries.none,
      responses: ok(importDetailsSchema),
      errors: [404],
      async handle({ caller, params: { id } }) {
        const found = await visibleImport(models, caller, id);
        const refusals = await listRefusals(models, id, SHOWN_REFUSALS);
        const mapping = JSON.parse(found.mapping) as ImportMapping;
        return { ...presentImport(found), mapping, refusals: refusals.map(presentRefusal) };
      },
    }),
    route('GET /v1/imports/{id}/refusals', {
      summary: 'Download the refused rows of an import as CSV: line, column and reason',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'One line for each fault', type: 'text/csv' } },
      errors: [404],
      async handle({ caller, params: { id }, response }) {
        await visibleImport(models, caller, id);
        const lines = refusalsCsv(streamRefusals(models, id));
        // A failure before the first line is still answered with a problem.
        const first = await lines.next();
        response.writeHead(200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="refusals-${id}.csv"`,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        });
        response.write(first.value ?? '');
        // A later failure cuts the response off, so that the client sees it is incomplete.
        await pipeline(Readable.from(lines), response).catch(() => response.destroy());
      },
    }),
    route('DELETE /v1/imports/{id}', {
      summary: 'Undo an import: stop it, and take back exactly what it stored',
      scope: 'admin',
      query: queries.none,
      responses: { 202: { description: 'The import, which is undone in the background', schema: importSchema } },
      errors: [404],
      async handle({ caller, actor, params: { id } }) {
        await visibleImport(models, caller, id);
        const undone = await requestUndo(models, id, actor);
        if (!undone) throw noSuchImport();
        // A worker finds the stored request even if the queue is away now.
        await imports.request(id).catch(() => {});
        return presentImport(undone);
      },
    }),
  ];
}

/** Throws Problem 404 if the caller can see no such import. */
async function visibleImport(models: Models, caller: Caller, id: string): Promise<ImportDocument> {
  const found = z.uuid().safeParse(id).success ? await findImport(models, id) : null;
  if (!found || (caller.orgId !== null && caller.orgId !== found.orgId)) throw noSuchImport();
  return found;
}

const noSuchImport = () => new Problem(404, 'This key can see no import with this id.');
