import { setImmediate as othersTurn } from 'node:timers/promises';
import type { z } from 'zod';
import { searchChanges } from '../../aggregates/insights/changes.ts';
import { dayIn } from '../../aggregates/zoneDays.ts';
import { readDays, readTotals, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { invalid } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { SUBJECTS, subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { changesSchema } from './changeSchemas.ts';
import { daysBefore, INSIGHT_LIMITS, lastUncounted, TOO_MANY_COUNTED, TOO_MANY_DAYS } from './insightLimits.ts';

/** Days of a range without `from`. */
const DEFAULT_DAYS = 365;

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
  const start = from ?? daysBefore(last, DEFAULT_DAYS - 1);
  if (start < daysBefore(last, INSIGHT_LIMITS.days - 1)) throw invalid([{ pointer: '/from', message: TOO_MANY_DAYS }]);
  if ((await lastUncounted(models, subject, { from: start, to: last, zone })) !== undefined)
    throw invalid([{ pointer: '/from', message: TOO_MANY_COUNTED }]);
  const days = await readDays(models, subject, { from: start, to: last, zone });
  const search = searchChanges(new Map([...days].map(([day, { delta }]) => [day, delta])));
  for (;;) {
    const { done, value } = search.next();
    if (done) return { from: start, to: last, days: days.size, ...value };
    await othersTurn();
  }
}

/** The latest day with feedback, or null. */
async function lastDay(models: Models, subject: Subject, zone: string | undefined): Promise<string | null> {
  const { lastAt } = await readTotals(models, subject);
  return lastAt && dayIn(lastAt, zone);
}
