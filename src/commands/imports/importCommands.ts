import type { Command } from 'commander';
import { presets } from '../../ingest/imports/presets.ts';
import { COMMAND_LINE } from '../../models/audit/auditLog.ts';
import { findImport, listImports, requestUndo } from '../../models/imports/imports.ts';
import { listMappings } from '../../models/imports/savedMappings.ts';
import type { CommandContext } from '../commandContext.ts';
import { inOneLine } from '../escapeForTerminal.ts';
import { showProgress } from './showProgress.ts';
import { withImportWorker } from './withImportWorker.ts';

/** Max imports that `import list` prints. */
const MAX_LISTED = 200;

/** `import <file>`, `import undo|list|mappings`. */
export function addImportCommands(program: Command, context: CommandContext): void {
  const { withModels, waitFor, print } = context;
  const command = program
    .command('import')
    .description('import a file (CSV, NDJSON, XLSX): see docs/importing.md')
    .argument('[file]', 'file to import, perhaps compressed with gzip')
    .option(
      '--map <name|file.json>',
      'mapping of its columns: a saved or shipped one, or a file (default: propose one)',
    )
    .option('--org <orgId>', 'org of every row (default: each row names its own, or the mapping does)')
    .option('--dry-run', 'print what would be stored; store nothing')
    .option('--yes', 'import without asking')
    .option('--again', 'import a file that was imported before once more')
    .option('--key <key>', 'start of the ids of rows that have none: a mended file under the same key adds what is new')
    .option('--format <format>', 'csv, ndjson or xlsx (default: by the content)')
    .option('--charset <name>', 'encoding, such as windows-1252 (default: by the content)')
    .action(async (file: string | undefined, options) => {
      if (file === undefined) return command.help({ error: true });
      // Loads the code that reads files only if it is needed.
      const { importFile } = await import('./importFile.ts');
      process.exitCode = await importFile(file, options, context);
    });
  command
    .command('undo <id>')
    .description('take back exactly what an import stored')
    .action((id: string) =>
      withImportWorker(async ({ models, request }) => {
        const undone = await requestUndo(models, id, COMMAND_LINE);
        if (!undone) program.error(`no import ${id}; "import list" prints them`);
        await request(id);
        const bar = showProgress(print);
        const { removed } = await waitFor(async () => {
          const found = await findImport(models, id);
          if (found) bar.update(found);
          return found?.state === 'undone' ? found : undefined;
        });
        bar.stop();
        print(`undone: ${removed} feedback taken back`);
      }),
    );
  command
    .command('list')
    .description(`list the latest ${MAX_LISTED} imports, newest first`)
    .action(async () => {
      const found = await withModels((models) => listImports(models, { orgId: undefined, limit: MAX_LISTED }));
      for (const { _id, state, createdAt, orgId, counts, fileName } of found)
        print(
          `${_id}  ${state.padEnd(7)}  ${createdAt.toISOString()}  ${counts.stored} stored, ${counts.refused} refused  ${orgId ?? '(rows name their orgs)'}  ${inOneLine(fileName)}`,
        );
    });
  command
    .command('mappings')
    .description('list the saved and the shipped mappings')
    .option('--org <orgId>', 'saved by this org (default: by the deployment)')
    .action(async ({ org = null }) => {
      for (const { name, savedAt } of await withModels((models) => listMappings(models, org)))
        print(`${name}  saved ${savedAt.toISOString()}`);
      for (const { name, title } of presets) print(`${name}  ${title}`);
    });
}
