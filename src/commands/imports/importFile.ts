import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { v7 as uuidv7 } from 'uuid';
import { openTable } from '../../ingest/files/openTable.ts';
import { undoGzip } from '../../ingest/files/undoGzip.ts';
import { createFeedbackCheck } from '../../ingest/imports/createFeedbackCheck.ts';
import { dryRunImport } from '../../ingest/imports/dryRunImport.ts';
import type { DryRunReport } from '../../ingest/imports/dryRunSchema.ts';
import type { ImportMapping } from '../../ingest/imports/importMapping.ts';
import { parseMapping } from '../../ingest/imports/parseMapping.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { createPrivacyFilter } from '../../ingest/privacyFilter.ts';
import { COMMAND_LINE } from '../../models/audit/auditLog.ts';
import type { Models } from '../../models/database.ts';
import { deleteImportFile, writeImportFile } from '../../models/imports/importFiles.ts';
import { listRefusals } from '../../models/imports/importProgress.ts';
import type { FileOptions, ImportDocument } from '../../models/imports/importSchema.ts';
import { createImport, findImport } from '../../models/imports/imports.ts';
import { resolveMapping } from '../../models/imports/savedMappings.ts';
import { createActiveSettings } from '../../models/settings/activeSettings.ts';
import { activeZoneOf, createActiveZones } from '../../models/zones/activeZones.ts';
import type { CommandContext } from '../commandContext.ts';
import { linesOfReport, linesOfResult } from './importReport.ts';
import { showProgress } from './showProgress.ts';
import { type ImportAccess, withImportWorker } from './withImportWorker.ts';

/** Options of `import <file>`, as commander parses them. */
interface ImportFileOptions {
  map?: string;
  org?: string;
  dryRun?: boolean;
  yes?: boolean;
  again?: boolean;
  key?: string;
  format?: FileOptions['format'];
  charset?: string;
}

interface NamedMapping {
  mapping: ImportMapping;
  name: string | null;
}

const DRY_RUN_ROWS = 1_000;
const SHOWN_REFUSALS = 10;
/** The command line is trusted to know its own limits. */
const MAX_WAITING = Number.MAX_SAFE_INTEGER;

/**
 * Imports a file: reports what would be stored, asks, stores the file, and shows the progress of the worker. A call that
 * was interrupted continues when it is repeated.
 *
 * @returns the exit code
 */
export function importFile(
  path: string,
  options: ImportFileOptions,
  { print, waitFor, pseudonym }: CommandContext,
): Promise<number> {
  const { format, charset } = options;
  const orgId = options.org ?? null;
  const key = options.key ?? null;
  for (const id of [orgId, key])
    if (id !== null && !idSchema.safeParse(id).success)
      throw new Error(`"${id}" is not an id: no spaces, 1 to 128 characters`);
  const fileOptions: FileOptions = { ...(format && { format }), ...(charset && { charset }) };

  return withImportWorker(async (access) => {
    const { models, config } = access;
    const maxBytes = config.IMPORT_LIMIT_MB * 1024 * 1024;
    const named = options.map === undefined ? undefined : await readMapping(models, options.map, orgId);

    const settings = createActiveSettings(models);
    await settings.load().finally(settings.close);
    const zones = createActiveZones(models);
    const zone = await activeZoneOf(zones, orgId).finally(zones.close);
    const filterPrivacy = createPrivacyFilter({ settings, pseudonym });
    const check = createFeedbackCheck({
      ...{ orgId, filterPrivacy },
      acceptedAtMs: Date.now(),
      earliestMs: config.EARLIEST_CREATED_AT,
    });
    const table = await openTable(await undoGzip(createReadStream(path)), { ...fileOptions, maxBytes });
    const report = await dryRunImport(table, { mapping: named?.mapping, zone, maxRows: DRY_RUN_ROWS, check });
    for (const line of linesOfReport(report)) print(line);
    if (options.dryRun) return 0;
    if (!named) {
      print('Nothing was imported. Save the mapping above as a file, edit it, and name it with --map.');
      return 1;
    }
    if (report.problems.length > 0) return 1;
    if (!(await isConfirmed(report, options))) {
      print('Nothing was imported.');
      return 1;
    }
    return store(path, { again: options.again ?? false, named, orgId, key, fileOptions }, access, { print, waitFor });
  });
}

async function store(
  path: string,
  given: { named: NamedMapping; orgId: string | null; key: string | null; fileOptions: FileOptions; again: boolean },
  { models, request }: ImportAccess,
  { print, waitFor }: Pick<CommandContext, 'print' | 'waitFor'>,
): Promise<number> {
  const { named, orgId, key, fileOptions, again } = given;
  const _id = uuidv7();
  const createdAt = new Date();
  const stored = await writeImportFile(models, _id, createReadStream(path));
  const mapping = { mapping: JSON.stringify(named.mapping), mappingName: named.name };
  const { created, former } = await createImport(
    models,
    {
      _id,
      orgId,
      fileName: basename(path),
      fileOptions,
      key,
      actor: COMMAND_LINE,
      again,
      createdAt,
      ...stored,
      ...mapping,
    },
    MAX_WAITING,
  );
  if (former) await deleteImportFile(models, _id);
  if (former && former.state !== 'queued' && former.state !== 'running') {
    print(`This file was imported with this mapping before: import ${former._id} is ${former.state}.`);
    print(`"import undo ${former._id}" takes it back; --again imports it once more.`);
    return 1;
  }
  const { _id: id } = created ?? former;
  if (former) print(`Continuing import ${id}.`);
  await request(id);
  const progress = showProgress(print);
  const ended = await waitFor(async () => {
    const found = await findImport(models, id);
    if (!found) throw new Error(`import ${id} was erased`);
    progress.update(found);
    return isEnded(found) ? found : undefined;
  });
  progress.stop();
  for (const line of linesOfResult(ended, await listRefusals(models, id, SHOWN_REFUSALS))) print(line);
  return ended.state === 'done' ? 0 : 1;
}

const isEnded = ({ state }: ImportDocument) => state === 'done' || state === 'failed' || state === 'undone';

/** The mapping in a file, or one with this name. Throws Error that says what is wrong. */
async function readMapping(models: Models, map: string, orgId: string | null): Promise<NamedMapping> {
  const named = await resolveMapping(models, map, orgId === null ? [null] : [orgId, null]);
  if (named) return { mapping: named, name: map };
  const text = await readFile(map, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${map} is neither a mapping ("import mappings" lists them) nor a file`);
  const { mapping, errors } = parseMapping(text);
  if (mapping) return { mapping, name: null };
  throw new Error(errors.map(({ pointer, message }) => `${map}: ${pointer} ${message}`).join('\n'));
}

/** Asks in a terminal. Without one, `--yes` is needed, or rows that are refused would go unnoticed. */
async function isConfirmed({ refused }: DryRunReport, { yes }: ImportFileOptions): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new Error('Add --yes to import without being asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const question = refused > 0 ? `Import the file without the refused rows? [y/N] ` : 'Import the file? [y/N] ';
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
