import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import { exportUser } from '../models/erasure/exportUser.ts';
import type { CommandContext } from './commandContext.ts';

/** `export user <id>`: all that is stored of one person, as JSON. */
export function addExportCommand(program: Command, { withModels, pseudonym, write }: CommandContext): void {
  program
    .command('export')
    .description('give out what is stored of a person: see docs/privacy.md')
    .command('user <id>')
    .description('all that is stored of one user, as JSON')
    .option('--org <orgId>', 'in one org only; without it, in every org')
    .action((userId: string, { org: orgId = null }) =>
      withModels(async (models) => {
        await recordAuditEvent(models, { actor: COMMAND_LINE, action: 'user.export', orgId });
        for await (const piece of exportUser(models, { userId: pseudonym(userId), orgId, now: new Date() }))
          await write(piece);
      }),
    );
}
