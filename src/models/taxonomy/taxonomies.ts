import { addTheme } from '../../analysis/taxonomy/addTheme.ts';
import { checkTaxonomy } from '../../analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../analysis/taxonomy/defaultTaxonomy.ts';
import type { Taxonomy, Theme } from '../../analysis/taxonomy/taxonomy.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { latestVersion, OutdatedVersion, saveVersion } from '../scopeVersions.ts';
import type { TaxonomyDocument } from './taxonomySchema.ts';

/** The themes active for a scope, their source, and the version that an edit of the scope must name. */
export async function effectiveTaxonomy(models: Models, orgId: string | null) {
  const own = await latestVersion(models.taxonomies, orgId);
  const deployment = orgId === null || own?.themes ? null : await latestVersion(models.taxonomies, null);
  const active = [own, deployment].find((taxonomy) => taxonomy?.themes);
  return {
    orgId,
    version: own?.version ?? 0,
    source: active ? (active.orgId === null ? 'deployment' : 'org') : 'shipped',
    createdAt: active?.createdAt ?? null,
    by: active?.by ?? null,
    themes: active?.themes ?? defaultTaxonomy,
  };
}

/** Versions of a scope, newest first, with the number of their themes. `before`: only versions lower than this one. */
export function listTaxonomies(
  models: Models,
  orgId: string | null,
  limit: number,
  before?: number,
): Promise<(Omit<TaxonomyDocument, 'themes'> & { themes: number | null })[]> {
  return models.taxonomies.aggregate([
    { $match: { orgId, ...(before !== undefined && { version: { $lt: before } }) } },
    { $sort: { version: -1 } },
    { $limit: limit },
    { $set: { themes: { $cond: [{ $isArray: '$themes' }, { $size: '$themes' }, null] } } },
  ]);
}

/**
 * Stores the next version of a scope's taxonomy, which becomes active.
 *
 * @returns the new version
 * @throws OutdatedVersion, InvalidTaxonomy
 */
export async function saveTaxonomy(
  models: Models,
  change: { orgId: string | null; edited: number; themes: Taxonomy | null; by: Actor; now: Date },
): Promise<number> {
  const { themes, by: actor, edited } = change;
  if (themes !== null) checkTaxonomy(themes);
  return saveVersion(models, models.taxonomies, {
    ...change,
    values: { themes },
    actor,
    action: 'taxonomy.save',
    details: { themes: themes?.length ?? null },
    outdated: (latest) =>
      `The taxonomy is at version ${latest}, and version ${edited} was edited. Read it, and edit again.`,
  });
}

/** Max attempts of an edit. Of concurrent edits one succeeds in each attempt. */
const MAX_ATTEMPTS = 10;

/**
 * Adds a theme, or terms to an existing theme, to the active taxonomy of a scope, as the scope's next version. A
 * scope that followed another one gets a copy of that taxonomy with the theme added.
 *
 * @returns the new version
 * @throws InvalidTaxonomy, or OutdatedVersion after `MAX_ATTEMPTS` conflicting edits
 */
export async function saveTheme(
  models: Models,
  change: { orgId: string | null; theme: Theme; under?: string | undefined; by: Actor; now: Date },
): Promise<number> {
  const { theme, under, ...by } = change;
  for (let attempt = 1; ; attempt++) {
    const { version: edited, themes } = await effectiveTaxonomy(models, change.orgId);
    try {
      return await saveTaxonomy(models, { ...by, edited, themes: addTheme(themes, theme, under) });
    } catch (error) {
      if (!(error instanceof OutdatedVersion) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
