import type { z } from 'zod';
import { RATINGS } from '../../aggregates/contribution.ts';
import { parseQuery } from '../../analysis/search/searchQuery.ts';
import type { FeedbackFilter } from '../../models/feedback/findFeedback.ts';
import { invalid } from '../http/problem.ts';
import { wholeAnswer, wordOrQuoted } from './choiceFilter.ts';
import { HOLDS_NO_TIME, holdsTime, instantsIn, type queries } from './querySchemas.ts';
import type { ReadingServices } from './readInZone.ts';

type Filters = Omit<z.infer<typeof queries.facets>, 'limit'> & { zone: string | undefined };

/** The filter that a query names. Throws Problem 400 if no feedback can pass it, or if its theme is unknown. */
export async function feedbackFilterOf({ unknownTheme }: ReadingServices, query: Filters): Promise<FeedbackFilter> {
  const { from, to, zone, easeOfUse, helpfulness, willingToPay, q, ...filter } = query;
  if (filter.themeSentiment !== undefined && filter.theme === undefined)
    throw invalid([
      { pointer: '/themeSentiment', message: 'is the sentiment of clauses about a theme; name it in theme' },
    ]);
  const words = q === undefined ? undefined : parseQuery(q);
  const ratings = Object.fromEntries(
    RATINGS.flatMap((name) => (filter[name] === undefined ? [] : [[name, starRange(filter[name])]])),
  );
  const problem = filter.theme === undefined ? undefined : await unknownTheme(filter.theme, filter.orgId);
  if (problem !== undefined) throw invalid([{ pointer: '/theme', message: problem }]);
  const created = instantsIn({ from, to, zone });
  if (!holdsTime(created)) throw invalid([{ pointer: '/to', message: HOLDS_NO_TIME.error }]);
  return {
    ...filter,
    ratings,
    easeOfUse: wholeAnswer(easeOfUse),
    helpfulness: wholeAnswer(helpfulness),
    willingToPay: wordOrQuoted(willingToPay),
    created,
    words,
  };
}

function starRange(value: string): { min: number; max: number } {
  const [min, max = min] = value.split('-').map(Number) as [number, number?];
  return { min, max };
}
