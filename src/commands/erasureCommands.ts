import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { ERASABLE, type ErasureSubject } from '../models/erasure/erasureSchema.ts';
import { readErasureSecrets } from '../models/erasure/erasureSecrets.ts';
import { findErasure, listErasures, previewErasure, requestErasure } from '../models/erasure/erasures.ts';
import { isGenuine } from '../models/erasure/receipt.ts';
import type { CommandContext, QueueOptions, WithModels } from './commandContext.ts';
import { readId } from './readId.ts';

/** Max erasures that `erase list` prints. */
const MAX_LISTED = 200;

/**
 * `erase user|session|feedback|org <id>`, and the receipts of erasures. The erasure is stored first, where workers
 * find it even if adding its job fails.
 */
export function addErasureCommands(
  program: Command,
  { withModels, withQueue, waitFor, pseudonym, print }: CommandContext,
): void {
  const erase = program
    .command('erase')
    .description('erase the feedback of a user, a session or an org: see docs/privacy.md');
  for (const what of ERASABLE) {
    const command = erase
      .command(what)
      .argument('<id>', `id of the ${what}`, readId)
      .description(
        what === 'org'
          ? 'erase an org: its feedback, settings, taxonomy and people’s roles; revokes its keys'
          : `erase one ${what}`,
      )
      .option('--dry-run', 'print what would be erased; change nothing')
      .option('--wait', 'wait for the erasure, and print its receipt');
    if (what !== 'org') command.option('--org <orgId>', 'erase in this org only (default: in every org)', readId);
    command.action(async (id: string, { org = null, dryRun, wait }) => {
      const subject: ErasureSubject = { what, id: what === 'user' ? pseudonym(id) : id, orgId: org };
      if (dryRun) return print(await preview(withModels, subject));
      await withQueue(openErasures, (erasures, withModels) =>
        withModels(async (models) => {
          const { _id } = await requestErasure(models, subject, COMMAND_LINE);
          await erasures.request(_id);
          if (!wait) return print(`${_id}  queued; when it is done, "erase receipt ${_id}" prints its receipt`);
          const receipt = await waitFor(async () => (await findErasure(models, _id))?.receipt ?? undefined);
          print(JSON.stringify(receipt, null, 2));
        }),
      );
    });
  }
  erase
    .command('list')
    .description(`list the latest ${MAX_LISTED} erasures, without their subjects, which are not stored`)
    .action(async () => {
      const found = await withModels((models) => listErasures(models, { orgId: undefined, limit: MAX_LISTED }));
      for (const { _id, what, requestedAt, finishedAt, removed } of found) {
        const state = finishedAt ? 'done' : 'not done';
        print(`${_id}  ${what}  ${requestedAt.toISOString()}  ${state}  ${removed.feedback} feedback`);
      }
    });
  erase
    .command('receipt <id>')
    .description('print the signed receipt of a finished erasure')
    .action(async (id: string) => {
      const found = await withModels((models) => findErasure(models, id));
      if (!found) program.error(`no erasure ${id}`);
      if (!found.receipt) program.error(`erasure ${id} is not done: ${found.removed.feedback} feedback erased so far`);
      print(JSON.stringify(found.receipt, null, 2));
    });
  erase
    .command('verify <file>')
    .description('check the signature of a receipt')
    .option('--public-key <file>', 'public key in PEM (default: the key of this deployment)')
    .action(async (file: string, { publicKey }) => {
      const key =
        publicKey === undefined ? (await withModels(readErasureSecrets)).publicKey : await readFile(publicKey, 'utf8');
      const signed = parse(await readFile(file, 'utf8'));
      if (!isGenuine(signed, key)) program.error('not genuine: signed by another key, or changed since');
      print(`genuine: ${signed.receipt.what}, ${signed.receipt.removed.feedback} feedback removed`);
    });
  erase
    .command('public-key')
    .description('print the public key that verifies receipts')
    .action(async () => print((await withModels(readErasureSecrets)).publicKey.trimEnd()));
}

async function preview(withModels: WithModels, subject: ErasureSubject): Promise<string> {
  const { feedback, orgs, firstAt, lastAt } = await withModels((models) => previewErasure(models, subject));
  if (feedback === 0) return 'no feedback is stored; feedback in queues would not be stored';
  const span = `from ${firstAt?.toISOString()} to ${lastAt?.toISOString()}`;
  return `would erase ${feedback} feedback ${span}, in ${orgs.length > 0 ? orgs.join(', ') : 'no org'}`;
}

const openErasures = async (options: QueueOptions) =>
  (await import('../queues/erasureQueue.ts')).createErasureQueue(options);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
