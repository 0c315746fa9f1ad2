import type { z } from 'zod';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { changesIn } from '../../aggregates/insights/changes.ts';
import { dayIn } from '../../aggregates/zoneDays.ts';
import { readDays, readTotals, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { invalid } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { SUBJECTS, subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { changesSchema } from './changeSchemas.ts';

/** Days of a range without `from`, and max days of any range. */
const DAYS = { byDefault: 365, max: 1_096 };

/** Routes that find the days on which a figure changed its level. */
export function changeRoutes({ models, zones }: ReadingServices): Route[] {
  return SUBJECTS.map(({ level, path, label }) =>
    route(`GET ${path}/changes`, {
      summary: `Get the days since which ratings, sentiment and themes are higher or lower, for ${label}`,
      scope: 'read',
      query: queries.of[level].days,
      responses: ok(changesSchema),
      handle({ caller, query, params }) {
        const subject = subjectOf(caller, level, params.id, query.orgId);
        return readInZone(zones, orgOf(subject), (zone) => findChanges(models, subject, { ...query, zone }));
      },
    }),
  );
}

type ChangesQuery = z.infer<(typeof queries.of)['user']['days']> & { zone: string | undefined };

async function findChanges(models: Models, subject: Subject, { from, to, zone }: ChangesQuery) {
  const last = to ?? (await lastDay(models, subject, zone));
  if (last === null) return { from: null, to: null, days: 0, tested: 0, changes: [], tooFew: [] };
  const start = from ?? daysBefore(last, DAYS.byDefault - 1);
  if (start < daysBefore(last, DAYS.max - 1))
    throw invalid([{ pointer: '/from', message: `must leave at most ${DAYS.max} days` }]);
  const days = await readDays(models, subject, { from: start, to: last, zone });
  const found = changesIn(new Map([...days].map(([day, { delta }]) => [day, delta])));
  return { from: start, to: last, days: days.size, ...found };
}

const daysBefore = (day: string, count: number) => dayOf(new Date(Date.parse(day) - count * DAY_MS));

/** The latest day with feedback, or null. */
async function lastDay(models: Models, subject: Subject, zone: string | undefined): Promise<string | null> {
  const { lastAt } = await readTotals(models, subject);
  return lastAt && dayIn(lastAt, zone);
}
