import { z } from 'zod';
import { checkTaxonomy } from '../../analysis/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../analysis/defaultTaxonomy.ts';
import type { Taxonomy } from '../../analysis/taxonomy.ts';
import { fieldErrors } from '../../ingest/feedback.ts';
import type { Models } from '../../models/database.ts';
import { dryRun } from '../../models/dryRun.ts';
import { latestTaxonomy, listTaxonomies, OutdatedTaxonomy, saveTaxonomy } from '../../models/taxonomies.ts';
import type { TaxonomiesInForce } from '../../models/taxonomiesInForce.ts';
import { authorize, confine } from '../authorize.ts';
import type { Caller, KeyRing } from '../keyRing.ts';
import { invalid, Problem, sendJson } from '../problem.ts';
import { queries } from '../queries.ts';
import { createJsonReader } from '../readBody.ts';
import { type Route, readingRoute } from '../route.ts';
import {
  dryRunBodySchema,
  dryRunSchema,
  savedTaxonomySchema,
  taxonomyBodySchema,
  taxonomySchema,
  taxonomyVersionsSchema,
} from '../taxonomyAnswers.ts';

const BODY_BYTES = 256 * 1024;
const HELD_BYTES = 4 * 1024 * 1024;
/** Each takes a second or so of this process, in slices. */
const MOST_DRY_RUNS = 2;
const SHOWN_VERSIONS = 200;

export interface TaxonomyOptions {
  models: Models;
  keys: KeyRing;
  taxonomies: TaxonomiesInForce;
}

/** The routes on taxonomies: what is in force, its versions, what an edit would do, and the edit. */
export function taxonomyRoutes({ models, keys, taxonomies }: TaxonomyOptions): Route[] {
  const readJson = createJsonReader({ limit: BODY_BYTES, mostBytes: HELD_BYTES });
  let dryRuns = 0;
  const common = {
    query: queries.one,
    refusals: [400, 401, 403, 413, 415, 503],
  } as const;

  return [
    readingRoute(keys, {
      path: '/v1/taxonomy',
      summary: 'The themes that feedback is analysed by',
      query: queries.one,
      answer: taxonomySchema,
      read: (caller, query) => show(models, scopeOf(caller, query)),
    }),
    {
      ...common,
      method: 'put',
      path: '/v1/taxonomy',
      summary: 'Put another taxonomy in force, for all feedback from now on',
      scope: 'admin',
      body: { 'application/json': taxonomyBodySchema },
      answers: { 200: { description: 'In force', schema: savedTaxonomySchema } },
      refusals: [...common.refusals, 409],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        const { themes, version: edited } = bodyOf(taxonomyBodySchema, await readJson(request, response));
        if (themes !== null) checkThemes(themes);
        try {
          const change = { orgId, edited, themes: themes as Taxonomy | null, by: caller.id, now: new Date() };
          const version = await saveTaxonomy(models, change);
          await taxonomies.refresh();
          sendJson(response, 200, { orgId, version });
        } catch (error) {
          if (error instanceof OutdatedTaxonomy) throw new Problem(409, error.message);
          throw error;
        }
      },
    },
    {
      ...common,
      method: 'post',
      path: '/v1/taxonomy/dry-run',
      summary: 'What a taxonomy would add and remove, on the latest 10,000 texts',
      scope: 'read',
      body: { 'application/json': dryRunBodySchema },
      answers: { 200: { description: 'What would change', schema: dryRunSchema } },
      async handle(request, response) {
        const caller = authorize(request, keys, 'read');
        const orgId = scopeOf(caller, queryOf(request.query));
        const { themes } = bodyOf(dryRunBodySchema, await readJson(request, response));
        checkThemes(themes);
        if (dryRuns >= MOST_DRY_RUNS)
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
    readingRoute(keys, {
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

/** The taxonomy in force for a scope, and the version that an edit of the scope names. */
async function show(models: Models, orgId: string | null) {
  const own = await latestTaxonomy(models, orgId);
  const deployments = orgId === null ? own : await latestTaxonomy(models, null);
  const inForce = own?.themes ? own : deployments?.themes ? deployments : null;
  return {
    orgId,
    version: own?.version ?? 0,
    source: inForce === null ? 'shipped' : inForce.orgId === null ? 'deployment' : 'org',
    createdAt: inForce?.createdAt ?? null,
    by: inForce?.by ?? null,
    themes: inForce?.themes ?? defaultTaxonomy,
  };
}

/** The scope that a call is about: the deployment (null) or an org. */
export function scopeOf(caller: Caller, { orgId }: { orgId?: string | undefined }): string | null {
  return confine(caller, orgId) ?? null;
}

export function queryOf(query: unknown): z.infer<typeof queries.one> {
  const parsed = queries.one.safeParse(query);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(queries.one.shape)));
  return parsed.data;
}

/** The body without its themes, which are checked by what names the theme and its fault. */
function bodyOf<Body extends z.ZodObject>(schema: Body, body: unknown): z.infer<Body> {
  const shape = schema.extend({ themes: z.unknown().optional() });
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(schema.shape)));
  return parsed.data as z.infer<Body>;
}

function checkThemes(themes: unknown): asserts themes is Taxonomy {
  try {
    checkTaxonomy(themes);
  } catch (error) {
    throw invalid([{ pointer: '/themes', message: (error as Error).message }]);
  }
}
