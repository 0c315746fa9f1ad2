import { type Command, InvalidArgumentError, Option } from 'commander';
import { timeZoneSchema } from '../api/settings/settingsSchemas.ts';
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
    .description('redaction and retention of feedback, and the time zone of an org: see docs/privacy-redaction.md');
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
    .option('--time-zone <name>', "zone of the days of the org's figures, such as Europe/Berlin, or UTC", timeZoneOf)
    .action(async ({ org = null, redaction, retention, timeZone }) => {
      if (redaction === undefined && retention === undefined && timeZone === undefined)
        settings.error('set --redaction, --retention or --time-zone');
      if (org === null && timeZone !== undefined) settings.error('--time-zone is of an org: add --org');
      const version = await withModels(async (models) => {
        const current = await settingsOf(models, org);
        return saveSettings(models, {
          orgId: org,
          edited: current.version,
          redaction: redaction === undefined ? current.redaction : redaction === FOLLOW ? null : redaction,
          retention: retention === undefined ? current.retention : retention.rule,
          timeZone,
          actor: COMMAND_LINE,
        });
      });
      print(`version ${version} is active`);
      if (timeZone !== undefined) print('figures use the time zone after all days are recounted: see settings show');
    });
}

export const RETENTION_FORM =
  'forever, default, or months:what:aggregates, such as 24:feedback:reduced or 12:text:kept';

function timeZoneOf(name: string): string {
  const checked = timeZoneSchema.safeParse(name);
  if (!checked.success) throw new InvalidArgumentError(`It ${checked.error.issues[0]?.message}.`);
  return checked.data;
}

/** Parses a rule of the command line; null: no rule of its own. */
export function retentionOf(text: string): { rule: Retention | null } {
  if (text === FOLLOW) return { rule: null };
  if (text === 'forever') return { rule: text };
  const [, months, what, aggregates] = /^([1-9]\d{0,3}):(text|feedback):(kept|reduced)$/.exec(text) ?? [];
  if (months === undefined || Number(months) > 1_200) throw new InvalidArgumentError(`A rule is ${RETENTION_FORM}.`);
  return { rule: { months: Number(months), what, aggregates } as Retention };
}
