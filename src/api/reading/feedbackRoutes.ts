import { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { idSchema } from '../../ingest/ids.ts';
import type { Models } from '../../models/database.ts';
import { type FeedbackDocument, publicId } from '../../models/feedback/feedbackDocument.ts';
import { findFeedback, findOneFeedback } from '../../models/feedback/findFeedback.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { CURSOR_ID, CURSOR_TIME, readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import { ok, type Route, route } from '../route.ts';
import { wholeAnswer, wordOrQuoted } from './choiceFilter.ts';
import type { UnknownTheme } from './knownThemes.ts';
import { queries, timesOf } from './querySchemas.ts';
import { feedbackPageSchema, storedFeedbackSchema } from './readingSchemas.ts';

/** Routes that read stored feedback. */
export function feedbackRoutes(services: { models: Models; unknownTheme: UnknownTheme }): Route[] {
  const { models } = services;
  return [
    route('GET /v1/feedback', {
      summary: 'List feedback, with filters, ordered by time',
      scope: 'read',
      query: queries.feedback,
      responses: ok(feedbackPageSchema),
      handle: ({ caller, query }) => listFeedback(services, caller, query),
    }),
    route('GET /v1/feedback/{id}', {
      summary: 'Get one feedback with its analysis',
      scope: 'read',
      query: queries.one,
      responses: ok(storedFeedbackSchema),
      errors: [404],
      async handle({ caller, query, params: { id } }) {
        const { data } = idSchema.safeParse(id);
        const found = data !== undefined && (await findOneFeedback(models, data, restrictToOrg(caller, query.orgId)));
        if (!found) throw new Problem(404, 'This key can see no feedback with this id. It may not be stored yet.');
        return presentFeedback(found);
      },
    }),
  ];
}

async function listFeedback(
  { models, unknownTheme }: { models: Models; unknownTheme: UnknownTheme },
  caller: Caller,
  query: z.infer<typeof queries.feedback>,
) {
  const { order, limit, cursor, from, to, orgId, easeOfUse, helpfulness, willingToPay, ...filter } = query;
  const ratings = Object.fromEntries(
    RATINGS.flatMap((name) => (filter[name] === undefined ? [] : [[name, starRange(filter[name])]])),
  );
  const after = readCursor(cursor, z.tuple([CURSOR_TIME, CURSOR_ID]));
  const org = restrictToOrg(caller, orgId);
  const problem = filter.theme === undefined ? undefined : await unknownTheme(filter.theme, org);
  if (problem !== undefined) throw invalid([{ pointer: '/theme', message: problem }]);
  const page = await findFeedback(
    models,
    {
      ...filter,
      ratings,
      easeOfUse: wholeAnswer(easeOfUse),
      helpfulness: wholeAnswer(helpfulness),
      willingToPay: wordOrQuoted(willingToPay),
      orgId: org,
      ...timesOf({ from, to }),
    },
    { order, limit, after: after && { createdAt: new Date(after[0]), id: after[1] } },
  );
  return {
    items: page.items.map(presentFeedback),
    nextCursor: page.next && writeCursor([page.next.createdAt.getTime(), page.next.id]),
  };
}

function presentFeedback({ _id, other: _, ...fields }: FeedbackDocument) {
  return { id: publicId(_id), ...fields };
}

function starRange(value: string): { min: number; max: number } {
  const [min, max = min] = value.split('-').map(Number) as [number, number?];
  return { min, max };
}
