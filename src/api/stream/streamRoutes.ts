import { figuresOf } from '../../aggregates/figures.ts';
import { readTotals } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { restrictToOrg } from '../caller.ts';
import { queries } from '../reading/querySchemas.ts';
import { type Route, route } from '../route.ts';
import type { StreamedFigures } from './figureFeed.ts';
import type { OpenStreams } from './openStreams.ts';

/** The route that streams figures as they change. */
export function streamRoutes({ streams }: { streams: OpenStreams }): Route[] {
  return [
    route('GET /v1/stream', {
      summary: 'Stream the totals of everyone that the key may see, or of one org, as they change',
      description:
        'Server-sent events named `figures`, at most one a second: first all figures, then those that changed. The stream ends after five minutes; clients connect again by themselves.',
      scope: 'read',
      query: queries.stream,
      responses: { 200: { description: 'Events', type: 'text/event-stream' } },
      handle({ caller, query, request, response }) {
        streams.serve({ caller, orgId: restrictToOrg(caller, query.orgId), limit: query.limit, request, response });
      },
    }),
  ];
}

/** Milliseconds between two reads of the figures of one scope. */
export const POLL_MS = 1_000;
/** Max streams of one process. */
export const MAX_STREAMS = 200;

/** The figures of an org, or of everyone, as events have them. */
export async function readStreamed(models: Models, orgId: string | undefined): Promise<StreamedFigures> {
  const { delta, lastAt } = await readTotals(
    models,
    orgId === undefined ? { level: 'all' } : { level: 'org', id: orgId },
  );
  const { count, ratings, sentiment, themes } = figuresOf(delta);
  return {
    count,
    ...ratings,
    sentiment,
    themes: Object.fromEntries(themes.map(({ theme, feedback }) => [theme, feedback])),
    lastAt,
  };
}
