import { dayOf } from '../../aggregates/aggregateKey.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { driversOf } from '../../aggregates/insights/drivers.ts';
import { themeChanges } from '../../aggregates/insights/themeChanges.ts';
import { chooseQuotes } from '../../analysis/discovery/chooseQuotes.ts';
import { readDays, readTotals, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { readClauses } from '../../models/feedback/readClauses.ts';
import { invalid } from '../http/problem.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import { queries, themeSchema } from '../reading/querySchemas.ts';
import { checkRange, subjectOf } from '../reading/subject.ts';
import { queryRoute, type Route } from '../route.ts';
import { driversSchema, emergingSchema, quotesSchema } from './insightSchemas.ts';

const DAY_MS = 86_400_000;

/** What many texts give: what drives the rating, what comes up more or less, and in whose words. */
export function insightRoutes({ models, keys }: { models: Models; keys: KeyCache }): Route[] {
  return [
    ...routesOf({ models, keys, level: 'all', path: '/v1', of: 'everyone the key may see' }),
    ...(['org', 'user', 'session'] as const).flatMap((level) =>
      routesOf({ models, keys, level, path: `/v1/${level}s/{id}`, of: `one ${level}` }),
    ),
  ];
}

function routesOf(of: {
  models: Models;
  keys: KeyCache;
  level: Subject['level'];
  path: string;
  of: string;
}): Route[] {
  const { models, keys, level } = of;
  return [
    queryRoute(keys, {
      path: `${of.path}/drivers`,
      summary: `What each theme does to the overall rating of ${of.of}`,
      query: queries.drivers,
      answer: driversSchema,
      async read(caller, query, id = '') {
        checkRange(query);
        const { delta } = await readTotals(models, subjectOf(caller, level, id, query.orgId), query);
        return driversOf(delta);
      },
    }),
    queryRoute(keys, {
      path: `${of.path}/emerging`,
      summary: `Themes that come up more, or less, than they did, of ${of.of}`,
      query: queries.emerging,
      answer: emergingSchema,
      read: (caller, query, id = '') => changesOf(models, subjectOf(caller, level, id, query.orgId), query),
    }),
    queryRoute(keys, {
      path: `${of.path}/themes/{theme}/quotes`,
      summary: `Clauses that stand for what is said about a theme, of ${of.of}`,
      query: queries.quotes,
      answer: quotesSchema,
      async read(caller, query, ...params) {
        checkRange(query);
        const [theme = '', id = ''] = params.reverse();
        if (!themeSchema.safeParse(theme).success)
          throw invalid([{ pointer: '/theme', message: 'is not the id of a theme' }]);
        return quote(models, subjectOf(caller, level, id, query.orgId), theme, query);
      },
    }),
  ];
}

async function changesOf(
  models: Models,
  subject: Subject,
  { on, period, baseline }: { on?: string | undefined; period: number; baseline: number },
) {
  const latest = on === undefined ? (await readTotals(models, subject)).lastAt : new Date(on);
  if (latest === null) return { current: null, baseline: null, themes: [], tooFew: [] };
  const dayBefore = (days: number) => dayOf(new Date(Math.max(0, Date.parse(dayOf(latest)) - days * DAY_MS)));
  const current = { from: dayBefore(period - 1), to: dayBefore(0) };
  const former = { from: dayBefore(period + baseline - 1), to: dayBefore(period) };
  const days = await readDays(models, subject, { from: former.from, to: current.to });
  const [now, before]: [Delta[], Delta[]] = [[], []];
  for (const [day, { delta }] of days) (day >= current.from ? now : before).push(delta);
  const { feedbackNow, feedbackBefore, themes, tooFew } = themeChanges(now, before);
  return {
    current: { ...current, feedback: feedbackNow },
    baseline: { ...former, feedback: feedbackBefore },
    themes,
    tooFew,
  };
}

async function quote(
  models: Models,
  subject: Subject,
  theme: string,
  query: {
    from?: string | undefined;
    to?: string | undefined;
    sentiment?: string | undefined;
    limit: number;
  },
) {
  const clauses = await readClauses(models, subject, theme, query);
  const candidates = clauses
    .filter(({ sentiment }) => query.sentiment === undefined || sentiment.label === query.sentiment)
    .map((clause) => ({ ...clause, by: clause.userId === undefined ? `#${clause.id}` : clause.userId }));
  return {
    theme,
    candidates: candidates.length,
    since: candidates.at(-1)?.createdAt ?? null,
    quotes: chooseQuotes(candidates, query.limit).map(
      ({ id, start, end, text, sentiment, overallRating = null, createdAt }) => ({
        id,
        start,
        end,
        text,
        sentiment,
        overallRating,
        createdAt,
      }),
    ),
  };
}
