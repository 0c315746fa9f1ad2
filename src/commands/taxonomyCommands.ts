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

const ORG = ['--org <orgId>', 'of one org; without it, of the deployment'] as const;
const SHOWN_VERSIONS = 200;

/** `taxonomy show|check|dry-run|apply|add|versions`. */
export function addTaxonomyCommands(program: Command, { withModels, print }: CommandContext): void {
  const taxonomy = program
    .command('taxonomy')
    .description('the themes that feedback is analysed by: see docs/taxonomy.md');
  taxonomy
    .command('show')
    .description('print what is in force, as a file to edit and apply')
    .option(...ORG)
    .action(async ({ org = null }) => {
      const { version, themes } = await withModels((models) => effectiveTaxonomy(models, org));
      print(JSON.stringify({ version, themes }, null, 2));
    });
  taxonomy
    .command('check <file>')
    .description('say whether a file holds a taxonomy, and if not, what is wrong with which theme')
    .action(async (file: string) => {
      const { themes } = await readTaxonomy(file);
      print(`${flatThemes(themes).length} themes, nothing wrong`);
    });
  taxonomy
    .command('dry-run <file>')
    .description('say what it would add and remove, on the latest 10,000 texts; changes nothing')
    .option(...ORG)
    .action(async (file: string, { org = null }) => {
      const { themes } = await readTaxonomy(file);
      const result = await withModels(async (models) => {
        const inForce = createActiveTaxonomies(models);
        return dryRun(models, inForce, { orgId: org, themes }).finally(inForce.close);
      });
      for (const line of linesOf(result)) print(line);
    });
  taxonomy
    .command('apply <file>')
    .description('put it in force, for all feedback from now on; "reanalyse" does it for what is stored')
    .option(...ORG)
    .option('--version <n>', 'the version that was edited; default: the one that the file names')
    .action(async (file: string, { org = null, version }) => {
      const { themes, version: named } = await readTaxonomy(file);
      const edited = version === undefined ? named : Number(version);
      if (edited === undefined || !Number.isInteger(edited))
        program.error('say with --version which version was edited ("taxonomy show" prints it; 0: none yet)');
      const change = { orgId: org, edited, themes, by: COMMAND_LINE, now: new Date() };
      print(`version ${await withModels((models) => saveTaxonomy(models, change))} is in force`);
    });
  taxonomy
    .command('add <terms>')
    .description(
      'add a theme, or terms to one ("shuttle bus, parking"), to what is in force, and put that in force',
    )
    .requiredOption(
      '--id <id>',
      'of the theme, in kebab-case; one that is there gains the terms that it lacks',
    )
    .option('--label <label>', 'what it is called; default: the first term')
    .option('--description <text>', 'what belongs to it; default: the terms')
    .option('--under <id>', 'the theme that it is a sub-theme of')
    .option(...ORG)
    .action(async (terms: string, { org = null, id, label, description, under }) => {
      const named = proposeTheme(phrasesOf(terms), []);
      const theme = {
        id,
        label: label ?? named.label,
        description: description ?? named.description,
        terms,
      };
      const change = { orgId: org, theme, under, by: COMMAND_LINE, now: new Date() };
      print(`version ${await withModels((models) => saveTheme(models, change))} is in force`);
    });
  taxonomy
    .command('versions')
    .description('the versions, newest first')
    .option(...ORG)
    .action(async ({ org = null }) => {
      for (const { version, themes, createdAt, by } of await withModels((models) =>
        listTaxonomies(models, org, SHOWN_VERSIONS),
      ))
        print(`${version}  ${createdAt.toISOString()}  ${themes ?? 'none of its own'}  ${by}`);
    });
}

async function readTaxonomy(file: string) {
  const text = await readFile(file, 'utf8');
  const themes = parseTaxonomy(text);
  const { version } = JSON.parse(text) as { version?: unknown };
  return { themes, version: typeof version === 'number' ? version : undefined };
}

function linesOf({ read, texts, changed, themes }: DryRun): string[] {
  const examples = (sign: string, shown: Example[]) =>
    shown.map(({ id, text }) => `    ${sign} ${id}  ${inOneLine(text)}`);
  return [
    `${read} texts read, ${texts} it would apply to, ${changed} would change`,
    ...themes.flatMap(({ theme, before, after, added, removed, examples: { added: more, removed: less } }) =>
      added + removed === 0
        ? []
        : [
            `${theme}: ${before} → ${after} (+${added} −${removed})`,
            ...examples('+', more),
            ...examples('−', less),
          ],
    ),
  ];
}
