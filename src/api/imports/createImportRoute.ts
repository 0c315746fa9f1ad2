import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { v7 as uuidv7 } from 'uuid';
import { FileProblem } from '../../ingest/files/fileProblem.ts';
import { openTable, type Table } from '../../ingest/files/openTable.ts';
import { undoGzip } from '../../ingest/files/undoGzip.ts';
import { checkColumns } from '../../ingest/imports/checkColumns.ts';
import { createFeedbackCheck } from '../../ingest/imports/createFeedbackCheck.ts';
import { dryRunImport } from '../../ingest/imports/dryRunImport.ts';
import { dryRunReportSchema } from '../../ingest/imports/dryRunSchema.ts';
import type { ImportMapping } from '../../ingest/imports/importMapping.ts';
import { mappingNameSchema } from '../../ingest/imports/mappingName.ts';
import { parseMapping } from '../../ingest/imports/parseMapping.ts';
import { createPrivacyFilter, type PrivacyOptions } from '../../ingest/privacyFilter.ts';
import type { Models } from '../../models/database.ts';
import { deleteImportFile, readImportFile, writeImportFile } from '../../models/imports/importFiles.ts';
import type { FileOptions, ImportDocument } from '../../models/imports/importSchema.ts';
import { createImport, TooManyWaiting } from '../../models/imports/imports.ts';
import { resolveMapping } from '../../models/imports/savedMappings.ts';
import { type ActiveZones, activeZoneOf } from '../../models/zones/activeZones.ts';
import type { ImportQueue } from '../../queues/importQueue.ts';
import { restrictToOrg } from '../caller.ts';
import { invalid, Problem } from '../http/problem.ts';
import { idempotencyHeaders, idempotencyKeyOf } from '../ingest/idempotencyKey.ts';
import { queries } from '../reading/querySchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import { importFormSchema, importSchema } from './importSchemas.ts';
import { presentImport } from './presentImport.ts';
import { readUpload } from './readUpload.ts';

export interface ImportOptions extends PrivacyOptions {
  models: Models;
  imports: Pick<ImportQueue, 'request'>;
  zones: Pick<ActiveZones, 'load' | 'all'>;
  /** max bytes of a file, as sent and decompressed */
  importBytes: number;
  /** earliest time of a feedback that is taken, in epoch milliseconds */
  earliestCreatedAt: number;
  /** max imports of an org that wait or run */
  importsPerOrg: number;
}

/** Max uploads that one process takes at once. */
const MAX_UPLOADS = 8;
/** Rows that a dry run reads. */
const DRY_RUN_ROWS = 1_000;

