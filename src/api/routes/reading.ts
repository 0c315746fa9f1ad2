import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { dayOf } from '../../aggregates/aggregateKey.ts';
import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { figuresOf } from '../../aggregates/figures.ts';
import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { fieldErrors, idSchema } from '../../ingest/feedback.ts';
import type { Models } from '../../models/database.ts';
import { type FeedbackDocument, publicId } from '../../models/feedback.ts';
import { type ChoiceFilter, findFeedback, findOneFeedback } from '../../models/findFeedback.ts';
import { RANKINGS, rankSubjects } from '../../models/rankSubjects.ts';
import { addTotals, readDays, readTotals, type Subject, type Totals } from '../../models/readTotals.ts';
import { authorize, confine } from '../authorize.ts';
import type { Caller, KeyRing } from '../keyRing.ts';
import { invalid, Problem } from '../problem.ts';

const day = z.iso.date({ error: 'must be a UTC day, such as 2026-11-24' });
const id = idSchema.optional();
const limit = z.coerce.number({ error: 'must be 1 to 200' }).int().min(1).max(200).default(50);
const cursor = z.string().max(1000).optional();
const word = z.string().min(1).max(100).optional();
const moment = z.union([day, z.iso.datetime({ offset: true })], {
  error: 'must be a UTC day or an ISO 8601 instant',
});
const stars = z
  .string()
  .regex(/^[1-5](-[1-5])?$/, { error: 'must be a rating, such as 2, or a range, such as 1-2' });

export const queries = {
  range: z.strictObject({ from: day.optional(), to: day.optional() }),
  summary: z.strictObject({ from: day.optional(), to: day.optional(), orgId: id }),
  trend: z.strictObject({
    from: day.optional(),
    to: day.optional(),
    orgId: id,
    interval: z.enum(['day', 'week', 'month']).default('day'),
  }),
  feedback: z.strictObject({
    orgId: id,
    userId: id,
    sessionId: id,
    from: moment.optional(),
    to: moment.optional(),
    theme: word,
    sentiment: z.enum([...SENTIMENT_LABELS, 'unscored']).optional(),
    overallRating: stars.optional(),
    uxRating: stars.optional(),
    growMethodRating: stars.optional(),
    easeOfUse: word,
    helpfulness: word,
    willingToPay: word,
    experiment: word,
    variant: word,
    tag: word,
    order: z.enum(['newest', 'oldest']).default('newest'),
    limit,
    cursor,
  }),
  one: z.strictObject({ orgId: id }),
  rank: z.strictObject({
    rank: z.enum(RANKINGS).default('count'),
    order: z.enum(['highest', 'lowest']).default('highest'),
    minCount: z.coerce.number().int().min(1).max(1e9).default(1),
    orgId: id,
    userId: id,
    willingToPay: word,
    limit,
    cursor,
  }),
};

const MAX_PERIODS = 1_000;
const DAY_MS = 86_400_000;

/** The routes that read. Each takes the query and gives the body of the answer. */
export function readingRoutes({ models, keys }: { models: Models; keys: KeyRing }) {
  const enter = <S extends z.ZodObject>(request: IncomingMessage, query: unknown, schema: S) => {
    const caller = authorize(request, keys, 'read');
    const parsed = schema.safeParse(query);
    if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(schema.shape)));
    return { caller, query: parsed.data };
  };

  return {
    async list(request: IncomingMessage, sent: unknown) {
      const { caller, query } = enter(request, sent, queries.feedback);
      const {
        order,
        limit,
        cursor,
        from,
        to,
        theme,
        sentiment,
        tag,
        experiment,
        variant,
        userId,
        sessionId,
      } = query;
      const choices = Object.fromEntries(
        CHOICES.flatMap((name) =>
          query[name] === undefined ? [] : [[name, choiceFilter(name, query[name])]],
        ),
      );
      const ratings = Object.fromEntries(
        RATINGS.flatMap((name) => (query[name] === undefined ? [] : [[name, starRange(query[name])]])),
      );
      const after = readCursor(cursor, z.tuple([z.number(), z.string()]));
      const page = await findFeedback(
        models,
        {
          orgId: confine(caller, query.orgId),
          userId,
          sessionId,
          theme,
          sentiment,
          tag,
          experiment,
          variant,
          ratings,
          ...choices,
          from: from === undefined ? undefined : new Date(from),
          before: to === undefined ? undefined : new Date(Date.parse(to) + (to.length === 10 ? DAY_MS : 0)),
        },
        { order, limit, after: after && { createdAt: new Date(after[0]), id: after[1] } },
      );
      return {
        items: page.items.map(presentFeedback),
        nextCursor: page.next && writeCursor([page.next.createdAt.getTime(), page.next.id]),
      };
    },

    async one(request: IncomingMessage, feedbackId: string, sent: unknown) {
      const { caller, query } = enter(request, sent, queries.one);
      const found =
        idSchema.safeParse(feedbackId).success &&
        (await findOneFeedback(models, feedbackId, confine(caller, query.orgId)));
      if (!found)
        throw new Problem(404, 'There is no such feedback that this key may see. It may not be stored yet.');
      return presentFeedback(found);
    },

    async summary(request: IncomingMessage, level: Subject['level'], subjectId: string, sent: unknown) {
      const { caller, query } = enter(request, sent, queries.summary);
      checkRange(query);
      const subject = subjectOf(caller, level, subjectId, query.orgId);
      const [own, everyone] = await Promise.all([
        readTotals(models, subject, query),
        readTotals(
          models,
          caller.orgId === null ? { level: 'all' } : { level: 'org', id: caller.orgId },
          query,
        ),
      ]);
      return { ...present(own), population: present(everyone) };
    },

    async trend(request: IncomingMessage, level: Subject['level'], subjectId: string, sent: unknown) {
      const { caller, query } = enter(request, sent, queries.trend);
      checkRange(query);
      const days = await readDays(models, subjectOf(caller, level, subjectId, query.orgId), query);
      return { interval: query.interval, periods: periodsOf(days, query) };
    },

    async rank(request: IncomingMessage, level: 'org' | 'user' | 'session', sent: unknown) {
      const { caller, query } = enter(request, sent, queries.rank);
      if (query.userId !== undefined && level !== 'session')
        throw invalid([{ pointer: '/userId', message: 'is for /v1/sessions only' }]);
      const after = readCursor(query.cursor, z.tuple([z.number(), z.string()]));
      const { items, next } = await rankSubjects(models, {
        level,
        by: query.rank,
        order: query.order,
        minCount: query.minCount,
        limit: query.limit,
        orgId: confine(caller, query.orgId),
        userId: query.userId,
        willingToPay: query.willingToPay,
        after: after && { value: after[0], id: after[1] },
      });
      return {
        items: items.map(({ id, ...totals }) => ({ [`${level}Id`]: id, ...present(totals) })),
        nextCursor: next && writeCursor([next.value, next.id]),
      };
    },
  };
}

