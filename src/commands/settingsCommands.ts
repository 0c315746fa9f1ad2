import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { saveSettings, settingsOf } from '../models/settings/settings.ts';
import { REDACTION_MODES, type Retention } from '../models/settings/settingsSchema.ts';
import type { CommandContext } from './commandContext.ts';

const ORG = ['--org <orgId>', 'of one org; without it, of the deployment'] as const;
/** As a setting is said to be none of its own. */
const FOLLOW = 'default';

/** `settings show|set`. */
export function addSettingsCommands(program: Command, { withModels, print }: CommandContext): void {
  const settings = program
    .command('settings')
    .description('what is kept of feedback, and for how long: see docs/privacy.md');
  settings
    .command('show')
    .description('print what is set, and what is in force')
    .option(...ORG)
    .action(async ({ org = null }) => {
      print(JSON.stringify(await withModels((models) => settingsOf(models, org)), null, 2));
    });
  settings
    .command('set')
    .description('put settings in force, for all feedback from now on; what is not named stays')
    .option(...ORG)
    .addOption(
      new Option('--redaction <mode>', 'of personal data in texts').choices([...REDACTION_MODES, FOLLOW]),
    )
    .option('--retention <rule>', RETENTION_FORM, retentionOf)
    .action(async ({ org = null, redaction, retention }) => {
      if (redaction === undefined && retention === undefined)
        settings.error('say what to set: --redaction, --retention or both');
      const version = await withModels(async (models) => {
        const now = await settingsOf(models, org);
        return saveSettings(models, {
          orgId: org,
          edited: now.version,
          redaction: redaction === undefined ? now.redaction : redaction === FOLLOW ? null : redaction,
          retention: retention === undefined ? now.retention : retention.rule,
          actor: COMMAND_LINE,
        });
      });
      print(`version ${version} is in force`);
    });
}

export const RETENTION_FORM =
  'forever, default, or months:what:aggregates, such as 24:feedback:reduced or 12:text:kept';

/** A rule as it is written on the command line; null: none of its own. */
export function retentionOf(text: string): { rule: Retention | null } {
  if (text === FOLLOW) return { rule: null };
  if (text === 'forever') return { rule: text };
  const [, months, what, aggregates] = /^([1-9]\d{0,3}):(text|feedback):(kept|reduced)$/.exec(text) ?? [];
  if (months === undefined || Number(months) > 1_200)
    throw new InvalidArgumentError(`It is ${RETENTION_FORM}.`);
  return { rule: { months: Number(months), what, aggregates } as Retention };
}
