import { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { highlightsOf, parseQuery, type SearchQuery } from '../../analysis/search/searchQuery.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import type { Models } from '../../models/database.ts';
import { type FeedbackDocument, publicId } from '../../models/feedback/feedbackDocument.ts';
import { findFeedbackById } from '../../models/feedback/findFeedback.ts';
import { createFeedbackSearch, type FeedbackSearch } from '../../models/search/searchFeedback.ts';
import { restrictToOrg } from '../caller.ts';
import { CURSOR_ID, CURSOR_TIME, readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import { ok, type Route, route } from '../route.ts';
import { wholeAnswer, wordOrQuoted } from './choiceFilter.ts';
import { HOLDS_NO_TIME, holdsTime, instantsIn, queries } from './querySchemas.ts';
import { type ReadingServices, readInZone } from './readInZone.ts';
import { feedbackPageSchema, storedFeedbackSchema } from './readingSchemas.ts';

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
  search: FeedbackSearch,
  { unknownTheme }: ReadingServices,
  query: z.infer<typeof queries.feedback> & { zone: string | undefined },
) {
  const { order, limit, cursor, from, to, zone, easeOfUse, helpfulness, willingToPay, q, ...filter } = query;
  if (filter.themeSentiment !== undefined && filter.theme === undefined)
    throw invalid([
      { pointer: '/themeSentiment', message: 'is the sentiment of clauses about a theme; name it in theme' },
    ]);
  const words = q === undefined ? undefined : parseQuery(q);
  const ratings = Object.fromEntries(
    RATINGS.flatMap((name) => (filter[name] === undefined ? [] : [[name, starRange(filter[name])]])),
  );
  const after = readCursor(cursor, z.tuple([CURSOR_TIME, CURSOR_ID]));
  const problem = filter.theme === undefined ? undefined : await unknownTheme(filter.theme, filter.orgId);
  if (problem !== undefined) throw invalid([{ pointer: '/theme', message: problem }]);
  const created = instantsIn({ from, to, zone });
  if (!holdsTime(created)) throw invalid([{ pointer: '/to', message: HOLDS_NO_TIME.error }]);
  const page = await search(
    {
      ...filter,
      ratings,
      easeOfUse: wholeAnswer(easeOfUse),
      helpfulness: wholeAnswer(helpfulness),
      willingToPay: wordOrQuoted(willingToPay),
      created,
      words,
    },
    { order, limit, after: after && { createdAt: new Date(after[0]), id: after[1] } },
  );
  return {
    items: page.items.map((feedback) => presentFeedback(feedback, words)),
    matches: page.matches,
    nextCursor: page.next && writeCursor([page.next.createdAt.getTime(), page.next.id]),
  };
}

function presentFeedback({ _id, other: _, localDays: __, ...fields }: FeedbackDocument, words?: SearchQuery) {
  const highlights = words && highlightsOf(fields.improvements ?? '', words);
  return { id: publicId(_id), ...fields, ...(highlights && { highlights }) };
}

function starRange(value: string): { min: number; max: number } {
  const [min, max = min] = value.split('-').map(Number) as [number, number?];
  return { min, max };
}
