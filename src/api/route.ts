import type { Request, Response } from 'express';
import type { z } from 'zod';
import { fieldErrors } from '../ingest/feedbackSchema.ts';
import type { Scope } from '../models/keys/keySchema.ts';
import { authorize } from './authorize.ts';
import { invalid, type ProblemStatus, sendJson } from './http/problem.ts';
import type { Caller, KeyCache } from './keys/keyCache.ts';

/** One route: how it is served, and all that its documentation says. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** as OpenAPI writes it, such as `/v1/orgs/{id}/summary` */
  path: string;
  summary: string;
  /** what a key must allow; without it the route is open */
  scope?: Scope;
  /** it is for somebody who is signed in, and no key opens it */
  signedIn?: true;
  /** whether a key that a browser holds will do, so that pages of its origins are let in */
  cors?: boolean;
  headers?: z.ZodObject;
  query?: z.ZodObject;
  /** by media type */
  body?: Record<string, z.ZodType>;
  /** by status; a schema of JSON, or a media type of its own */
  responses: Record<number, { description: string; schema?: z.ZodType; type?: string }>;
  errors: readonly ProblemStatus[];
  handle(request: Request, response: Response): Promise<void> | void;
}

/** A route that reads: checks the key and the query, and answers with what `read` gives. */
export function queryRoute<Query extends z.ZodObject>(
  keys: KeyCache,
  route: {
    path: string;
    summary: string;
    query: Query;
    /** what a key must allow; by default to read */
    scope?: Scope;
    answer: z.ZodType;
    errors?: ProblemStatus[];
    /** `params` are those of the path, in its order. */
    read(caller: Caller, query: z.infer<Query>, ...params: string[]): Promise<unknown>;
  },
): Route {
  const { path, summary, query, answer, scope = 'read' } = route;
  return {
    method: 'get',
    path,
    summary,
    scope,
    query,
    responses: { 200: { description: 'The answer', schema: answer } },
    errors: [400, 401, 403, ...(route.errors ?? []), 503],
    async handle(request, response) {
      const caller = authorize(request, keys, scope);
      const parsed = query.safeParse(request.query);
      if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(query.shape)));
      const params = Object.values(request.params) as string[];
      sendJson(response, 200, await route.read(caller, parsed.data, ...params));
    },
  };
}
