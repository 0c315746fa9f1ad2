import { z } from 'zod';
import { idSchema } from '../../ingest/ids.ts';
import { count, instant } from '../reading/readingSchemas.ts';

/** Schemas of taxonomies, and of what they would change. */
const themeFields = {
  id: z.string().meta({ description: 'kebab-case', example: 'performance' }),
  label: z.string(),
  description: z.string(),
  terms: z.string().meta({ description: 'words and phrases of up to four words, separated by commas' }),
  except: z
    .string()
    .optional()
    .meta({ description: 'phrases in which a term does not speak of this theme, separated by commas' }),
};
const themes = z
  .array(
    z.strictObject({
      ...themeFields,
      themes: z.array(z.strictObject(themeFields)).optional().meta({ description: 'sub-themes' }),
    }),
  )
  .min(1)
  .meta({ id: 'Themes', description: 'A taxonomy: up to 300 themes, in two levels.' });
const scope = z.string().nullable().meta({ description: 'the org; null: the deployment' });
const version = z.int().min(0);

export const taxonomySchema = z
  .strictObject({
    orgId: scope,
    version: version.meta({ description: 'of this scope: the one to name in an edit; 0 without any' }),
    source: z.enum(['org', 'deployment', 'shipped']).meta({ description: 'whose the themes are' }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'the id of the key it was made with' }),
    themes,
  })
  .meta({ id: 'Taxonomy', description: 'The themes in force for an org, or for the deployment.' });
/** Themes are checked by `checkTaxonomy`, whose errors name the theme. */
export const uncheckedThemes = z.unknown().optional();

export const taxonomyBodySchema = z.strictObject({
  version: version.meta({ description: 'the one that was edited; where it is not the latest: 409' }),
  themes: themes.nullable().meta({
    description: 'all themes; null: the org follows the deployment again, the deployment what was shipped',
  }),
});
export const themeBodySchema = z.strictObject({
  theme: z.strictObject(themeFields),
  under: z
    .string()
    .optional()
    .meta({ description: 'the theme that it is a sub-theme of', example: 'performance' }),
});
export const savedTaxonomySchema = z.strictObject({ orgId: scope, version });
export const dryRunBodySchema = z.strictObject({ themes });
export const taxonomyVersionsSchema = z.strictObject({
  orgId: scope,
  versions: z.array(
    z.strictObject({
      version,
      themes: count.nullable().meta({ description: 'how many; null: it follows another' }),
      createdAt: instant,
      by: z.string(),
    }),
  ),
});
const examples = z
  .array(z.strictObject({ id: idSchema, start: count, end: count, text: z.string() }))
  .meta({ description: 'up to 3 clauses, with the feedback and place they are from' });
export const dryRunSchema = z
  .strictObject({
    orgId: scope,
    read: count.meta({ description: 'the latest texts, 10,000 at most' }),
    texts: count.meta({ description: 'of those, the ones that the taxonomy would apply to' }),
    since: instant.nullable().meta({ description: 'time of the oldest of them' }),
    changed: count.meta({ description: 'texts of which any theme would change' }),
    themes: z
      .array(
        z.strictObject({
          theme: z.string(),
          before: count.meta({ description: 'feedback with the theme, as it is in force' }),
          after: count,
          added: count,
          removed: count,
          examples: z.strictObject({ added: examples, removed: examples }),
        }),
      )
      .meta({ description: 'those that would change most first' }),
  })
  .meta({ id: 'DryRun', description: 'What a taxonomy would add and remove.' });
