import { z } from 'zod';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { someFiguresOf } from '../../aggregates/figures.ts';
import { INTERVALS, type Interval, periodStart, periodsBetween, startOfLatest } from '../../aggregates/periods.ts';
import { labelFilterSchema, spellingsOf } from '../../ingest/names/labels.ts';
import {
  addTotals,
  findDaysOfOne,
  readDays,
  readTotals,
  readVariants,
  type Subject,
  type Totals,
} from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { restrictToOrg } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { invalid } from '../http/problem.ts';
import { ALL_FIELDS, type FieldSelection } from '../responses/fieldSelection.ts';
import { ok, type Route, route } from '../route.ts';
import { queries } from './querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from './readInZone.ts';
import { experimentSchema, summarySchema, trendSchema } from './readingSchemas.ts';
import { SUBJECTS, subjectOf } from './subject.ts';

type TrendQuery = z.infer<(typeof queries.of)['user']['trend']>;

/** The interval of a trend, and the last day of the next page. */
const TREND_CURSOR = z.tuple([z.enum(INTERVALS), z.iso.date()]);

/** Routes that read totals: of everyone, of one org, user or session, and of the variants of an experiment. */
export function totalsRoutes({ models, zones }: ReadingServices): Route[] {
  return [
    ...SUBJECTS.flatMap(({ level, path, label }) => [
      route(`GET ${path}/summary`, {
        summary: `Get the totals of ${label}, with those of everyone to compare`,
        scope: 'read',
        query: queries.of[level].days,
        responses: ok(summarySchema),
        select: {},
        async handle({ caller, query, params, fields }) {
          const population: Subject = caller.orgId === null ? { level: 'all' } : { level: 'org', id: caller.orgId };
          const subject = subjectOf(caller, level, params.id, query.orgId);
          const totalsOf = (of: Subject, wanted: FieldSelection) =>
            readInZone(zones, orgOf(of), async (zone) =>
              presentTotals(await readTotals(models, of, { ...query, zone }), wanted),
            );
          const [own, everyone] = await Promise.all([
            totalsOf(subject, fields),
            fields.has('population') ? totalsOf(population, fields.inside('population')) : undefined,
          ]);
          return { ...own, population: everyone };
        },
      }),
      route(`GET ${path}/trend`, {
        summary: `Get the totals of ${label} per day, week or month`,
        scope: 'read',
        query: queries.of[level].trend,
        responses: ok(trendSchema),
        select: { list: 'periods', keys: ['from', 'to'], hasColumns: true },
        async handle({ caller, query, params, fields }) {
          const subject = subjectOf(caller, level, params.id, query.orgId);
          return readInZone(zones, orgOf(subject), (zone) => trendOf(models, subject, { ...query, zone }, fields));
        },
      }),
    ]),
    route('GET /v1/experiments/{experiment}', {
      summary: 'Get the totals of each variant of an experiment',
      scope: 'read',
      query: queries.one,
      responses: ok(experimentSchema),
      select: { list: 'variants', keys: ['variant'] },
      async handle({ caller, query, params: { experiment }, fields }) {
        if (!labelFilterSchema.safeParse(experiment).success)
          throw invalid([{ pointer: '/experiment', message: 'is not the name of an experiment' }]);
        const names = spellingsOf(experiment);
        const variants = await readVariants(models, names, restrictToOrg(caller, query.orgId));
        return {
          experiment: names[0],
          variants: [...variants].map(([variant, totals]) => ({ variant, ...presentTotals(totals, fields) })),
        };
      },
    }),
  ];
}

/** Totals as a response shows them, as far as they are asked for. */
export function presentTotals({ delta, firstAt, lastAt }: Totals, fields: FieldSelection = ALL_FIELDS) {
  return { ...someFiguresOf(delta, (name) => fields.has(name)), firstAt, lastAt };
}

/** Max feedback of a user or session that one page of a trend counts, unless its latest period alone has more. */
const MAX_COUNTED = 1_000;

/**
 * The latest `limit` periods of the range, in order, including those without feedback. `nextCursor` is the page with earlier
 * periods, null if there are none. Without `from`, periods begin with the first feedback. The days of a user or session are
 * counted from its feedback, so its pages are also limited by `MAX_COUNTED`.
 */
async function trendOf(
  models: Models,
  subject: Subject,
  query: TrendQuery & { zone: string | undefined },
  fields: FieldSelection,
) {
  const { interval, from, limit, zone } = query;
  const to = lastDayOf(query);
  const isOne = subject.level === 'user' || subject.level === 'session';
  const ofOne = isOne ? await findDaysOfOne(models, subject, { from, to, zone }, MAX_COUNTED) : null;
  const complete = ofOne?.incomplete && firstComplete(ofOne.incomplete, ofOne.last, interval);
  // The period of the latest days may begin before `from`.
  const firstRead = from !== undefined && (complete ?? from) <= from ? from : complete;
  const days = await readDays(models, subject, { from: firstRead, to, zone });
  const start = from ?? (complete === undefined ? [...days.keys()][0] : ofOne?.first);
  const last = to ?? [...days.keys()].at(-1);
  if (start === undefined || last === undefined) return { interval, periods: [], nextCursor: null };
  const latest = startOfLatest(limit, last, interval);
  const earliest = complete !== undefined && complete > latest ? complete : latest;
  const groups = new Map<string, { to: string; days: Totals[] }>();
  for (const period of periodsBetween(start > earliest ? start : earliest, last, interval))
    groups.set(period.from, { to: period.to, days: [] });
  for (const [day, totals] of days) groups.get(periodStart(day, interval))?.days.push(totals);
  const sumOf = ([only, ...others]: Totals[]) =>
    only && others.length === 0 ? only : addTotals(only ? [only, ...others] : []);
  return {
    interval,
    periods: [...groups].map(([from, group]) => ({
      from,
      to: group.to,
      ...presentTotals(sumOf(group.days), fields),
    })),
    nextCursor: start < earliest ? writeCursor([interval, dayOf(new Date(Date.parse(earliest) - DAY_MS))]) : null,
  };
}

/** The first day of the period after the one with an incomplete day; of that period itself, if it holds the last day. */
function firstComplete(incomplete: string, last: string, interval: Interval): string {
  let first = incomplete;
  for (const { from } of periodsBetween(incomplete, last, interval)) {
    first = from;
    if (from > incomplete) break;
  }
  return first;
}

/** The last day of a page. @throws Problem 400 for a cursor of a trend with another range or interval */
function lastDayOf({ from, to, interval, cursor }: TrendQuery): string | undefined {
  const position = readCursor(cursor, TREND_CURSOR);
  if (position === undefined) return to;
  const [cursorInterval, day] = position;
  if (cursorInterval !== interval || day < (from ?? day) || day > (to ?? day))
    throw invalid([{ pointer: '/cursor', message: 'is of a trend with another from, to or interval' }]);
  return day;
}
