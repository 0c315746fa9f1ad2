import { z } from 'zod';
import { referenceOf } from '../../aggregates/insights/drivers.ts';
import { RANKED_LEVELS, type RankedLevel } from '../../aggregates/rankings/subjectChange.ts';
import { readTotals } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { RankingsNotBuilt, rankSubjects } from '../../models/rankings/rankSubjects.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { CURSOR_ID, CURSOR_TIME, readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import type { FieldSelection } from '../responses/fieldSelection.ts';
import { ok, type Route, route } from '../route.ts';
import { wordOrQuoted } from './choiceFilter.ts';
import type { UnknownTheme } from './knownThemes.ts';
import { queries } from './querySchemas.ts';
import { rankingSchema } from './readingSchemas.ts';
import { presentTotals } from './totalsRoutes.ts';

type RankQuery = z.infer<(typeof queries.rank)['user']> & { userId?: string | undefined };

interface RankingServices {
  models: Models;
  unknownTheme: UnknownTheme;
}

/** Routes that rank orgs, users or sessions by one of their totals. */
export function rankingRoutes(services: RankingServices): Route[] {
  return RANKED_LEVELS.map((level) =>
    route(`GET /v1/${level}s`, {
      summary: `Rank the ${level}s`,
      scope: 'read',
      query: queries.rank[level],
      responses: ok(rankingSchema(level)),
      select: { list: 'items', keys: [`${level}Id`] },
      handle: ({ caller, query, fields }) => rank(services, caller, level, query, fields),
    }),
  );
}

async function rank(
  { models, unknownTheme }: RankingServices,
  caller: Caller,
  level: RankedLevel,
  query: RankQuery,
  fields: FieldSelection,
) {
  if (query.theme !== undefined && query.rank !== 'shortfall')
    throw invalid([{ pointer: '/theme', message: 'is for rank=shortfall only' }]);
  const after = readCursor(
    query.cursor,
    z.tuple([query.rank === 'lastAt' ? CURSOR_TIME : z.number(), CURSOR_ID, z.number()]),
  );
  const orgId = restrictToOrg(caller, query.orgId);
  const problem = query.theme === undefined ? undefined : await unknownTheme(query.theme, orgId);
  if (problem !== undefined) throw invalid([{ pointer: '/theme', message: problem }]);
  // All pages use the reference of the first one, so that their shortfalls compare.
  const reference = query.rank === 'shortfall' ? (after?.[2] ?? (await readReference(models, orgId, query.theme))) : 0;
  const { items, next, asOf } = await rankSubjects(models, {
    level,
    by: query.rank,
    order: query.order,
    minCount: query.minCount,
    limit: query.limit,
    orgId,
    userId: query.userId,
    willingToPay: wordOrQuoted(query.willingToPay),
    reference,
    theme: query.theme,
    after: after && { value: after[0], id: after[1] },
  }).catch(refuseUnbuilt);
  return {
    items: items.map(({ id, value, ...totals }) => ({
      [`${level}Id`]: id,
      ...(query.rank === 'shortfall' && { shortfall: value }),
      ...presentTotals(totals, fields),
    })),
    nextCursor: next && writeCursor([next.value, next.id, reference]),
    ...(asOf && { asOf }),
  };
}

function refuseUnbuilt(error: unknown): never {
  if (!(error instanceof RankingsNotBuilt)) throw error;
  throw new Problem(503, 'The rankings are being built from the stored feedback. Try again in a minute.', {
    headers: { 'retry-after': '10' },
  });
}

/** The mean that a shortfall is measured against: of all ratings, or of those without the theme. 0 without ratings. */
async function readReference(models: Models, orgId: string | undefined, theme: string | undefined) {
  const { delta } = await readTotals(models, orgId === undefined ? { level: 'all' } : { level: 'org', id: orgId });
  return referenceOf(delta, theme) ?? 0;
}
