import { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { figuresOf } from '../../aggregates/figures.ts';
import { referenceOf } from '../../aggregates/insights/drivers.ts';
import { type Interval, periodStart, periodsBetween } from '../../aggregates/periods.ts';
import { labelSchema } from '../../ingest/feedbackSchema.ts';
import { idSchema } from '../../ingest/ids.ts';
import { rankSubjects } from '../../models/aggregates/rankSubjects.ts';
import {
  addTotals,
  readDays,
  readTotals,
  type Subject,
  type Totals,
} from '../../models/aggregates/readTotals.ts';
import { readVariants } from '../../models/aggregates/readVariants.ts';
import type { Models } from '../../models/database.ts';
import { type FeedbackDocument, publicId } from '../../models/feedback/feedbackDocument.ts';
import { type ChoiceFilter, findFeedback, findOneFeedback } from '../../models/feedback/findFeedback.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import { ok, type Route, route } from '../route.ts';
import { endOf, queries } from './querySchemas.ts';
import {
  experimentSchema,
  feedbackPageSchema,
  rankingSchema,
  storedFeedbackSchema,
  summarySchema,
  trendSchema,
} from './readingSchemas.ts';
import { checkRange, SUBJECTS, type SubjectRoute, subjectOf } from './subject.ts';

/** What a cursor may hold, though anybody may have written it. */
const time = z.int().min(-8.64e15).max(8.64e15);
const cursorId = z.string().max(600);

const MAX_PERIODS = 1_000;

type RankedLevel = 'org' | 'user' | 'session';

/** Routes that read, from one feedback to everyone's totals. */
export function readingRoutes({ models }: { models: Models }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/feedback',
      summary: 'Feedback that fits, by time',
      scope: 'read',
      query: queries.feedback,
      responses: ok(feedbackPageSchema),
      handle: ({ caller, query }) => listFeedback(models, caller, query),
    }),
    route({
      method: 'get',
      path: '/v1/feedback/{id}',
      summary: 'One feedback, with its analysis',
      scope: 'read',
      query: queries.one,
      responses: ok(storedFeedbackSchema),
      errors: [404],
      async handle({ caller, query, params: { id } }) {
        const found =
          idSchema.safeParse(id).success &&
          (await findOneFeedback(models, id, restrictToOrg(caller, query.orgId)));
        if (!found)
          throw new Problem(
            404,
            'There is no such feedback that this key may see. It may not be stored yet.',
          );
        return presentFeedback(found);
      },
    }),
    ...SUBJECTS.flatMap((subject) => [
      ...(subject.level === 'all' ? [] : [rankingRoute(models, subject.level)]),
      ...totalsRoutes(models, subject),
    ]),
    route({
      method: 'get',
      path: '/v1/experiments/{experiment}',
      summary: 'The totals of each variant of an experiment',
      scope: 'read',
      query: queries.one,
      responses: ok(experimentSchema),
      async handle({ caller, query, params: { experiment } }) {
        if (!labelSchema.safeParse(experiment).success)
          throw invalid([{ pointer: '/experiment', message: 'is not the name of an experiment' }]);
        const variants = await readVariants(models, experiment, restrictToOrg(caller, query.orgId));
        return {
          experiment,
          variants: [...variants].map(([variant, totals]) => ({ variant, ...present(totals) })),
        };
      },
    }),
  ];
}

function rankingRoute(models: Models, level: RankedLevel): Route {
  return route({
    method: 'get',
    path: `/v1/${level}s`,
    summary: `The ${level}s, ranked`,
    scope: 'read',
    query: queries.rank,
    responses: ok(rankingSchema(level)),
    handle: ({ caller, query }) => rank(models, caller, level, query),
  });
}

function totalsRoutes(models: Models, { level, path, label }: SubjectRoute): Route[] {
  return [
    route({
      method: 'get',
      path: `${path}/summary`,
      summary: `The totals of ${label}, beside those of everyone`,
      scope: 'read',
      query: queries.summary,
      responses: ok(summarySchema),
      async handle({ caller, query, params }) {
        checkRange(query);
        const population: Subject =
          caller.orgId === null ? { level: 'all' } : { level: 'org', id: caller.orgId };
        const [own, everyone] = await Promise.all([
          readTotals(models, subjectOf(caller, level, params.id, query.orgId), query),
          readTotals(models, population, query),
        ]);
        return { ...present(own), population: present(everyone) };
      },
    }),
    route({
      method: 'get',
      path: `${path}/trend`,
      summary: `The totals of ${label}, period by period`,
      scope: 'read',
      query: queries.trend,
      responses: ok(trendSchema),
      async handle({ caller, query, params }) {
        checkRange(query);
        const days = await readDays(models, subjectOf(caller, level, params.id, query.orgId), query);
        return { interval: query.interval, periods: periodsOf(days, query) };
      },
    }),
  ];
}

