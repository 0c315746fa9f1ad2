import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import type { CommandContext, QueueOptions } from './commandContext.ts';
import { inOneLine } from './escapeForTerminal.ts';

const RESOLUTIONS = [
  { name: 'replay', description: 'put a dead letter back into the ingest queue', done: 'replayed' },
  { name: 'discard', description: 'delete a dead letter', done: 'discarded' },
] as const;

/** `dead-letter list|show|replay|discard`. */
export function addDeadLetterCommands(program: Command, { withQueue, print }: CommandContext): void {
  const deadLetter = program
    .command('dead-letter')
    .description('records that could not be stored: see docs/operating.md');
  deadLetter
    .command('list')
    .description('show the oldest dead letters with their reasons')
    .option('--limit <n>', 'number of dead letters to show', '100')
    .action(({ limit }) =>
      withQueue(openDeadLetters, async (deadLetters) => {
        const entries = await deadLetters.list({ skip: 0, limit: Number(limit) });
        for (const { id, at, reason } of entries) print(`${id}  ${at.toISOString()}  ${inOneLine(reason)}`);
        print(`${entries.length} of ${await deadLetters.count()}`);
      }),
    );
  deadLetter
    .command('show <id>')
    .description('print a dead letter with its content, as JSON')
    .action((id: string) =>
      withQueue(openDeadLetters, async (deadLetters) => {
        const entry = (await deadLetters.find(id)) ?? program.error(`there is no dead letter ${id}`);
        print(JSON.stringify(entry, null, 2));
      }),
    );
  for (const { name, description, done } of RESOLUTIONS)
    deadLetter
      .command(`${name} <id>`)
      .description(description)
      .action((id: string) =>
        withQueue(openDeadLetters, async (deadLetters, withModels) => {
          const event = { actor: COMMAND_LINE, action: `dead-letter.${name}`, target: id };
          if (!(await deadLetters.find(id))) program.error(`there is no dead letter ${id}`);
          await withModels((models) => recordAuditEvent(models, event));
          if (!(await deadLetters[name](id))) program.error(`there is no dead letter ${id}`);
          print(`${done} ${id}`);
        }),
      );
}

async function openDeadLetters(options: QueueOptions) {
  const { createIngestQueue } = await import('../queues/ingestQueue.ts');
  const { createDeadLetterQueue } = await import('../queues/deadLetterQueue.ts');
  const ingest = createIngestQueue(options);
  const deadLetters = createDeadLetterQueue({ ...options, ingest });
  const close = async () => {
    await deadLetters.close();
    await ingest.close();
  };
  return { ...deadLetters, close };
}
