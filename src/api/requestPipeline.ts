import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pseudonym } from '../ingest/pseudonyms.ts';
import type { Authentication } from './authentication.ts';
import type { ClientAddress } from './http/clientAddress.ts';
import { createKeyedBodyReader, mayBeKeyed } from './http/keyedBody.ts';
import { invalid } from './http/problem.ts';
import { createJsonReader } from './http/readBody.ts';
import { sendJson, sendText } from './http/sendJson.ts';
import { validate, validateQuery } from './http/validate.ts';
import { allowOrigin } from './keys/cors.ts';
import type { KeyCache } from './keys/keyCache.ts';
import type { RateLimits } from './rateLimits.ts';
import { WHOLE } from './responses/answerSize.ts';
import { sendRevalidated } from './responses/sendRevalidated.ts';
import { isRead, type RawQuery, Reply, type Route, RouteContext } from './route.ts';

/** Serves one route. Rejects with whatever a step or the handler throws. */
export type ServeRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Record<string, string>,
) => Promise<void>;

/** The steps that every request to a route passes through, in order. */
export function createRequestPipeline(options: {
  authentication: Authentication;
  keys: Pick<KeyCache, 'hasOrigin'>;
  limits: Pick<RateLimits, 'countRequest'>;
  pseudonym: Pseudonym;
  addressOf: ClientAddress;
}): (route: Route) => ServeRoute {
  const { authentication, keys, limits, pseudonym, addressOf } = options;

  return (route) => {
    const { scope, cors = false, signedIn, query: querySchema, body: bodySchema, responses, size } = route;
    const requirement = scope && { scope, cors };
    const readJson = bodySchema && createJsonReader(route.bodyLimits);
    const readKeyed = cors ? createKeyedBodyReader() : undefined;
    const isAboutUser = route.path.startsWith('/v1/users/{id}');
    const status = Math.min(...Object.keys(responses).map(Number));
    const { type } = responses[status]!;
    const canRevalidate = isRead(route);

    return async (request, response, params) => {
      // 1. CORS. Before anything can be refused, so that pages can read refusals.
      if (cors && request.headers.origin !== undefined) allowOrigin(request, response, keys);

      // 2. Authentication, 3. rate limit, 4. authorization. A `signedIn` route needs a session only.
      // A page that closes sends its key in the body.
      let caller = signedIn && authentication.requireSession(request);
      const keyed = readKeyed && mayBeKeyed(request) ? await readKeyed(request, response) : undefined;
      if (requirement) {
        caller = keyed ? authentication.authenticateByBody(request, keyed.key) : authentication.authenticate(request);
        limits.countRequest(requirement.scope, caller, response);
        caller = authentication.authorize(caller, request, requirement);
      }

      // 5. Pseudonyms in place of user ids in the query and the path. Handlers replace those in bodies. White space at the
      // ends of an id has no meaning.
      let rawQuery = parseQuery(request.url!);
      if (typeof rawQuery.userId === 'string') rawQuery = { ...rawQuery, userId: pseudonym(rawQuery.userId.trim()) };
      if (isAboutUser) params = { ...params, id: pseudonym(params.id!.trim()) };

      // 6. Validation of the query, then of the body.
      const query = querySchema ? validateQuery(querySchema, rawQuery) : rawQuery;
      const choice = size ? size.read(query) : WHOLE;
      const body = bodySchema && validate(bodySchema, await readJson!(request, response));

      // 7. Handler and reply.
      const parsed = { params, query, body, keyed, caller, fields: choice.fields };
      const result = await route.handle(new RouteContext(request, response, parsed, addressOf) as never);
      if (result instanceof Reply) sendJson(response, result.status, result.body);
      else if (result === undefined) return;
      else if (type !== undefined) sendText(response, status, type, String(result));
      else if (canRevalidate) sendRevalidated(request, response, size ? size.apply(result, choice) : result);
      else sendJson(response, status, result);
    };
  };
}

const EMPTY_QUERY: RawQuery = Object.freeze({});

/** Stands for bytes that are not UTF-8 after a URL is decoded. */
const REPLACEMENT = '\uFFFD';
const SENT_REPLACEMENT = /%ef%bf%bd/i;

/**
 * A parameter that is repeated becomes a list, which is refused.
 *
 * @throws Problem 400 for parameters that are not UTF-8: they would be decoded as something else
 */
function parseQuery(url: string): RawQuery {
  const start = url.indexOf('?');
  if (start < 0) return EMPTY_QUERY;
  const query: RawQuery = Object.create(null);
  const parameters = new URLSearchParams(url.slice(start + 1));
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? values[0]! : values;
  }
  const garbled = Object.keys(query).filter((name) => String(query[name]).includes(REPLACEMENT));
  if (garbled.length > 0 && !SENT_REPLACEMENT.test(url))
    throw invalid(garbled.map((name) => ({ pointer: `/${name}`, message: 'is not UTF-8 in percent-encoding' })));
  return { ...query };
}
