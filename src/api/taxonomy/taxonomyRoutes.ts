import { z } from 'zod';
import { checkTaxonomy, InvalidTaxonomy } from '../../analysis/taxonomy/checkTaxonomy.ts';
import type { Taxonomy, Theme } from '../../analysis/taxonomy/taxonomy.ts';
import { fieldErrors } from '../../ingest/feedbackSchema.ts';
import type { Models } from '../../models/database.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { dryRun } from '../../models/taxonomy/dryRun.ts';
import {
  effectiveTaxonomy,
  listTaxonomies,
  OutdatedTaxonomy,
  saveTaxonomy,
  saveTheme,
} from '../../models/taxonomy/taxonomies.ts';
import { actorOf, authorize, restrictToOrg } from '../authorize.ts';
import { invalid, Problem, sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { Caller, KeyCache } from '../keys/keyCache.ts';
import { queries } from '../reading/querySchemas.ts';
import { queryRoute, type Route } from '../route.ts';
import {
  dryRunBodySchema,
  dryRunSchema,
  savedTaxonomySchema,
  taxonomyBodySchema,
  taxonomySchema,
  taxonomyVersionsSchema,
  themeBodySchema,
} from './taxonomySchemas.ts';

const BODY_BYTES = 256 * 1024;
const HELD_BYTES = 4 * 1024 * 1024;
/** Each takes a second or so of this process, in slices. */
const MAX_DRY_RUNS = 2;
const SHOWN_VERSIONS = 200;

export interface TaxonomyOptions {
  models: Models;
  keys: KeyCache;
  taxonomies: ActiveTaxonomies;
}

/** The routes on taxonomies: what is in force, its versions, what an edit would do, and the edit. */
export function taxonomyRoutes({ models, keys, taxonomies }: TaxonomyOptions): Route[] {
  const readJson = createJsonReader({ maxBytes: BODY_BYTES, maxHeldBytes: HELD_BYTES });
  let dryRuns = 0;
  const common = {
    query: queries.one,
    errors: [400, 401, 403, 408, 413, 415, 503],
  } as const;

  /** The version that was saved, once this process goes by it. */
  async function inForce(saving: Promise<number>): Promise<number> {
    try {
      const version = await saving;
      await taxonomies.refresh();
      return version;
    } catch (error) {
      throw refusalOf(error, '/theme');
    }
  }

  return [
    queryRoute(keys, {
      path: '/v1/taxonomy',
      summary: 'The themes that feedback is analysed by',
      query: queries.one,
      answer: taxonomySchema,
      read: (caller, query) => effectiveTaxonomy(models, scopeOf(caller, query)),
    }),
    {
      ...common,
      method: 'put',
      path: '/v1/taxonomy',
      summary: 'Put another taxonomy in force, for all feedback from now on',
      scope: 'admin',
      body: { 'application/json': taxonomyBodySchema },
      responses: { 200: { description: 'In force', schema: savedTaxonomySchema } },
      errors: [...common.errors, 409],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        const { themes, version: edited } = bodyOf(
          taxonomyBodySchema,
          'themes',
          await readJson(request, response),
        );
        if (themes !== null) checkThemes(themes);
        const change = {
          orgId,
          edited,
          themes: themes as Taxonomy | null,
          by: actorOf(request, caller, keys.addressOf),
          now: new Date(),
        };
        sendJson(response, 200, { orgId, version: await inForce(saveTaxonomy(models, change)) });
      },
    },
    {
      ...common,
      method: 'post',
      path: '/v1/taxonomy/themes',
      summary:
        'Add a theme, or terms to one, for all feedback from now on: what discovery proposes, as it is',
      scope: 'admin',
      body: { 'application/json': themeBodySchema },
      responses: { 200: { description: 'In force', schema: savedTaxonomySchema } },
      errors: [...common.errors, 409],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        const { theme, under } = bodyOf(themeBodySchema, 'theme', await readJson(request, response));
        checkThemes([theme], '/theme');
        const change = {
          orgId,
          theme: theme as Theme,
          under,
          by: actorOf(request, caller, keys.addressOf),
          now: new Date(),
        };
        sendJson(response, 200, { orgId, version: await inForce(saveTheme(models, change)) });
      },
    },
    {
      ...common,
      method: 'post',
      path: '/v1/taxonomy/dry-run',
      summary: 'What a taxonomy would add and remove, on the latest 10,000 texts',
      scope: 'read',
      body: { 'application/json': dryRunBodySchema },
      responses: { 200: { description: 'What would change', schema: dryRunSchema } },
      async handle(request, response) {
        const caller = authorize(request, keys, 'read');
        const orgId = scopeOf(caller, queryOf(request.query));
        const { themes } = bodyOf(dryRunBodySchema, 'themes', await readJson(request, response));
        checkThemes(themes);
        if (dryRuns >= MAX_DRY_RUNS)
          throw new Problem(503, 'Other dry runs are under way. Try again.', {
            headers: { 'retry-after': '2' },
          });
        dryRuns++;
        try {
          sendJson(response, 200, {
            orgId,
            ...(await dryRun(models, taxonomies, { orgId, themes })),
          });
        } finally {
          dryRuns--;
        }
      },
    },
    queryRoute(keys, {
      path: '/v1/taxonomy/versions',
      summary: 'The versions of the taxonomy, newest first',
      query: queries.one,
      answer: taxonomyVersionsSchema,
      async read(caller, query) {
        const orgId = scopeOf(caller, query);
        const versions = await listTaxonomies(models, orgId, SHOWN_VERSIONS);
        return {
          orgId,
          versions: versions.map(({ version, themes, createdAt, by }) => ({
            version,
            themes,
            createdAt,
            by,
          })),
        };
      },
    }),
  ];
}

/** The scope that a call is about: the deployment (null) or an org. */
export function scopeOf(caller: Caller, { orgId }: { orgId?: string | undefined }): string | null {
  return restrictToOrg(caller, orgId) ?? null;
}

export function queryOf(query: unknown): z.infer<typeof queries.one> {
  const parsed = queries.one.safeParse(query);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(queries.one.shape)));
  return parsed.data;
}

/** The body; what it holds of themes is checked by what names the theme and its fault. */
function bodyOf<Body extends z.ZodObject>(
  schema: Body,
  themes: keyof Body['shape'] & string,
  body: unknown,
): z.infer<Body> {
  const parsed = schema.extend({ [themes]: z.unknown().optional() }).safeParse(body);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(schema.shape)));
  return parsed.data as z.infer<Body>;
}

function checkThemes(themes: unknown, pointer = '/themes'): asserts themes is Taxonomy {
  try {
    checkTaxonomy(themes);
  } catch (error) {
    throw refusalOf(error, pointer);
  }
}

/** What an error in an edit is answered with. */
function refusalOf(error: unknown, pointer: string): unknown {
  if (error instanceof InvalidTaxonomy) return invalid([{ pointer, message: error.message }]);
  return error instanceof OutdatedTaxonomy ? new Problem(409, error.message) : error;
}
