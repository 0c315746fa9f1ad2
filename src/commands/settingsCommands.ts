import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { saveSettings, settingsOf } from '../models/settings/settings.ts';
import { REDACTION_MODES, type Retention } from '../models/settings/settingsSchema.ts';
import type { CommandContext } from './commandContext.ts';
import { readId } from './readId.ts';

const ORG = ['--org <orgId>', 'settings of this org (default: of the deployment)', readId] as const;
/** Value that unsets a scope's own setting. */
const FOLLOW = 'default';

/** `settings show|set`. */
export function addSettingsCommands(program: Command, { withModels, print }: CommandContext): void {
  const settings = program
    .command('settings')
    .description('redaction and retention of feedback: see docs/privacy-redaction.md');
  settings
    .command('show')
    .description('print the own and the effective settings')
    .option(...ORG)
    .action(async ({ org = null }) => {
      print(JSON.stringify(await withModels((models) => settingsOf(models, org)), null, 2));
    });
  settings
    .command('set')
    .description('change settings for feedback from now on; the others stay as they are')
    .option(...ORG)
    .addOption(new Option('--redaction <mode>', 'personal data in texts').choices([...REDACTION_MODES, FOLLOW]))
    .option('--retention <rule>', RETENTION_FORM, retentionOf)
    .action(async ({ org = null, redaction, retention }) => {
      if (redaction === undefined && retention === undefined) settings.error('set --redaction, --retention or both');
      const version = await withModels(async (models) => {
        const current = await settingsOf(models, org);
        return saveSettings(models, {
          orgId: org,
          edited: current.version,
          redaction: redaction === undefined ? current.redaction : redaction === FOLLOW ? null : redaction,
          retention: retention === undefined ? current.retention : retention.rule,
          actor: COMMAND_LINE,
        });
      });
      print(`version ${version} is active`);
    });
}

export const RETENTION_FORM =
  'forever, default, or months:what:aggregates, such as 24:feedback:reduced or 12:text:kept';

/** Parses a rule of the command line; null: no rule of its own. */
export function retentionOf(text: string): { rule: Retention | null } {
  if (text === FOLLOW) return { rule: null };
  if (text === 'forever') return { rule: text };
  const [, months, what, aggregates] = /^([1-9]\d{0,3}):(text|feedback):(kept|reduced)$/.exec(text) ?? [];
  if (months === undefined || Number(months) > 1_200) throw new InvalidArgumentError(`A rule is ${RETENTION_FORM}.`);
  return { rule: { months: Number(months), what, aggregates } as Retention };
}
