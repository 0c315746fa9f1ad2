import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Actor } from '../models/audit/auditSchema.ts';
import type { Scope } from '../models/keys/keySchema.ts';
import type { Caller } from './caller.ts';
import type { ClientAddress } from './http/clientAddress.ts';
import type { KeyedBody } from './http/keyedBody.ts';
import type { ProblemStatus } from './http/problem.ts';
import type { BodyLimits } from './http/readBody.ts';
import { type AnswerSize, answerSizeOf, type Selectable } from './responses/answerSize.ts';
import type { FieldSelection } from './responses/fieldSelection.ts';

/** A route as the request pipeline serves it and OpenAPI documents it. */
export interface Route extends RouteBase {
  method: 'get' | 'post' | 'put' | 'delete';
  /** in OpenAPI's notation, such as `/v1/orgs/{id}/summary` */
  path: string;
  scope?: Scope | undefined;
  query?: z.ZodObject | undefined;
  body?: z.ZodObject | undefined;
  size?: AnswerSize;
  // The types of its context are checked where `route` is called.
  handle(context: RouteContext<never, never, never, never>): unknown;
}

interface RouteBase {
  summary: string;
  /** Further facts for OpenAPI. */
  description?: string;
  /** The route needs a person's session; no key opens it. */
  signedIn?: true;
  /** Web pages may call the route with a browser's key, in a header or in the body, from the origins of the key (CORS). */
  cors?: true;
  headers?: z.ZodObject;
  bodyLimits?: BodyLimits;
  /** Bodies by media type, for OpenAPI. Needed if the handler reads the body itself, or checks more than its schema. */
  content?: Record<string, z.ZodType>;
  /** Responses by status: JSON with a schema, or another media type. A plain return value gets the lowest status. */
  responses: Record<number, { description: string; schema?: z.ZodType; type?: string }>;
  /** refusals beyond those that follow from scope, session, query and body */
  errors?: readonly ProblemStatus[];
  /** The query takes `fields`, and `layout` if there are columns. For responses with status 200 only. */
  select?: Selectable;
}

/** A route whose handler gets its types from the schemas and the path of the endpoint. */
type Definition<
  Endpoint extends string,
  RouteScope extends Scope | undefined,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodObject | undefined,
> = RouteBase & {
  /** scope that a key needs; without it and `signedIn` the route is open */
  scope?: RouteScope;
  /** Without it, any query is accepted and passed on as it is. */
  query?: Query;
  /** JSON body, read and validated before the handler runs */
  body?: Body;
  /**
   * Returns the body of the response. Returns a `Reply` for a status other than the lowest of `responses`, and
   * undefined if it wrote the response itself.
   */
  handle(
    context: RouteContext<
      PathParams<Endpoint>,
      Query extends z.ZodObject ? z.infer<Query> : RawQuery,
      Body extends z.ZodObject ? z.infer<Body> : undefined,
      RouteScope extends Scope ? Caller : undefined
    >,
  ): unknown;
};

/** Defines a route by its method and path, such as `GET /v1/orgs/{id}/summary`. */
export function route<
  const Endpoint extends `${Uppercase<Route['method']>} ${string}`,
  RouteScope extends Scope | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodObject | undefined = undefined,
>(endpoint: Endpoint, definition: Definition<Endpoint, RouteScope, Query, Body>): Route {
  const [method, path] = endpoint.split(' ') as [string, string];
  return { ...definition, ...sizeIn(definition), method: method.toLowerCase(), path } as unknown as Route;
}

/** The query and the responses of a definition with `select`, with what requests may choose. */
function sizeIn({ select, query, responses }: RouteBase & { query?: z.ZodObject | undefined }): Partial<Route> {
  if (!select || !query) return {};
  const success = responses[200]!;
  const size = answerSizeOf(success.schema as z.ZodObject, select);
  // An extended schema has lost its metadata.
  const extended = query.safeExtend(size.query).meta(query.meta() ?? {}) as z.ZodObject;
  return { size, query: extended, responses: { ...responses, 200: { ...success, schema: size.response } } };
}

/** Whether a route answers a question with JSON that a client may keep, compress and ask for again. */
export function isRead({ method, scope, responses }: Route): boolean {
  return method === 'get' && scope === 'read' && responses[200] !== undefined && responses[200].type === undefined;
}

/** The only response of most routes that read. */
export const ok = (schema: z.ZodType) => ({ 200: { description: 'Success', schema } });

/** A response whose status the handler chooses. */
export class Reply {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

/** Query parameters as sent. A repeated parameter becomes a list, which is refused. */
export type RawQuery = Record<string, string | string[]>;

/** Parameters in the braces of a path. Their names are known if the path's type is a literal. */
type PathParams<Path extends string> = NamedParams<Path> & { [name: string]: string | undefined };

type NamedParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name]: string } & NamedParams<Rest>
  : unknown;

/** A request that has passed all steps of the pipeline. */
export class RouteContext<Params, Query, Body, RouteCaller> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** the body, if it carried the key; for routes with `cors` */
  readonly keyed: KeyedBody | undefined;
  readonly caller: RouteCaller;
  /** the fields of the response, or of its items, that are asked for; all of them without `select` */
  readonly fields: FieldSelection;
  readonly #addressOf: ClientAddress;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    parsed: {
      params: Params;
      query: Query;
      body: Body;
      keyed: KeyedBody | undefined;
      caller: RouteCaller;
      fields: FieldSelection;
    },
    addressOf: ClientAddress,
  ) {
    this.request = request;
    this.response = response;
    this.params = parsed.params;
    this.query = parsed.query;
    this.body = parsed.body;
    this.keyed = parsed.keyed;
    this.caller = parsed.caller;
    this.fields = parsed.fields;
    this.#addressOf = addressOf;
  }

  /** The caller as the audit log names it. For routes with a scope. */
  get actor(): Actor {
    const { kind = 'key', id } = this.caller as Caller;
    return { kind, id, from: this.#addressOf(this.request) };
  }
}
