import { RATINGS } from '../../../src/aggregates/contribution.ts';
import { DAY_MS, dayOf } from '../../../src/aggregates/days.ts';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import { feedbackName, orgName, type ReadingStock, sessionName, userName } from './readingStock.ts';

/** Max milliseconds (p95) of an answer, unless a question has a bound of its own. */
const MUST_MS = 50;

/** A request for a read route. `path` is as in OpenAPI; braces in it and in `query` are filled for each request. */
export interface Question {
  path: string;
  query?: string;
  /** max milliseconds, p95 */
  must: number;
}

export const nameOf = ({ path, query }: Question) => (query === undefined ? path : `${path}?${query}`);

const ask = (path: string, queries: readonly (string | undefined)[], must = MUST_MS): Question[] =>
  queries.map((query) => ({ path, ...(query !== undefined && { query }), must }));

/** Lists with few matches or none take the longest if nothing finds them. */
const LISTS = [
  undefined,
  'order=oldest',
  'limit=200',
  'from={-30}&to={-10}',
  'tag={commonTag}',
  'tag={rareTag}',
  'tag=absent',
  'theme=performance',
  'sentiment=negative',
  'overallRating=1',
  'willingToPay=yes',
  'experiment={experiment}',
  'orgId={org}',
  'orgId={org}&theme=performance',
  'orgId={org}&tag={rareTag}',
  'orgId={small}&tag=absent',
  'userId={user}',
  'sessionId={session}',
  'kind=request',
  'theme=performance&themeSentiment=negative',
  'q=slow',
  'q="the%20calendar"',
  'q=cal&orgId={org}',
  'q=absentword',
];
const MANY_FILTERS = [
  'theme=performance&sentiment=negative&overallRating=1-2&tag={commonTag}',
  'orgId={org}&experiment={experiment}&overallRating=5&sentiment=negative&tag=absent',
];
const ranked = (level: string) => [
  undefined,
  ...[...RATINGS, 'sentiment', 'lastAt', 'shortfall'].map((rank) => `rank=${rank}`),
  'rank=overallRating&order=lowest&minCount=3',
  'rank=shortfall&theme=performance',
  'willingToPay=yes',
  ...(level === 'orgs' ? [] : ['orgId={org}', 'orgId={org}&rank=shortfall']),
];
const RANGES = ['from={-30}&to={0}', 'from={-90}&to={0}'];

const QUESTIONS: Question[] = [
  ...ask('/v1/feedback', LISTS),
  ...ask('/v1/feedback', MANY_FILTERS, 200),
  ...['orgs', 'users', 'sessions'].flatMap((level) => ask(`/v1/${level}`, ranked(level))),
  ...ask('/v1/sessions', ['userId={user}']),
  ...ask('/v1/summary', RANGES, 30),
  ...ask('/v1/orgs/{id}/summary', RANGES, 30),
  ...ask('/v1/users/{id}/summary', ['from={-30}&to={0}'], 30),
  ...ask('/v1/trend', ['interval=week', 'interval=month', 'interval=week&fields=count&layout=columns']),
  ...ask('/v1/orgs/{id}/trend', ['interval=week', 'from={-30}&to={0}']),
  ...ask('/v1/drivers', RANGES),
  ...ask('/v1/orgs/{id}/drivers', RANGES),
  ...ask('/v1/discovery', ['from={-90}&to={0}']),
];

/** Bounds of routes without a query, if they differ. */
const MUST_WITHOUT_QUERY: Record<string, number> = { '/v1/users/{id}/trend': 30 };

/**
 * The questions of the bench: those above, and each read route of the document without a query. A route that needs more is
 * left out if it has no question above.
 */
export function questionsFor({ paths }: Pick<OpenApi, 'paths'>): Question[] {
  const isRead = (path: string) => paths[path]?.get?.security[0]?.key?.[0] === 'read';
  const readRoutes = Object.keys(paths).filter(isRead);
  const plain = readRoutes
    .filter((path) => !QUESTIONS.some((question) => question.path === path && question.query === undefined))
    .filter((path) => paths[path]!.get!.parameters.every((one) => one.in === 'path' || !one.required))
    .filter((path) => !streams(paths[path]!.get!))
    .map((path) => ({ path, must: MUST_WITHOUT_QUERY[path] ?? MUST_MS }));
  return [...plain, ...QUESTIONS.filter(({ path }) => isRead(path))];
}

const streams = ({ responses }: { responses: Record<string, { content?: object }> }) =>
  Object.values(responses).some(({ content }) => content !== undefined && 'text/event-stream' in content);

/** The path and query of the n-th request of a question. Orgs stay the largest, users, sessions and feedback change. */
export function urlOf({ path, query }: Question, stock: ReadingStock, n: number): string {
  const nth = (total: number) => (n * 7_919) % total;
  const values: Record<string, string> = {
    org: orgName(0),
    small: orgName(1_000),
    user: userName(nth(stock.users)),
    session: sessionName(nth(stock.sessions)),
    feedback: feedbackName(nth(stock.count)),
    commonTag: stock.commonTag,
    rareTag: stock.rareTag,
    experiment: stock.experiment,
  };
  const ofSegment: Record<string, string> = {
    orgs: values.org!,
    users: values.user!,
    sessions: values.session!,
    feedback: values.feedback!,
    themes: 'performance',
    experiments: values.experiment!,
  };
  const filled = path.replace(/([\w-]+)\/\{\w+\}/g, (_, segment: string) => {
    return `${segment}/${encodeURIComponent(ofSegment[segment] ?? 'x')}`;
  });
  const day = (back: string) => dayOf(new Date(Date.parse(stock.lastDay) + Number(back) * DAY_MS));
  const parameters = query?.replace(/\{(-?\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? day(name)));
  return parameters === undefined ? filled : `${filled}?${parameters}`;
}
