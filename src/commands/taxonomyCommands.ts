import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseTaxonomy } from '../analysis/taxonomy/checkTaxonomy.ts';
import { proposeTheme } from '../analysis/taxonomy/proposeTheme.ts';
import { flatThemes, phrasesOf } from '../analysis/taxonomy/taxonomy.ts';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { createActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import { type DryRun, dryRun, type Example } from '../models/taxonomy/dryRun.ts';
import { effectiveTaxonomy, listTaxonomies, saveTaxonomy, saveTheme } from '../models/taxonomy/taxonomies.ts';
import type { CommandContext } from './commandContext.ts';
import { inOneLine } from './escapeForTerminal.ts';
import { readId } from './readId.ts';

const ORG = ['--org <orgId>', 'taxonomy of this org (default: of the deployment)', readId] as const;
/** Max versions that `taxonomy versions` prints. */
const MAX_VERSIONS = 200;

/** `taxonomy show|check|dry-run|apply|add|versions`. */
export function addTaxonomyCommands(program: Command, { withModels, print }: CommandContext): void {
  const taxonomy = program.command('taxonomy').description('the themes found in feedback: see docs/taxonomy.md');
  taxonomy
    .command('show')
    .description('print the active taxonomy, as a file to edit and apply')
    .option(...ORG)
    .action(async ({ org = null }) => {
      const { version, themes } = await withModels((models) => effectiveTaxonomy(models, org));
      print(JSON.stringify({ version, themes }, null, 2));
    });
  taxonomy
    .command('check <file>')
    .description('check a file, and print what is wrong with which theme')
    .action(async (file: string) => {
      const { themes } = await readTaxonomy(file);
      print(`${flatThemes(themes).length} themes, no errors`);
    });
  taxonomy
    .command('dry-run <file>')
    .description('print what a file would add and remove in the latest 10,000 texts; change nothing')
    .option(...ORG)
    .action(async (file: string, { org = null }) => {
      const { themes } = await readTaxonomy(file);
      const result = await withModels(async (models) => {
        const active = createActiveTaxonomies(models);
        return dryRun(models, active, { orgId: org, themes }).finally(active.close);
      });
      for (const line of linesOf(result)) print(line);
    });
  taxonomy
    .command('apply <file>')
    .description('activate a file for feedback from now on; "reanalyse" applies it to stored feedback')
    .option(...ORG)
    .option('--version <n>', 'the version that was edited (default: the version in the file)')
    .action(async (file: string, { org = null, version }) => {
      const { themes, version: versionInFile } = await readTaxonomy(file);
      const edited = version === undefined ? versionInFile : Number(version);
      if (edited === undefined || !Number.isInteger(edited))
        program.error('give the edited version with --version ("taxonomy show" prints it; 0: none yet)');
      const change = { orgId: org, edited, themes, by: COMMAND_LINE, now: new Date() };
      print(`version ${await withModels((models) => saveTaxonomy(models, change))} is active`);
    });
  taxonomy
    .command('add <terms>')
    .description('add a theme, or terms ("shuttle bus, parking") to a theme, and activate the new version')
    .requiredOption('--id <id>', 'theme id in kebab-case; an existing theme gains the terms that it lacks')
    .option('--label <label>', 'name of the theme (default: the first term)')
    .option('--description <text>', 'meaning of the theme (default: the terms)')
    .option('--under <id>', 'parent theme')
    .option(...ORG)
    .action(async (terms: string, { org = null, id, label, description, under }) => {
      const proposed = proposeTheme(phrasesOf(terms), []);
      const texts = { label: label ?? proposed.label, description: description ?? proposed.description };
      const theme = { id, ...texts, terms };
      const change = { orgId: org, theme, under, by: COMMAND_LINE, now: new Date() };
      print(`version ${await withModels((models) => saveTheme(models, change))} is active`);
    });
  taxonomy
    .command('versions')
    .description('list the versions, newest first')
    .option(...ORG)
    .action(async ({ org = null }) => {
      const versions = await withModels((models) => listTaxonomies(models, org, MAX_VERSIONS + 1));
      for (const { version, themes, createdAt, by } of versions.slice(0, MAX_VERSIONS))
        print(`${version}  ${createdAt.toISOString()}  ${themes ?? 'none of its own'}  ${by}`);
      if (versions.length > MAX_VERSIONS) print('earlier versions are left out; GET /v1/taxonomy/versions lists them');
    });
}

async function readTaxonomy(file: string) {
  const text = await readFile(file, 'utf8');
  const themes = parseTaxonomy(text);
  const { version } = JSON.parse(text) as { version?: unknown };
  return { themes, version: typeof version === 'number' ? version : undefined };
}

function linesOf({ read, texts, changed, themes }: DryRun): string[] {
  const examples = (sign: string, found: Example[]) =>
    found.map(({ id, text }) => `    ${sign} ${id}  ${inOneLine(text)}`);
  return [
    `${read} texts read, ${texts} of them in scope, ${changed} would change`,
    ...themes.flatMap(({ theme, before, after, added, removed, examples: shown }) =>
      added + removed === 0
        ? []
        : [
            `${theme}: ${before} → ${after} (+${added} −${removed})`,
            ...examples('+', shown.added),
            ...examples('−', shown.removed),
          ],
    ),
  ];
}
