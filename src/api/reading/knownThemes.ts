import { themesIn } from '../../aggregates/themesIn.ts';
import { flatThemes } from '../../analysis/taxonomy/taxonomy.ts';
import { readTotals } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { didYouMean } from '../http/nearestNames.ts';

/**
 * Says what is wrong with a theme that nothing can match, with the nearest themes; undefined for a known theme.
 * `orgId`: the only org whose themes count; undefined: all orgs.
 */
export type UnknownTheme = (theme: string, orgId: string | undefined) => Promise<string | undefined>;

/**
 * Known are the themes of the org's and of the deployment's taxonomy, and those of a former one that stored totals still
 * count. Totals are read for other themes only. Without an org, the taxonomies of all orgs count, too.
 */
export function createUnknownTheme(models: Models, taxonomies: ActiveTaxonomies): UnknownTheme {
  return async (theme, orgId) => {
    const scopes = orgId === undefined ? [null] : [orgId, null];
    const taxonomyOf = await taxonomies.of(scopes);
    const active = scopes.flatMap((scope) => flatThemes(taxonomyOf(scope).themes).map(({ id }) => id));
    if (active.includes(theme)) return undefined;
    const { delta } = await readTotals(models, orgId === undefined ? { level: 'all' } : { level: 'org', id: orgId });
    const counted = themesIn(delta);
    if (counted.includes(theme)) return undefined;
    if (orgId === undefined && (await taxonomies.hasTheme(theme))) return undefined;
    return `is not a theme; ${didYouMean(theme, new Set([...active, ...counted]), 'GET /v1/taxonomy lists the themes')}`;
  };
}
