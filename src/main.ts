import { Command } from 'commander';
import { addAuditCommands } from './commands/auditCommands.ts';
import { commandContext } from './commands/commandContext.ts';
import { addDeadLetterCommands } from './commands/deadLetterCommands.ts';
import { addErasureCommands } from './commands/erasureCommands.ts';
import { addExportCommand } from './commands/erasureExportCommand.ts';
import { escapeForTerminal } from './commands/escapeForTerminal.ts';
import { addImportCommands } from './commands/imports/importCommands.ts';
import { addKeysCommands } from './commands/keysCommands.ts';
import { addPeopleCommands } from './commands/peopleCommands.ts';
import { addReanalyseCommand } from './commands/reanalysisCommands.ts';
import { addRetentionCommands } from './commands/retentionCommands.ts';
import { addServiceCommands } from './commands/serviceCommands.ts';
import { addSettingsCommands } from './commands/settingsCommands.ts';
import { addTaxonomyCommands } from './commands/taxonomyCommands.ts';
import { addVerifyCommand } from './commands/verifyCommand.ts';

// Commands import the service and the queues when they run: loading them for every command would take half as long again.

const program = new Command('npm start --')
  .description('Takes in product feedback at high volume and tells a team what to improve. Settings: see README.md.')
  .showHelpAfterError();

for (const addCommands of [
  addServiceCommands,
  addVerifyCommand,
  addKeysCommands,
  addAuditCommands,
  addDeadLetterCommands,
  addTaxonomyCommands,
  addSettingsCommands,
  addRetentionCommands,
  addReanalyseCommand,
  addPeopleCommands,
  addErasureCommands,
  addExportCommand,
  addImportCommands,
])
  addCommands(program, commandContext);

program.parseAsync().catch((error) => {
  process.stderr.write(`${escapeForTerminal(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
});
