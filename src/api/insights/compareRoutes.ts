import { compareSides } from '../../aggregates/insights/comparison.ts';
import { contributionsTo } from '../../aggregates/insights/contributions.ts';
import type { Pseudonym } from '../../ingest/pseudonyms.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { queries } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices } from '../reading/readInZone.ts';
import { ok, type Route, route } from '../route.ts';
import { comparisonSchema } from './compareSchemas.ts';
import { type Side, sidesOf } from './compareSides.ts';
import { readSides, type SideTotals } from './readSides.ts';
import { taxonomyParts } from './taxonomyParts.ts';

interface CompareServices extends ReadingServices {
  taxonomies: ActiveTaxonomies;
  pseudonym: Pseudonym;
}

/** The route that compares two subjects, two variants, or two periods. */
export function compareRoutes(services: CompareServices): Route[] {
  const { models, zones, taxonomies, pseudonym } = services;
  return [
    route('GET /v1/compare', {
      summary: 'Compare two orgs, users, sessions, variants or periods, and what drives their difference',
      scope: 'read',
      query: queries.compare,
      responses: ok(comparisonSchema),
      async handle({ caller, query }) {
        const sides = sidesOf(caller, query, pseudonym);
        const [a, b] = await readSides({ models, zones }, sides);
        const parts = await taxonomyParts(taxonomies, [sides.a, sides.b].map(orgOfSide));
        return {
          a: presentSide(a),
          b: presentSide(b),
          ...compareSides(a, b),
          contributions: contributionsTo(a.total, b.total, (theme) => parts.has(theme)),
        };
      },
    }),
  ];
}

const orgOfSide = (side: Side) => ('subject' in side ? orgOf(side.subject) : side.orgId);

const presentSide = ({ name, from, to, timeZone, total }: SideTotals) => ({
  side: name,
  from,
  to,
  timeZone,
  feedback: total.get('n') ?? 0,
});
