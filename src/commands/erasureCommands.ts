import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { idSchema } from '../ingest/ids.ts';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { ERASABLE, type ErasureSubject } from '../models/erasure/erasureSchema.ts';
import { readErasureSecrets } from '../models/erasure/erasureSecrets.ts';
import { findErasure, listErasures, previewErasure, requestErasure } from '../models/erasure/erasures.ts';
import { isGenuine } from '../models/erasure/receipt.ts';
import type { CommandContext, QueueOptions, WithModels } from './commandContext.ts';

const SHOWN = 200;

/**
 * `erase user|session|feedback|org <id>`, and the receipts of what was erased. An erasure is written to the database, where
 * the workers find it; `request` tells them of it at once.
 */
export function addErasureCommands(
  program: Command,
  { withModels, withQueue, waitFor, pseudonym, print }: CommandContext,
): void {
  const erase = program
    .command('erase')
    .description('erase what a person, a session or an org has said: see docs/privacy.md');
  for (const what of ERASABLE) {
    const command = erase
      .command(`${what} <id>`)
      .description(what === 'org' ? 'all of an org, its keys and its taxonomy too' : `all of one ${what}`)
      .option('--dry-run', 'say what would be erased; changes nothing')
      .option('--wait', 'wait until it is done, and print the receipt');
    if (what !== 'org') command.option('--org <orgId>', 'in one org only; without it, wherever it is');
    command.action(async (id: string, { org = null, dryRun, wait }) => {
      if (!idSchema.safeParse(id).success) program.error(`"${id}" is not an id`);
      const subject: ErasureSubject = { what, id: what === 'user' ? pseudonym(id) : id, orgId: org };
      if (dryRun) return print(await preview(withModels, subject));
      await withQueue(openErasures, (erasures, withModels) =>
        withModels(async (models) => {
          const { _id } = await requestErasure(models, subject, COMMAND_LINE);
          await erasures.request(_id);
          if (!wait) return print(`${_id}  will be done: "erase receipt ${_id}" shows its receipt then`);
          print(
            JSON.stringify(
              await waitFor(async () => (await findErasure(models, _id))?.receipt ?? undefined),
              null,
              2,
            ),
          );
        }),
      );
    });
  }
  erase
    .command('list')
    .description('the latest erasures; whom they were about is not kept')
    .action(async () => {
      const found = await withModels((models) => listErasures(models, { orgId: undefined, limit: SHOWN }));
      for (const { _id, what, requestedAt, finishedAt, removed } of found)
        print(
          [
            _id,
            what,
            requestedAt.toISOString(),
            finishedAt ? 'done' : 'not done',
            `${removed.feedback} feedback`,
          ].join('  '),
        );
    });
  erase
    .command('receipt <id>')
    .description('print the signed receipt of an erasure that is done')
    .action(async (id: string) => {
      const found = await withModels((models) => findErasure(models, id));
      if (!found) program.error(`there is no erasure ${id}`);
      if (!found.receipt)
        program.error(`erasure ${id} is not done: ${found.removed.feedback} feedback so far`);
      print(JSON.stringify(found.receipt, null, 2));
    });
  erase
    .command('verify <file>')
    .description('say whether a receipt is genuine')
    .option('--public-key <file>', 'PEM; without it, the key of this deployment')
    .action(async (file: string, { publicKey }) => {
      const key =
        publicKey === undefined
          ? (await withModels(readErasureSecrets)).publicKey
          : await readFile(publicKey, 'utf8');
      const signed = parse(await readFile(file, 'utf8'));
      if (!isGenuine(signed, key)) program.error('it was not signed by this key, or was changed since');
      print(`genuine: ${signed.receipt.what}, ${signed.receipt.removed.feedback} feedback removed`);
    });
  erase
    .command('public-key')
    .description('print what receipts are checked with')
    .action(async () => print((await withModels(readErasureSecrets)).publicKey.trimEnd()));
}

async function preview(withModels: WithModels, subject: ErasureSubject): Promise<string> {
  const { feedback, orgs, firstAt, lastAt } = await withModels((models) => previewErasure(models, subject));
  if (feedback === 0) return 'nothing is stored of it; what waits in queues would not be stored';
  const span = `from ${firstAt?.toISOString()} to ${lastAt?.toISOString()}`;
  return `would erase ${feedback} feedback ${span}, in ${orgs.length > 0 ? orgs.join(', ') : 'no org'}`;
}

async function openErasures(options: QueueOptions) {
  return (await import('../queues/erasureQueue.ts')).createErasureQueue(options);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