export function createImportRoute(options: ImportOptions): Route {
  const { models, imports, importBytes, importsPerOrg } = options;
  const filterPrivacy = createPrivacyFilter(options);
  let uploads = 0;

  async function withUpload<T>(take: () => Promise<T>): Promise<T> {
    if (uploads >= MAX_UPLOADS)
      throw new Problem(503, 'Too many files are being uploaded. Send it again.', {
        headers: { 'retry-after': '2', connection: 'close' },
      });
    uploads++;
    try {
      return await take();
    } finally {
      uploads--;
    }
  }

  /** Opens a file, or says why it cannot be read. */
  async function open(bytes: AsyncIterable<Buffer>, fileOptions: FileOptions): Promise<Table> {
    try {
      return await openTable(await undoGzip(bytes), { ...fileOptions, maxBytes: importBytes });
    } catch (error) {
      throw error instanceof FileProblem ? unreadable(error) : error;
    }
  }

  async function mappingOf(text: string | undefined, scopes: readonly (string | null)[]) {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '') return undefined;
    if (trimmed.startsWith('{')) {
      const { mapping, errors } = parseMapping(trimmed);
      if (errors) throw invalid(errors.map((error) => ({ ...error, pointer: `/mapping${error.pointer}` })));
      return { mapping, name: null };
    }
    const isName = mappingNameSchema.safeParse(trimmed).success;
    const mapping = isName ? await resolveMapping(models, trimmed, scopes) : undefined;
    if (mapping) return { mapping, name: trimmed };
    const message = 'must be a mapping as JSON, or the name of one that GET /v1/import-mappings lists';
    throw invalid([{ pointer: '/mapping', message }]);
  }

  /** Reports what an import would do. The file is kept in a temporary folder meanwhile. */
  async function preview(
    request: IncomingMessage,
    { orgId, scopes, fileOptions }: { orgId: string | null; scopes: (string | null)[]; fileOptions: FileOptions },
  ) {
    const folder = await mkdtemp(join(tmpdir(), 'feedback-import-'));
    const path = join(folder, 'file');
    try {
      const upload = await readUpload(request, importBytes, (file) => pipeline(file, createWriteStream(path)));
      const named = await mappingOf(upload.mapping, scopes);
      const table = await open(createReadStream(path), fileOptions);
      const check = createFeedbackCheck({
        ...{ orgId, filterPrivacy },
        acceptedAtMs: Date.now(),
        earliestMs: options.earliestCreatedAt,
      });
      const zone = await activeZoneOf(options.zones, orgId);
      const report = dryRunImport(table, { mapping: named?.mapping, zone, maxRows: DRY_RUN_ROWS, check });
      return await report.catch((error) => {
        throw error instanceof FileProblem ? unreadable(error) : error;
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Throws Problem 400 if the file cannot be read at all, or the mapping does not fit its columns. */
  async function checkFile(id: string, mapping: ImportMapping, fileOptions: FileOptions): Promise<void> {
    const table = await open(readImportFile(models, id), fileOptions);
    await table.close();
    const errors = checkColumns(mapping, table.columns);
    if (errors.length > 0)
      throw invalid(
        errors.map(({ column, message }) => ({
          pointer: `/mapping${column === null ? '' : `/columns/${column}`}`,
          message,
        })),
      );
  }

  /** Stores the file of a request, and checks that it can be imported. */
  async function takeFile(
    request: IncomingMessage,
    id: string,
    { scopes, fileOptions }: { scopes: (string | null)[]; fileOptions: FileOptions },
  ) {
    const write = (file: AsyncIterable<Buffer>) => writeImportFile(models, id, file);
    const { stored, fileName, mapping } = await withUpload(() => readUpload(request, importBytes, write));
    const named = await mappingOf(mapping, scopes);
    if (!named)
      throw invalid([{ pointer: '/mapping', message: 'is missing; a request with ?dryRun=true proposes one' }]);
    await checkFile(id, named.mapping, fileOptions);
    return { ...stored, fileName, mapping: JSON.stringify(named.mapping), mappingName: named.name };
  }

  return route('POST /v1/imports', {
    summary: `Import a file, up to ${importBytes} bytes, in the background; or try it without storing anything`,
    scope: 'admin',
    query: queries.newImport,
    headers: idempotencyHeaders,
    content: { 'multipart/form-data': importFormSchema },
    responses: {
      200: { description: 'Report of a dry run; nothing was stored', schema: dryRunReportSchema },
      202: { description: 'Stored, and imported in the background', schema: importSchema },
    },
    errors: [400, 409, 413, 415],
    async handle({ caller, actor, query, request, response }) {
      const { dryRun: isDryRun, again, format, charset } = query;
      const orgId = restrictToOrg(caller, query.orgId) ?? null;
      const key = idempotencyKeyOf(request) ?? null;
      const scopes = caller.orgId === null && orgId !== null ? [orgId, null] : [orgId];
      const fileOptions: FileOptions = { ...(format && { format }), ...(charset && { charset }) };
      if (isDryRun) return withUpload(() => preview(request, { orgId, scopes, fileOptions }));

      const id = uuidv7();
      const createdAt = new Date();
      const checked = await takeFile(request, id, { scopes, fileOptions }).catch(async (error) => {
        await deleteImportFile(models, id).catch(() => {});
        throw error;
      });
      const given = { _id: id, orgId, fileOptions, key, actor, again, createdAt, ...checked };
      const { created, former } = await createImport(models, given, importsPerOrg).catch((error) => {
        // The sweep deletes the file: after an outage it is unknown whether the import was stored.
        throw error instanceof TooManyWaiting ? tooManyWaiting(importsPerOrg) : error;
      });
      if (former) await deleteImportFile(models, id);
      if (former && (key === null || former.key !== key)) throw knownFile(former);
      const found = created ?? former;
      // A worker finds the stored import even if the queue is away now.
      await imports.request(found._id).catch(() => {});
      response.setHeader('location', `/v1/imports/${found._id}`);
      return new Reply(202, presentImport(found));
    },
  });
}

const unreadable = ({ kind, message }: FileProblem) =>
  new Problem(({ unreadable: 400, tooLarge: 413, wrongType: 415 } as const)[kind], message);

const knownFile = ({ _id, state }: ImportDocument) =>
  new Problem(
    409,
    `This file was imported with this mapping before: import ${_id} is ${state}. Undo that with DELETE /v1/imports/${_id}, or add again=true to import it once more.`,
  );

const tooManyWaiting = (limit: number) =>
  new Problem(429, `${limit} imports of this org are waiting or running. Send it when one is done.`, {
    headers: { 'retry-after': '60' },
  });
