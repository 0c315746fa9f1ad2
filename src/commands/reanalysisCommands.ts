import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import type { CommandContext, QueueOptions } from './commandContext.ts';
import { readId } from './readId.ts';

/** `reanalyse`: has workers analyse stored feedback by the active taxonomies, and can wait for them. */
export function addReanalyseCommand(program: Command, { withQueue, waitFor, print }: CommandContext): void {
  program
    .command('reanalyse')
    .description('analyse stored feedback again by the active taxonomies')
    .option('--org <orgId>', 'feedback of this org only (default: all feedback)', readId)
    .option('--wait', 'show the progress, and wait until it is done')
    .action(({ org = null, wait }) =>
      withQueue(openReanalyses, async (reanalyses, withModels) => {
        const event = { actor: COMMAND_LINE, action: 'reanalysis.request', target: org ?? '', orgId: org };
        await withModels((models) => recordAuditEvent(models, event));
        const { id } = await reanalyses.request(org);
        if (!wait) return print('queued; GET /v1/reanalysis shows the progress');
        const bar = new SingleBar(
          { format: 'Pass {pass} {bar} {percentage}% | {value} of {total} | {reanalysed} analysed again' },
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
        print(`${reanalysed} feedback analysed again, ${changed} of them changed`);
      }),
    );
}

const openReanalyses = async (options: QueueOptions) =>
  (await import('../queues/reanalysisQueue.ts')).createReanalysisQueue(options);
