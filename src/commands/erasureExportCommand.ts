import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import { exportUser } from '../models/erasure/exportUser.ts';
import type { CommandContext } from './commandContext.ts';
import { readId } from './readId.ts';

/** `export user <id>`: everything stored about a user, as JSON. */
export function addExportCommand(program: Command, { withModels, pseudonym, write }: CommandContext): void {
  program
    .command('export')
    .description('export stored data: see docs/privacy.md')
    .command('user')
    .argument('<id>', 'id of the user', readId)
    .description('print everything stored about one user, as JSON')
    .option('--org <orgId>', 'export from this org only (default: from every org)', readId)
    .action((userId: string, { org: orgId = null }) =>
      withModels(async (models) => {
        await recordAuditEvent(models, { actor: COMMAND_LINE, action: 'user.export', orgId });
        for await (const piece of exportUser(models, { userId: pseudonym(userId), orgId, now: new Date() }))
          await write(piece);
      }),
    );
}
