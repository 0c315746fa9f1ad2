import { themePairs } from '../../aggregates/insights/themePairs.ts';
import { readThemeSets } from '../../models/feedback/readThemeSets.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { queries } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { SUBJECTS, subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { taxonomyParts } from './taxonomyParts.ts';
import { themePairsSchema } from './themePairSchemas.ts';

/** Routes that find themes which come up in the same feedback. */
export function themePairRoutes(services: ReadingServices & { taxonomies: ActiveTaxonomies }): Route[] {
  const { models, zones, taxonomies } = services;
  return SUBJECTS.map(({ level, path, label }) =>
    route(`GET ${path}/themes/co-occurring`, {
      summary: `Get the themes that come up in the same feedback, of ${label}`,
      scope: 'read',
      query: queries.of[level].pairs,
      responses: ok(themePairsSchema),
      async handle({ caller, query, params }) {
        const subject = subjectOf(caller, level, params.id, query.orgId);
        const parents = await taxonomyParts(taxonomies, [orgOf(subject)]);
        return readInZone(zones, orgOf(subject), async (zone) => {
          const sets = await readThemeSets(models, subject, { from: query.from, to: query.to, zone });
          const pairs = themePairs(
            sets.map(({ themes }) => themes),
            (theme, of) => parents.get(theme) === of,
          );
          return { feedback: sets.length, since: sets.at(-1)?.createdAt ?? null, pairs: pairs.slice(0, query.limit) };
        });
      },
    }),
  );
}
