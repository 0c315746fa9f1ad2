import type { Command } from 'commander';
import { countExpired, retentionScope } from '../models/retention/expiredFeedback.ts';
import { createActiveSettings } from '../models/settings/activeSettings.ts';
import type { CommandContext, QueueOptions } from './commandContext.ts';
import { readId } from './readId.ts';
import { RETENTION_FORM, retentionOf } from './settingsCommands.ts';

/** `retention dry-run|run`. */
export function addRetentionCommands(
  program: Command,
  { withModels, withQueue, waitFor, print }: CommandContext,
): void {
  const retention = program.command('retention').description('remove expired feedback: see docs/privacy-redaction.md');
  retention
    .command('dry-run')
    .description('print what a rule would remove, by month and org; change nothing')
    .option('--org <orgId>', 'use this org (default: all orgs without a rule of their own)', readId)
    .option('--retention <rule>', `${RETENTION_FORM} (default: the active rule)`, retentionOf)
    .action(({ org = null, retention: proposed }) =>
      withModels(async (models) => {
        const settings = createActiveSettings(models);
        await settings.load().finally(settings.close);
        const scope = retentionScope(settings, org, proposed?.rule ?? settings.of(org).retention);
        if (!scope) return print('nothing: feedback is kept forever');
        const { before, feedback, texts, months } = await countExpired(models, scope, Date.now());
        for (const { month, orgId, ...counts } of months)
          print(`${month}  ${orgId ?? '(no org)'}  ${counts.feedback} feedback, ${counts.texts} with a text`);
        const expired = scope.rule.what === 'text' ? `the texts of ${texts} feedback` : `${feedback} feedback`;
        print(`would remove ${expired} from before ${before.toISOString().slice(0, 10)}`);
      }),
    );
  retention
    .command('run')
    .description('remove expired feedback now instead of at 03:00 UTC')
    .option('--wait', 'wait until the run is done')
    .action(({ wait }) =>
      withQueue(openRetention, async (retention) => {
        const { id } = await retention.request();
        if (!wait) return print('queued; workers remove expired feedback in the background');
        const run = await waitFor(async () => {
          const found = await retention.find(id);
          return found?.isDone ? found : undefined;
        });
        print(`${run.feedback} feedback and ${run.texts} texts removed`);
      }),
    );
}

const openRetention = async (options: QueueOptions) =>
  (await import('../queues/retentionQueue.ts')).createRetentionQueue(options);
