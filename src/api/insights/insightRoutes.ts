import type { z } from 'zod';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { driversOf } from '../../aggregates/insights/drivers.ts';
import { themeChanges } from '../../aggregates/insights/themeChanges.ts';
import { dayIn } from '../../aggregates/zoneDays.ts';
import { chooseQuotes } from '../../analysis/discovery/chooseQuotes.ts';
import { readDays, readTotals, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { readClauses } from '../../models/feedback/readClauses.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries, themeSchema } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { SUBJECTS, subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { driversSchema, emergingSchema, quotesSchema } from './insightSchemas.ts';

/** Routes that summarize many texts: drivers of the rating, changing themes, and quotes. */
export function insightRoutes({ models, zones, unknownTheme }: ReadingServices): Route[] {
  return SUBJECTS.flatMap(({ level, path, label }) => [
    route(`GET ${path}/drivers`, {
      summary: `Get the effect of each theme on the overall rating of ${label}`,
      scope: 'read',
      query: queries.of[level].days,
      responses: ok(driversSchema),
      async handle({ caller, query, params }) {
        const subject = subjectOf(caller, level, params.id, query.orgId);
        return readInZone(zones, orgOf(subject), async (zone) =>
          driversOf((await readTotals(models, subject, { ...query, zone })).delta),
        );
      },
    }),
    route(`GET ${path}/emerging`, {
      summary: `Get the themes mentioned more or less often than before, for ${label}`,
      scope: 'read',
      query: queries.of[level].emerging,
      responses: ok(emergingSchema),
      handle: ({ caller, query, params }) => {
        const subject = subjectOf(caller, level, params.id, query.orgId);
        return readInZone(zones, orgOf(subject), (zone) => changesOf(models, subject, { ...query, zone }));
      },
    }),
    route(`GET ${path}/themes/{theme}/quotes`, {
      summary: `Get typical quotes about a theme, from ${label}`,
      scope: 'read',
      query: queries.of[level].quotes,
      responses: ok(quotesSchema),
      errors: [404],
      async handle({ caller, query, params: { theme, id } }) {
        if (!themeSchema.safeParse(theme).success)
          throw invalid([{ pointer: '/theme', message: 'is not the id of a theme' }]);
        const subject = subjectOf(caller, level, id, query.orgId);
        const problem = await unknownTheme(theme, orgOf(subject));
        if (problem !== undefined)
          throw new Problem(404, `The theme of the path ${problem}`, {
            errors: [{ pointer: '/theme', message: problem }],
          });
        return readInZone(zones, orgOf(subject), (zone) => quote(models, subject, theme, { ...query, zone }));
      },
    }),
  ]);
}

type InZone<Query> = Query & { zone: string | undefined };

async function changesOf(
  models: Models,
  subject: Subject,
  query: InZone<z.infer<(typeof queries.of)['user']['emerging']>>,
) {
  const { on, period, baseline, zone } = query;
  const latest = on ?? (await lastDay(models, subject, zone));
  if (latest === null) return { current: null, baseline: null, themes: [], tooFew: [] };
  const dayBefore = (days: number) => dayOf(new Date(Math.max(0, Date.parse(latest) - days * DAY_MS)));
  const current = { from: dayBefore(period - 1), to: dayBefore(0) };
  const previous = { from: dayBefore(period + baseline - 1), to: dayBefore(period) };
  const days = await readDays(models, subject, { from: previous.from, to: current.to, zone });
  const now: Delta[] = [];
  const before: Delta[] = [];
  for (const [day, { delta }] of days) (day >= current.from ? now : before).push(delta);
  const { feedbackNow, feedbackBefore, themes, tooFew } = themeChanges(now, before);
  return {
    current: { ...current, feedback: feedbackNow },
    baseline: { ...previous, feedback: feedbackBefore },
    themes,
    tooFew,
  };
}

/** The latest day with feedback, or null. */
async function lastDay(models: Models, subject: Subject, zone: string | undefined): Promise<string | null> {
  const { lastAt } = await readTotals(models, subject);
  return lastAt && dayIn(lastAt, zone);
}

async function quote(
  models: Models,
  subject: Subject,
  theme: string,
  query: InZone<z.infer<(typeof queries.of)['user']['quotes']>>,
) {
  const clauses = await readClauses(models, subject, theme, query);
  const candidates = clauses
    .filter(({ sentiment }) => query.sentiment === undefined || sentiment.label === query.sentiment)
    .map(({ userId, overallRating = null, ...clause }) => ({
      ...clause,
      overallRating,
      by: userId ?? `#${clause.id}`,
    }));
  return {
    theme,
    candidates: candidates.length,
    since: candidates.at(-1)?.createdAt ?? null,
    quotes: chooseQuotes(candidates, query.limit).map(({ by: _, ...quote }) => quote),
  };
}
