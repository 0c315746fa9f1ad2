import { flatThemes } from '../../analysis/taxonomy/taxonomy.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';

/** The theme that each sub-theme is part of, in the taxonomies of these orgs; undefined: the deployment's. */
export async function taxonomyParts(
  taxonomies: ActiveTaxonomies,
  orgIds: readonly (string | undefined)[],
): Promise<Map<string, string>> {
  const scopes = orgIds.map((orgId) => orgId ?? null);
  const taxonomyOf = await taxonomies.of(scopes);
  return new Map(
    scopes.flatMap((scope) =>
      flatThemes(taxonomyOf(scope).themes).flatMap(({ id, parent }): [string, string][] =>
        parent === undefined ? [] : [[id, parent]],
      ),
    ),
  );
}
