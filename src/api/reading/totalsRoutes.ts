import type { z } from 'zod';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { figuresOf } from '../../aggregates/figures.ts';
import { type Interval, periodStart, periodsBetween } from '../../aggregates/periods.ts';
import { labelFilterSchema, spellingsOf } from '../../ingest/labels.ts';
import {
  addTotals,
  readDays,
  readTotals,
  readVariants,
  type Subject,
  type Totals,
} from '../../models/aggregates/readTotals.ts';
import { restrictToOrg } from '../caller.ts';
import { invalid } from '../http/problem.ts';
import { ok, type Route, route } from '../route.ts';
import { queries } from './querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from './readInZone.ts';
import { experimentSchema, summarySchema, trendSchema } from './readingSchemas.ts';
import { SUBJECTS, subjectOf } from './subject.ts';

/** Max periods of one trend. */
const MAX_PERIODS = 1_000;

/** Routes that read totals: of everyone, of one org, user or session, and of the variants of an experiment. */
export function totalsRoutes({ models, zones }: ReadingServices): Route[] {
  return [
    ...SUBJECTS.flatMap(({ level, path, label }) => [
      route(`GET ${path}/summary`, {
        summary: `Get the totals of ${label}, with those of everyone to compare`,
        scope: 'read',
        query: queries.days,
        responses: ok(summarySchema),
        async handle({ caller, query, params }) {
          const population: Subject = caller.orgId === null ? { level: 'all' } : { level: 'org', id: caller.orgId };
          const subject = subjectOf(caller, level, params.id, query.orgId);
          const totalsOf = (of: Subject) =>
            readInZone(zones, orgOf(of), async (zone) =>
              presentTotals(await readTotals(models, of, { ...query, zone })),
            );
          const [own, everyone] = await Promise.all([totalsOf(subject), totalsOf(population)]);
          return { ...own, population: everyone };
        },
      }),
      route(`GET ${path}/trend`, {
        summary: `Get the totals of ${label} per day, week or month`,
        scope: 'read',
        query: queries.trend,
        responses: ok(trendSchema),
        async handle({ caller, query, params }) {
          const subject = subjectOf(caller, level, params.id, query.orgId);
          return readInZone(zones, orgOf(subject), async (zone) => {
            const days = await readDays(models, subject, { ...query, zone });
            return { interval: query.interval, periods: periodsOf(days, query) };
          });
        },
      }),
    ]),
    route('GET /v1/experiments/{experiment}', {
      summary: 'Get the totals of each variant of an experiment',
      scope: 'read',
      query: queries.one,
      responses: ok(experimentSchema),
      async handle({ caller, query, params: { experiment } }) {
        if (!labelFilterSchema.safeParse(experiment).success)
          throw invalid([{ pointer: '/experiment', message: 'is not the name of an experiment' }]);
        const names = spellingsOf(experiment);
        const variants = await readVariants(models, names, restrictToOrg(caller, query.orgId));
        return {
          experiment: names[0],
          variants: [...variants].map(([variant, totals]) => ({ variant, ...presentTotals(totals) })),
        };
      },
    }),
  ];
}

/** Totals as a response shows them. */
export function presentTotals({ delta, firstAt, lastAt }: Totals) {
  return { ...figuresOf(delta), firstAt, lastAt };
}

/**
 * All periods of the range, including those without feedback. Without `from`, at most the latest `MAX_PERIODS`: one stray
 * feedback from long ago must not make the request fail.
 */
function periodsOf(days: Map<string, Totals>, query: z.infer<typeof queries.trend>) {
  const daysWithFeedback = [...days.keys()];
  const last = query.to ?? daysWithFeedback.at(-1);
  const first = query.from ?? (last && later(daysWithFeedback[0], earliestPeriod(last, query.interval)));
  if (first === undefined || last === undefined) return [];
  const groups = new Map<string, { to: string; days: Totals[] }>();
  for (const { from, to } of periodsBetween(first, last, query.interval)) {
    if (groups.size >= MAX_PERIODS)
      throw invalid([
        {
          pointer: '/from',
          message: `gives more than ${MAX_PERIODS} periods; choose a shorter range or a longer interval`,
        },
      ]);
    groups.set(from, { to, days: [] });
  }
  for (const [day, totals] of days) groups.get(periodStart(day, query.interval))?.days.push(totals);
  return [...groups].map(([from, group]) => ({ from, to: group.to, ...presentTotals(addTotals(group.days)) }));
}

function earliestPeriod(last: string, interval: Interval): string {
  const days = { day: 1, week: 7, month: 28 }[interval] * (MAX_PERIODS - 1);
  return dayOf(new Date(Date.parse(last) - days * DAY_MS));
}

const later = (day: string | undefined, other: string) => (day !== undefined && day > other ? day : other);