function subjectOf(caller: Caller, level: Subject['level'], id: string, orgId: string | undefined): Subject {
  if (level !== 'all' && !idSchema.safeParse(id).success)
    throw invalid([{ pointer: '/id', message: 'is not an id' }]);
  const org = confine(caller, level === 'org' ? id : orgId);
  if (level === 'all') return org === undefined ? { level } : { level: 'org', id: org };
  return level === 'org' ? { level, id } : { level, id, orgId: org };
}

function present({ delta, firstAt, lastAt }: Totals) {
  return { ...figuresOf(delta), firstAt, lastAt };
}

function presentFeedback({ _id, other: _, ...fields }: FeedbackDocument) {
  return { id: publicId(_id), ...fields };
}

function checkRange({ from, to }: { from?: string | undefined; to?: string | undefined }): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalid([{ pointer: '/to', message: 'must not be before from' }]);
}

function choiceFilter(name: string, value: string): ChoiceFilter {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  if (quoted !== undefined) return { exactly: quoted };
  return name === 'willingToPay' ? { word: value } : { exactly: value };
}

function starRange(value: string): { min: number; max: number } {
  const [min, max = min] = value.split('-').map(Number) as [number, number?];
  return { min, max };
}

/** Every period of the range, those without feedback too, so that a gap shows as a gap. */
function periodsOf(days: Map<string, Totals>, query: z.infer<typeof queries.trend>) {
  const known = [...days.keys()];
  const first = query.from ?? known[0];
  const last = query.to ?? known.at(-1);
  if (first === undefined || last === undefined) return [];
  const groups = new Map<string, { to: string; days: Totals[] }>();
  for (let at = startOf(first, query.interval); at <= last; at = nextAfter(at, query.interval)) {
    if (groups.size >= MAX_PERIODS)
      throw invalid([
        {
          pointer: '/from',
          message: `leaves more than ${MAX_PERIODS} periods; choose a shorter range or a longer interval`,
        },
      ]);
    groups.set(at, { to: dayOf(new Date(Date.parse(nextAfter(at, query.interval)) - DAY_MS)), days: [] });
  }
  for (const [day, totals] of days) groups.get(startOf(day, query.interval))?.days.push(totals);
  return [...groups].map(([from, group]) => ({ from, to: group.to, ...present(addTotals(group.days)) }));
}

/** Weeks start on Monday. */
function startOf(day: string, interval: 'day' | 'week' | 'month'): string {
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  if (interval === 'day') return day;
  const date = new Date(day);
  return dayOf(new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY_MS));
}

function nextAfter(start: string, interval: 'day' | 'week' | 'month'): string {
  const date = new Date(start);
  if (interval === 'month')
    return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)));
  return dayOf(new Date(date.getTime() + (interval === 'week' ? 7 : 1) * DAY_MS));
}

function writeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function readCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid([{ pointer: '/cursor', message: 'is not a cursor that a page before gave' }]);
  }
}
