import { z } from 'zod';
import { UnknownParent } from '../../analysis/taxonomy/addTheme.ts';
import { checkTaxonomy, InvalidTaxonomy } from '../../analysis/taxonomy/checkTaxonomy.ts';
import type { Taxonomy, Theme } from '../../analysis/taxonomy/taxonomy.ts';
import type { Models } from '../../models/database.ts';
import { pageOf } from '../../models/mongodb/keysetPage.ts';
import { OutdatedVersion } from '../../models/scopeVersions.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { dryRun } from '../../models/taxonomy/dryRun.ts';
import { effectiveTaxonomy, listTaxonomies, saveTaxonomy, saveTheme } from '../../models/taxonomy/taxonomies.ts';
import { orgOrDeployment } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import {
  dryRunBodySchema,
  dryRunSchema,
  savedTaxonomySchema,
  taxonomyBodySchema,
  taxonomySchema,
  taxonomyVersionsSchema,
  themeBodySchema,
  uncheckedThemes,
} from './taxonomySchemas.ts';

const BODY_LIMITS = { maxBytes: 256 * 1024, maxHeldBytes: 4 * 1024 * 1024 };
/** Properties that the routes which edit a taxonomy share. */
const EDIT = {
  scope: 'admin',
  query: queries.one,
  bodyLimits: BODY_LIMITS,
  responses: { 200: { description: 'Active', schema: savedTaxonomySchema } },
  errors: [409],
} as const;
/** Max dry runs at once. Each takes about a second of this process, in slices. */
const MAX_DRY_RUNS = 2;
const RETRY_SOON = { headers: { 'retry-after': '2' } };

/** Routes on taxonomies: the active one, its versions, the effect of an edit, and the edit. */
export function taxonomyRoutes({ models, taxonomies }: { models: Models; taxonomies: ActiveTaxonomies }): Route[] {
  let dryRuns = 0;

  /** The saved version, after this process has loaded it. */
  async function activate(saving: Promise<number>): Promise<number> {
    try {
      const version = await saving;
      await taxonomies.refresh();
      return version;
    } catch (error) {
      throw refusalOf(error, error instanceof UnknownParent ? '/under' : '/theme');
    }
  }

  return [
    route('GET /v1/taxonomy', {
      summary: 'Get the active taxonomy',
      scope: 'read',
      query: queries.one,
      responses: ok(taxonomySchema),
      handle: ({ caller, query }) => effectiveTaxonomy(models, orgOrDeployment(caller, query)),
    }),
    route('PUT /v1/taxonomy', {
      summary: 'Replace the taxonomy, for all feedback from now on',
      ...EDIT,
      body: taxonomyBodySchema.extend({ themes: uncheckedThemes }),
      content: { 'application/json': taxonomyBodySchema },
      async handle({ caller, actor, query, body: { themes, version: edited } }) {
        const orgId = orgOrDeployment(caller, query);
        if (themes !== null) checkThemes(themes);
        const change = { orgId, edited, themes: themes as Taxonomy | null, by: actor, now: new Date() };
        return { orgId, version: await activate(saveTaxonomy(models, change)) };
      },
    }),
    route('POST /v1/taxonomy/themes', {
      summary: 'Add a theme, or terms to an existing one. Accepts the themes that discovery proposes',
      ...EDIT,
      body: themeBodySchema.extend({ theme: uncheckedThemes }),
      content: { 'application/json': themeBodySchema },
      async handle({ caller, actor, query, body: { theme, under } }) {
        const orgId = orgOrDeployment(caller, query);
        checkThemes([theme], '/theme');
        const change = { orgId, theme: theme as Theme, under, by: actor, now: new Date() };
        return { orgId, version: await activate(saveTheme(models, change)) };
      },
    }),
    route('POST /v1/taxonomy/dry-run', {
      summary: 'Try out a taxonomy on the latest 10,000 texts',
      scope: 'read',
      query: queries.one,
      body: dryRunBodySchema.extend({ themes: uncheckedThemes }),
      content: { 'application/json': dryRunBodySchema },
      bodyLimits: BODY_LIMITS,
      responses: { 200: { description: 'The mentions that would change', schema: dryRunSchema } },
      async handle({ caller, query, body: { themes } }) {
        const orgId = orgOrDeployment(caller, query);
        checkThemes(themes);
        if (dryRuns >= MAX_DRY_RUNS)
          throw new Problem(503, 'Too many dry runs are in progress. Try again.', RETRY_SOON);
        dryRuns++;
        try {
          return { orgId, ...(await dryRun(models, taxonomies, { orgId, themes })) };
        } finally {
          dryRuns--;
        }
      },
    }),
    route('GET /v1/taxonomy/versions', {
      summary: 'List the versions of the taxonomy, newest first',
      scope: 'read',
      query: queries.versions,
      responses: ok(taxonomyVersionsSchema),
      async handle({ caller, query: { limit, cursor, ...query } }) {
        const orgId = orgOrDeployment(caller, query);
        const after = readCursor(cursor, z.int());
        const found = await listTaxonomies(models, orgId, limit + 1, after);
        const { items, next } = pageOf(found, limit, ({ version }) => version);
        return {
          orgId,
          versions: items.map(({ version, themes, createdAt, by }) => ({ version, themes, createdAt, by })),
          nextCursor: next && writeCursor(next),
        };
      },
    }),
  ];
}

function checkThemes(themes: unknown, pointer = '/themes'): asserts themes is Taxonomy {
  try {
    checkTaxonomy(themes);
  } catch (error) {
    throw refusalOf(error, pointer);
  }
}

function refusalOf(error: unknown, pointer: string): unknown {
  if (error instanceof InvalidTaxonomy) return invalid([{ pointer, message: error.message }]);
  return error instanceof OutdatedVersion ? new Problem(409, error.message) : error;
}
