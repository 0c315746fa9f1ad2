import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import type { CommandContext, QueueOptions } from './commandContext.ts';

/** `reanalyse`: asks the workers to analyse what is stored by what is in force, and may wait until they have. */
export function addReanalyseCommand(program: Command, { withQueue, waitFor, print }: CommandContext): void {
  program
    .command('reanalyse')
    .description('have the workers analyse all stored feedback by the taxonomies in force')
    .option('--org <orgId>', 'that of one org; without it, all')
    .option('--wait', 'wait until it is done, and show how far it is')
    .action(({ org = null, wait }) =>
      withQueue(openReanalyses, async (reanalyses, withModels) => {
        const event = { actor: COMMAND_LINE, action: 'reanalysis.request', target: org ?? '', orgId: org };
        await withModels((models) => recordAuditEvent(models, event));
        const { id } = await reanalyses.request(org);
        if (!wait) return print('It will be: GET /v1/reanalysis says how far it is.');
        const bar = new SingleBar(
          { format: 'Pass {pass} {bar} {percentage}% | {value} of {total} | {reanalysed} analysed anew' },
          Presets.shades_classic,
        );
        bar.start(0, 0, { pass: 1, reanalysed: 0 });
        const { reanalysed, changed } = await waitFor(async () => {
          const found = await reanalyses.find(org);
          if (!found) return;
          const { walked, total, pass, reanalysed } = found;
          bar.setTotal(Math.max(total, walked));
          bar.update(walked, { pass, reanalysed });
          return found.id === id && found.state === 'done' ? found : undefined;
        });
        bar.stop();
        print(`${reanalysed} analysed anew, ${changed} of them with other counts`);
      }),
    );
}

async function openReanalyses(options: QueueOptions) {
  return (await import('../queues/reanalysisQueue.ts')).createReanalysisQueue(options);
}
