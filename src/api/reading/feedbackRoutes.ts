import { z } from 'zod';
import { highlightsOf, type SearchQuery } from '../../analysis/search/searchQuery.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import type { Models } from '../../models/database.ts';
import { type FeedbackDocument, publicId } from '../../models/feedback/feedbackDocument.ts';
import { findFeedbackById } from '../../models/feedback/findFeedback.ts';
import { facetsOf } from '../../models/search/facetCounts.ts';
import { createFeedbackSearch, type FeedbackSearch } from '../../models/search/searchFeedback.ts';
import { restrictToOrg } from '../caller.ts';
import { CURSOR_ID, CURSOR_TIME, readCursor, writeCursor } from '../http/cursor.ts';
import { Problem } from '../http/problem.ts';
import { ok, type Route, route } from '../route.ts';
import { feedbackFilterOf } from './feedbackFilter.ts';
import { queries } from './querySchemas.ts';
import { type ReadingServices, readInZone } from './readInZone.ts';
import { FACETS, facetsSchema, feedbackPageSchema, storedFeedbackSchema } from './readingSchemas.ts';

/** Routes that read stored feedback. */
export function feedbackRoutes(services: ReadingServices): Route[] {
  const { models, zones } = services;
  const search = createFeedbackSearch(models);
  return [
    route('GET /v1/feedback', {
      summary: 'List feedback, with filters and words, ordered by time',
      description:
        'Each figure of a summary has a filter that lists what it counts. Figures of themes count clauses, and `matches.clauses` does; all others count feedback, as `matches.count` does.',
      scope: 'read',
      query: queries.feedback,
      responses: ok(feedbackPageSchema),
      select: { list: 'items', keys: ['id'] },
      handle: ({ caller, query }) => {
        const orgId = restrictToOrg(caller, query.orgId);
        return readInZone(zones, orgId, (zone) => listFeedback(search, services, { ...query, orgId, zone }));
      },
    }),
    route('GET /v1/facets', {
      summary: 'Count feedback by each value of its fields, under the same filters as the list',
      description:
        'Each count is that of the list with the value as a further filter. A theme counts feedback, and `clauses` its clauses about it. Quote a value of `willingToPay` to filter by the whole answer.',
      scope: 'read',
      query: queries.facets,
      responses: ok(facetsSchema),
      handle: ({ caller, query }) => {
        const orgId = restrictToOrg(caller, query.orgId);
        return readInZone(zones, orgId, (zone) => countFacets(search, services, { ...query, orgId, zone }));
      },
    }),
    route('GET /v1/feedback/{id}', {
      summary: 'Get one feedback with its analysis; `orgId` if several orgs have the id',
      scope: 'read',
      query: queries.one,
      responses: ok(storedFeedbackSchema),
      select: {},
      errors: [404, 409],
      handle: ({ caller, query, params: { id } }) => getFeedback(models, id, restrictToOrg(caller, query.orgId)),
    }),
  ];
}

/** Max orgs that a refusal names. */
const MAX_NAMED_ORGS = 10;

/** Without `orgId`: the feedback of no org, or else the only one. */
async function getFeedback(models: Models, id: string, orgId: string | undefined) {
  const { data } = idSchema.safeParse(id);
  const found = data === undefined ? [] : await findFeedbackById(models, data, { orgId, limit: MAX_NAMED_ORGS + 1 });
  const [first] = found;
  if (!first) throw new Problem(404, 'This key can see no feedback with this id. It may not be stored yet.');
  if (orgId === undefined && first.orgId !== undefined && found.length > 1) {
    const named = found.slice(0, MAX_NAMED_ORGS).map((one) => one.orgId);
    const more = found.length > MAX_NAMED_ORGS ? ' and others' : '';
    throw new Problem(409, `Several orgs have feedback with this id. Name one by orgId: ${named.join(', ')}${more}.`);
  }
  return presentFeedback(first);
}

async function listFeedback(
  { find }: FeedbackSearch,
  services: ReadingServices,
  query: z.infer<typeof queries.feedback> & { zone: string | undefined },
) {
  const { order, limit, cursor, ...filters } = query;
  const after = readCursor(cursor, z.tuple([CURSOR_TIME, CURSOR_ID]));
  const filter = await feedbackFilterOf(services, filters);
  const page = await find(filter, { order, limit, after: after && { createdAt: new Date(after[0]), id: after[1] } });
  return {
    items: page.items.map((feedback) => presentFeedback(feedback, filter.words)),
    matches: page.matches,
    nextCursor: page.next && writeCursor([page.next.createdAt.getTime(), page.next.id]),
  };
}

/** The values of each facet, `limit` at most. An org is a value only if several can be read. */
async function countFacets(
  search: FeedbackSearch,
  services: ReadingServices,
  { limit, ...filters }: z.infer<typeof queries.facets> & { zone: string | undefined },
) {
  const counted = await search.countFacets(await feedbackFilterOf(services, filters));
  const facets = facetsOf(counted);
  const present = (facet: (typeof FACETS)[number]) => {
    const values = facets.get(facet) ?? [];
    const shown = values.slice(0, limit).map(({ value, count, clauses }) => ({
      ...{ value, count },
      ...(facet === 'theme' && { clauses }),
    }));
    return { distinct: values.length, values: shown };
  };
  const shown = FACETS.filter((facet) => facet !== 'orgId' || filters.orgId === undefined);
  return { count: counted.count, facets: Object.fromEntries(shown.map((facet) => [facet, present(facet)])) };
}

function presentFeedback({ _id, other: _, localDays: __, ...fields }: FeedbackDocument, words?: SearchQuery) {
  const highlights = words && highlightsOf(fields.improvements ?? '', words);
  return { id: publicId(_id), ...fields, ...(highlights && { highlights }) };
}
