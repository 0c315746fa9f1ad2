import { setTimeout as sleep } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { COMMAND_LINE, recordAuditEvent } from '../models/audit/auditLog.ts';
import type { Models } from '../models/database.ts';
import type { ReanalysisQueue } from '../queues/reanalysisQueue.ts';

type WithReanalyses = <T>(work: (reanalyses: ReanalysisQueue, models: Models) => Promise<T>) => Promise<T>;

const ASK_AGAIN_MS = 250;

/** `reanalyse`: asks the workers to analyse what is stored by what is in force, and may wait until they have. */
export function addReanalyseCommand(
  program: Command,
  withReanalyses: WithReanalyses,
  print: (line: string) => void,
): void {
  program
    .command('reanalyse')
    .description('have the workers analyse all stored feedback by the taxonomies in force')
    .option('--org <orgId>', 'that of one org; without it, all')
    .option('--wait', 'wait until it is done, and show how far it is')
    .action(({ org = null, wait }) =>
      withReanalyses(async (reanalyses, models) => {
        const act = { actor: COMMAND_LINE, action: 'reanalysis.request', target: org ?? '', orgId: org };
        await recordAuditEvent(models, act);
        const { id } = await reanalyses.request(org);
        if (!wait) return print('It will be: GET /v1/reanalysis says how far it is.');
        const bar = new SingleBar(
          { format: 'Pass {pass} {bar} {percentage}% | {value} of {total} | {reanalysed} analysed anew' },
          Presets.shades_classic,
        );
        bar.start(0, 0, { pass: 1, reanalysed: 0 });
        for (;;) {
          const found = await reanalyses.find(org);
          if (found) {
            const { walked, total, pass, reanalysed, changed, state } = found;
            bar.setTotal(Math.max(total, walked));
            bar.update(walked, { pass, reanalysed });
            if (found.id === id && state === 'done') {
              bar.stop();
              return print(`${reanalysed} analysed anew, ${changed} of them with other counts`);
            }
          }
          await sleep(ASK_AGAIN_MS);
        }
      }),
    );
}
