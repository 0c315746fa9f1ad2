import { z } from 'zod';
import { MAX_TERM_WORDS, MAX_THEMES, WORD } from '../../analysis/taxonomy/checkTaxonomy.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { count, instant, nextCursor, orgOrDeployment } from '../reading/readingSchemas.ts';

/** Schemas of taxonomies and of their dry runs. They document the rules of `checkTaxonomy`, which names the theme. */
const BLANK = '[\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]';
const NOT_BLANK = BLANK.replace('[', '[^');
const notBlank = z.string().meta({ id: 'NotBlank', pattern: NOT_BLANK });
const phrases = z.string().meta({
  id: 'Phrases',
  // Looser than the rule: texts by a pattern that counts words take minutes to generate.
  pattern: WORD.source,
  description: `Phrases of up to ${MAX_TERM_WORDS} words, separated by commas.`,
});
const themeFields = {
  id: z.string().meta({
    pattern: '^[a-z][a-z0-9-]{0,63}$',
    description: 'kebab-case, unique in the taxonomy',
    example: 'performance',
  }),
  label: notBlank,
  description: notBlank,
  terms: phrases.meta({ description: 'words and phrases of up to four words, separated by commas' }),
  except: z
    .union([phrases, z.string().meta({ pattern: `^${BLANK}*$` })])
    .optional()
    .meta({ description: 'phrases in which a term does not refer to this theme, separated by commas' }),
};
const CALENDAR = {
  id: 'calendar',
  label: 'Calendar',
  description: 'Events and their sync.',
  terms: 'calendar, event, sync of events',
};
const themes = z
  .array(
    z.strictObject({
      ...themeFields,
      themes: z.array(z.strictObject(themeFields)).optional().meta({ description: 'sub-themes' }),
    }),
  )
  .min(1)
  .max(MAX_THEMES)
  .meta({ id: 'Themes', description: 'A taxonomy: up to 300 themes, in two levels. Each id is there once.' });
const version = z.int().min(0);

export const taxonomySchema = z
  .strictObject({
    orgId: orgOrDeployment,
    version: version.meta({
      description: 'latest version of this org or the deployment, to name in an edit; 0 without any',
    }),
    source: z.enum(['org', 'deployment', 'shipped']).meta({ description: 'owner of the themes' }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'id of the key or person that made it' }),
    themes,
  })
  .meta({ id: 'Taxonomy', description: 'The active themes of an org or the deployment.' });
/** Themes are checked by `checkTaxonomy`, whose errors name the theme. */
export const uncheckedThemes = z.unknown().optional();

export const taxonomyBodySchema = z
  .strictObject({
    version: version.meta({ description: 'version that was edited; 409 if it is not the latest' }),
    themes: themes.nullable().meta({
      description: 'all themes; null: the org follows the deployment again, and the deployment the default',
    }),
  })
  .meta({ id: 'TaxonomyEdit', examples: [{ version: 0, themes: [CALENDAR] }] });
export const themeBodySchema = z
  .strictObject({
    theme: z.strictObject(themeFields),
    under: z
      .string()
      .optional()
      .meta({ description: 'id of a theme of the taxonomy, which it becomes a sub-theme of', example: 'performance' }),
  })
  .meta({
    id: 'NewTheme',
    examples: [
      { theme: CALENDAR },
      { theme: { ...CALENDAR, id: 'time-zones', terms: 'time zone' }, under: 'calendar' },
    ],
  });
export const savedTaxonomySchema = z.strictObject({ orgId: orgOrDeployment, version });
export const dryRunBodySchema = z
  .strictObject({ themes })
  .meta({ id: 'TaxonomyTrial', examples: [{ themes: [CALENDAR] }] });
export const taxonomyVersionsSchema = z.strictObject({
  orgId: orgOrDeployment,
  versions: z.array(
    z.strictObject({
      version,
      themes: count
        .nullable()
        .meta({ description: 'number of themes; null: it follows the deployment or the default' }),
      createdAt: instant,
      by: z.string(),
    }),
  ),
  nextCursor,
});
const examples = z
  .array(z.strictObject({ id: idSchema, start: count, end: count, text: z.string() }))
  .meta({ description: 'up to 3 clauses, with their feedback and offsets' });
export const dryRunSchema = z
  .strictObject({
    orgId: orgOrDeployment,
    read: count.meta({ description: 'number of texts read, the latest 10,000 at most' }),
    texts: count.meta({ description: 'number of those to which the taxonomy would apply' }),
    since: instant.nullable().meta({ description: 'time of the oldest text read' }),
    changed: count.meta({ description: 'number of texts with a theme that would change' }),
    themes: z
      .array(
        z.strictObject({
          theme: z.string(),
          before: count.meta({ description: 'number of feedback with the theme now' }),
          after: count,
          added: count,
          removed: count,
          examples: z.strictObject({ added: examples, removed: examples }),
        }),
      )
      .meta({ description: 'themes, most changed first' }),
  })
  .meta({ id: 'DryRun', description: 'The mentions that a taxonomy would add and remove.' });
