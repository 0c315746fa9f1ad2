import type { Command } from 'commander';
import { countExpired, scopeFor } from '../models/retention/expiredFeedback.ts';
import { createActiveSettings } from '../models/settings/activeSettings.ts';
import type { CommandContext, QueueOptions } from './commandContext.ts';
import { RETENTION_FORM, retentionOf } from './settingsCommands.ts';

/** `retention dry-run|run`. */
export function addRetentionCommands(
  program: Command,
  { withModels, withQueue, waitFor, print }: CommandContext,
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
        const scope = scopeFor(settings, org, given?.rule ?? settings.of(org).retention);
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
      withQueue(openRetention, async (retention) => {
        const { id } = await retention.request();
        if (!wait) return print('It will be.');
        const run = await waitFor(async () => {
          const found = await retention.find(id);
          return found?.isDone ? found : undefined;
        });
        print(`${run.feedback} feedback and ${run.texts} texts removed`);
      }),
    );
}

async function openRetention(options: QueueOptions) {
  return (await import('../queues/retentionQueue.ts')).createRetentionQueue(options);
}