async function listFeedback(models: Models, caller: Caller, query: z.infer<typeof queries.feedback>) {
  const { order, limit, cursor, from, to, orgId, easeOfUse, helpfulness, willingToPay, ...filter } = query;
  const ratings = Object.fromEntries(
    RATINGS.flatMap((name) => (filter[name] === undefined ? [] : [[name, starRange(filter[name])]])),
  );
  const after = readCursor(cursor, z.tuple([time, cursorId]));
  const page = await findFeedback(
    models,
    {
      ...filter,
      ratings,
      easeOfUse: exactly(easeOfUse),
      helpfulness: exactly(helpfulness),
      willingToPay: containing(willingToPay),
      orgId: restrictToOrg(caller, orgId),
      from: from === undefined ? undefined : new Date(from),
      before: to === undefined ? undefined : endOf(to),
    },
    { order, limit, after: after && { createdAt: new Date(after[0]), id: after[1] } },
  );
  return {
    items: page.items.map(presentFeedback),
    nextCursor: page.next && writeCursor([page.next.createdAt.getTime(), page.next.id]),
  };
}

async function rank(models: Models, caller: Caller, level: RankedLevel, query: z.infer<typeof queries.rank>) {
  if (query.userId !== undefined && level !== 'session')
    throw invalid([{ pointer: '/userId', message: 'is for /v1/sessions only' }]);
  if (query.theme !== undefined && query.rank !== 'shortfall')
    throw invalid([{ pointer: '/theme', message: 'is for rank=shortfall only' }]);
  const after = readCursor(
    query.cursor,
    z.tuple([query.rank === 'lastAt' ? time : z.number(), cursorId, z.number()]),
  );
  const orgId = restrictToOrg(caller, query.orgId);
  // A page after the first is measured against what the first was measured against.
  const reference =
    query.rank === 'shortfall' ? (after?.[2] ?? (await readReference(models, orgId, query.theme))) : 0;
  const { items, next } = await rankSubjects(models, {
    level,
    by: query.rank,
    order: query.order,
    minCount: query.minCount,
    limit: query.limit,
    orgId,
    userId: query.userId,
    willingToPay: query.willingToPay,
    shortfall: { reference, theme: query.theme },
    after: after && { value: after[0], id: after[1] },
  });
  return {
    items: items.map(({ id, value, ...totals }) => ({
      [`${level}Id`]: id,
      ...(query.rank === 'shortfall' && { shortfall: value }),
      ...present(totals),
    })),
    nextCursor: next && writeCursor([next.value, next.id, reference]),
  };
}

/** The mean that a shortfall is measured against: of all ratings, or of those without the theme. 0 without any. */
async function readReference(models: Models, orgId: string | undefined, theme: string | undefined) {
  const { delta } = await readTotals(
    models,
    orgId === undefined ? { level: 'all' } : { level: 'org', id: orgId },
  );
  return referenceOf(delta, theme) ?? 0;
}

function present({ delta, firstAt, lastAt }: Totals) {
  return { ...figuresOf(delta), firstAt, lastAt };
}

function presentFeedback({ _id, other: _, ...fields }: FeedbackDocument) {
  return { id: publicId(_id), ...fields };
}

const exactly = (choice: string | undefined): ChoiceFilter | undefined =>
  choice === undefined ? undefined : { exactly: choice };

/** A word of a choice, or in double quotes the whole of it. */
function containing(words: string | undefined): ChoiceFilter | undefined {
  if (words === undefined) return undefined;
  const quoted = /^"(.*)"$/.exec(words)?.[1];
  return quoted === undefined ? { word: words } : { exactly: quoted };
}

function starRange(value: string): { min: number; max: number } {
  const [min, max = min] = value.split('-').map(Number) as [number, number?];
  return { min, max };
}

/**
 * Every period of the range, those without feedback too, so that a gap shows as a gap. Where `from` is left open, one
 * stray feedback of long ago must not be in the way: the latest periods that there is room for.
 */
function periodsOf(
  days: Map<string, Totals>,
  query: { from?: string | undefined; to?: string | undefined; interval: Interval },
) {
  const known = [...days.keys()];
  const last = query.to ?? known.at(-1);
  const first = query.from ?? (last && latest(known[0], earliestShown(last, query.interval)));
  if (first === undefined || last === undefined) return [];
  const groups = new Map<string, { to: string; days: Totals[] }>();
  for (const { from, to } of periodsBetween(first, last, query.interval)) {
    if (groups.size >= MAX_PERIODS)
      throw invalid([
        {
          pointer: '/from',
          message: `leaves more than ${MAX_PERIODS} periods; choose a shorter range or a longer interval`,
        },
      ]);
    groups.set(from, { to, days: [] });
  }
  for (const [day, totals] of days) groups.get(periodStart(day, query.interval))?.days.push(totals);
  return [...groups].map(([from, group]) => ({ from, to: group.to, ...present(addTotals(group.days)) }));
}

function earliestShown(last: string, interval: Interval): string {
  const days = { day: 1, week: 7, month: 28 }[interval] * (MAX_PERIODS - 1);
  return dayOf(new Date(Date.parse(last) - days * DAY_MS));
}

const latest = (day: string | undefined, other: string) => (day !== undefined && day > other ? day : other);
