import { z } from 'zod';
import { mappingNameSchema } from '../../ingest/imports/mappingName.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { labelFilterSchema } from '../../ingest/names/labels.ts';
import { type ProblemStatus, TITLES } from '../http/problem.ts';
import { type ParameterRule, themeSchema } from '../reading/querySchemas.ts';
import { problemSchema } from '../reading/readingSchemas.ts';
import type { Route } from '../route.ts';
import { createPortablePatterns } from './portablePattern.ts';

type Json = Record<string, unknown>;

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>;
}

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  /** With `explode`, each property of its object is a parameter of its own: a rule between parameters needs one schema for them. */
  style?: 'form';
  /** false: the items of a list have commas between them */
  explode?: boolean;
  schema: Json;
  example?: unknown;
}

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

/** The OpenAPI document of routes, from the same schemas that validate requests. */
export function openApiOf(routes: readonly Route[]): OpenApi {
  const schemas: Record<string, Json> = {};
  const portable = createPortablePatterns();
  const withPortablePatterns = <T extends object>(json: T): T =>
    JSON.parse(JSON.stringify(json), (key, value) =>
      key === 'pattern' && typeof value === 'string' ? portable(value) : value,
    );
  const toJson = (schema: z.ZodType, io: 'input' | 'output' = 'input'): Json => {
    // Nested in an object, so that even a named schema at the top becomes a reference.
    const { $defs, properties } = z.toJSONSchema(z.object({ schema }), { io }) as unknown as {
      $defs?: object;
      properties: { schema: Json };
    };
    Object.assign(schemas, withPortablePatterns(referringToComponents($defs ?? {})));
    return withPortablePatterns(referringToComponents(properties.schema));
  };
  const problem = { 'application/problem+json': { schema: toJson(problemSchema) } };

  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const bodies = route.content ?? (route.body && { 'application/json': route.body });
    const operation: Operation = {
      operationId: `${route.method} ${route.path}`.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, ''),
      summary: route.summary,
      ...(route.description !== undefined && { description: route.description }),
      security: securityOf(route),
      parameters: [
        ...pathParametersOf(route.path, toJson),
        ...parametersOf(route.query, 'query', toJson),
        ...parametersOf(route.headers, 'header', toJson),
      ],
      ...(bodies && {
        requestBody: {
          required: true,
          content: Object.fromEntries(
            Object.entries(bodies).map(([type, schema]) => [type, { schema: toJson(schema) }]),
          ),
        },
      }),
      responses: {},
    };
    for (const [status, { description, schema, type = 'application/json' }] of Object.entries(route.responses))
      operation.responses[status] = {
        description,
        content: { [type]: { schema: schema ? toJson(schema) : { type: 'string' } } },
      };
    for (const status of errorsOf(route))
      operation.responses[status] ??= { description: TITLES[status], content: problem };
    paths[route.path] = { ...paths[route.path], [route.method]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'feedback-tracker',
      version: '1',
      description: 'Takes in product feedback at high volume and tells a team, exactly and quickly, what to improve.',
    },
    paths,
    components: { schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

const SECURITY_SCHEMES = {
  key: { type: 'http', scheme: 'bearer' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'feedback_session',
    description:
      'The session of a person who is signed in; named `__Host-feedback_session` over https. Requests other than GET and HEAD must come from pages of this service.',
  },
};

/** Refusals of the steps before the handler, and the handler's own. */
function errorsOf({ scope, signedIn, body, errors = [] }: Route): readonly ProblemStatus[] {
  const ofCaller = scope ? ([400, 401, 403, 429, 503] as const) : signedIn ? ([401, 503] as const) : [];
  return [...ofCaller, ...(body ? ([400, 408, 413, 415] as const) : []), ...errors];
}

/** Ingest routes need a key. Other routes with a scope also accept a session. */
function securityOf({ scope, signedIn }: Route): Record<string, string[]>[] {
  if (signedIn) return [{ session: [] }];
  if (scope === undefined) return [];
  const byKey = { key: [scope] };
  return scope === 'ingest' ? [byKey] : [byKey, { session: [] }];
}

/** Parameters of a path, by the segment before each. A resource of another id is answered with 404. */
const PATH_PARAMETERS: Record<string, { schema: z.ZodType; example?: string }> = {
  orgs: { schema: idSchema, example: 'acme' },
  users: { schema: idSchema, example: 'u-17' },
  sessions: { schema: idSchema, example: 's-2041' },
  feedback: { schema: idSchema, example: 'f-1' },
  themes: { schema: themeSchema, example: 'performance' },
  experiments: { schema: labelFilterSchema, example: 'new check-in' },
  'import-mappings': { schema: mappingNameSchema, example: 'our-survey' },
};

function pathParametersOf(path: string, toJson: (schema: z.ZodType) => Json): Parameter[] {
  const segments = path.split('/');
  return segments.flatMap((segment, index) => {
    if (!segment.startsWith('{')) return [];
    const name = segment.slice(1, -1);
    const { schema, example } = PATH_PARAMETERS[segments[index - 1] ?? ''] ?? { schema: idSchema };
    const { description: _, example: __, ...json } = toJson(schema);
    return { name, in: 'path', required: true, schema: json, ...(example !== undefined && { example }) };
  });
}

type ToJson = (schema: z.ZodType, io: 'output') => Json;

function parametersOf(schema: z.ZodObject | undefined, place: 'query' | 'header', toJson: ToJson): Parameter[] {
  if (!schema) return [];
  const rules = (schema.meta()?.rules ?? []) as ParameterRule[];
  const ruled = new Set(rules.flatMap(({ parameters }) => parameters));
  const alone = Object.entries(schema.shape).flatMap(([name, field]) => {
    const { description, deprecated = false, example, ...json } = toJson(field as z.ZodType, 'output');
    // Accepted for older clients only.
    if (deprecated || ruled.has(name)) return [];
    return {
      name,
      in: place,
      required: false,
      ...(description !== undefined && { description: String(description) }),
      ...(json.type === 'array' && { style: 'form' as const, explode: false }),
      schema: json,
      ...(example !== undefined && { example }),
    };
  });
  const together = rules.map(({ name, description, schema, example }) => ({
    name,
    in: place,
    required: false,
    description,
    style: 'form' as const,
    explode: true as const,
    schema: toJson(schema, 'output'),
    example,
  }));
  return [...alone, ...together];
}

/** Points references at the document's components, which hold each named schema once. */
function referringToComponents<T extends object>(json: T): T {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
