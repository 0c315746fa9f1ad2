import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Models } from '../models/database.ts';
import { countExpired, retentionScope } from '../models/retention/expiredFeedback.ts';
import { createActiveSettings } from '../models/settings/activeSettings.ts';
import type { RetentionQueue } from '../queues/retentionQueue.ts';
import { RETENTION_FORM, retentionOf } from './settingsCommands.ts';

type Print = (line: string) => void;
type With<Given> = <T>(work: (given: Given) => Promise<T>) => Promise<T>;

const ASK_AGAIN_MS = 250;

/** `retention dry-run|run`. */
export function addRetentionCommands(
  program: Command,
  withModels: With<Models>,
  withRetention: With<RetentionQueue>,
  print: Print,
): void {
  const retention = program.command('retention').description('the end of feedback that is kept for a time');
  retention
    .command('dry-run')
    .description('say what a rule would remove, by month and org; changes nothing')
    .option('--org <orgId>', 'of one org; without it, of all that have no rule of their own')
    .option('--retention <rule>', `${RETENTION_FORM}; without it, what is in force`, retentionOf)
    .action(({ org = null, retention: given }) =>
      withModels(async (models) => {
        const settings = createActiveSettings(models);
        await settings.load().finally(settings.close);
        const scope = retentionScope(settings, org, given?.rule ?? settings.of(org).retention);
        if (!scope) return print('Nothing: all is kept for ever.');
        const { before, feedback, texts, months } = await countExpired(models, scope, Date.now());
        for (const one of months)
          print(
            `${one.month}  ${one.orgId ?? '(no org)'}  ${one.feedback} feedback, ${one.texts} with a text`,
          );
        const what = scope.rule.what === 'text' ? `the texts of ${texts} feedback` : `${feedback} feedback`;
        print(`${what} from before ${before.toISOString().slice(0, 10)}`);
      }),
    );
  retention
    .command('run')
    .description('have the workers remove it now, rather than tonight')
    .option('--wait', 'wait until it is done')
    .action(({ wait }) =>
      withRetention(async (runs) => {
        const { id } = await runs.request();
        if (!wait) return print('It will be.');
        for (;;) {
          const run = await runs.find(id);
          if (run?.isDone) return print(`${run.feedback} feedback and ${run.texts} texts removed`);
          await sleep(ASK_AGAIN_MS);
        }
      }),
    );
}
