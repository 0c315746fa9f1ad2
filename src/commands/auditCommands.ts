import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { DAY_MS } from '../aggregates/days.ts';
import { presentAuditEvent, streamAuditEvents } from '../models/audit/auditLog.ts';
import type { Models } from '../models/database.ts';
import type { CommandContext } from './commandContext.ts';
import { readId } from './readId.ts';

/** `audit export`. */
export function addAuditCommands(program: Command, { withModels }: CommandContext): void {
  program
    .command('audit')
    .description('the audit log: see docs/access.md')
    .command('export')
    .description('print the audit log as JSON lines, oldest first')
    .option('--from <when>', 'first UTC day or ISO 8601 instant')
    .option('--to <when>', 'last UTC day (included), or an instant (excluded)')
    .option('--org <orgId>', 'only entries of one org', readId)
    .action(async ({ from, to, org }) => {
      const filter = {
        orgId: org,
        from: from === undefined ? undefined : new Date(from),
        before: to === undefined ? undefined : new Date(Date.parse(to) + (to.length === 10 ? DAY_MS : 0)),
      };
      for (const time of [filter.from, filter.before])
        if (time && Number.isNaN(time.getTime())) program.error('--from and --to must be such as 2026-11-24');
      await withModels((models) => pipeline(Readable.from(linesOf(models, filter)), process.stdout, { end: false }));
    });
}

async function* linesOf(models: Models, filter: Parameters<typeof streamAuditEvents>[1]): AsyncGenerator<string> {
  for await (const entry of streamAuditEvents(models, filter)) yield `${JSON.stringify(presentAuditEvent(entry))}\n`;
}
