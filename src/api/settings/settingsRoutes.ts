import { fieldErrors } from '../../ingest/feedbackSchema.ts';
import type { Models } from '../../models/database.ts';
import { countExpired, retentionScope } from '../../models/retention/expiredFeedback.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import { OutdatedSettings, saveSettings, settingsOf } from '../../models/settings/settings.ts';
import { actorOf, authorize } from '../authorize.ts';
import { invalid, Problem, sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import { queries } from '../reading/querySchemas.ts';
import { queryRoute, type Route } from '../route.ts';
import { queryOf, scopeOf } from '../taxonomy/taxonomyRoutes.ts';
import {
  retentionBodySchema,
  retentionDryRunSchema,
  savedSettingsSchema,
  settingsBodySchema,
  settingsSchema,
} from './settingsSchemas.ts';

const BODY = { maxBytes: 4 * 1024, maxHeldBytes: 256 * 1024 };

const NOTHING = { before: null, feedback: 0, texts: 0, months: [], isComplete: true };

export interface SettingsOptions {
  models: Models;
  keys: KeyCache;
  settings: ActiveSettings;
}

/** The routes on settings: what is in force for an org or the deployment, and the edit. */
export function settingsRoutes({ models, keys, settings }: SettingsOptions): Route[] {
  const readJson = createJsonReader(BODY);
  return [
    queryRoute(keys, {
      path: '/v1/settings',
      summary: 'What becomes of personal data in texts, and how long feedback is kept',
      query: queries.one,
      answer: settingsSchema,
      read: (caller, query) => settingsOf(models, scopeOf(caller, query)),
    }),
    {
      method: 'put',
      path: '/v1/settings',
      summary: 'Put other settings in force, for all feedback from now on',
      scope: 'admin',
      query: queries.one,
      body: { 'application/json': settingsBodySchema },
      responses: { 200: { description: 'In force', schema: savedSettingsSchema } },
      errors: [400, 401, 403, 409, 413, 415, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        const parsed = settingsBodySchema.safeParse(await readJson(request, response));
        if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(settingsBodySchema.shape)));
        const { version: edited, ...own } = parsed.data;
        const change = { orgId, edited, ...own, actor: actorOf(request, caller, keys.addressOf) };
        const version = await saveSettings(models, change).catch((error) => {
          throw error instanceof OutdatedSettings ? new Problem(409, error.message) : error;
        });
        await settings.refresh();
        sendJson(response, 200, { orgId, version });
      },
    },
    {
      method: 'post',
      path: '/v1/retention/dry-run',
      summary: 'What a rule of retention would remove now; removes nothing',
      scope: 'read',
      query: queries.one,
      body: { 'application/json': retentionBodySchema },
      responses: { 200: { description: 'What would go', schema: retentionDryRunSchema } },
      errors: [400, 401, 403, 413, 415, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'read');
        const orgId = scopeOf(caller, queryOf(request.query));
        const parsed = retentionBodySchema.safeParse(await readJson(request, response));
        if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(retentionBodySchema.shape)));
        await settings.load();
        const retention = parsed.data.retention ?? settings.of(orgId).retention;
        const scope = retentionScope(settings, orgId, retention);
        const counted = scope ? await countExpired(models, scope, Date.now()) : NOTHING;
        sendJson(response, 200, { orgId, retention, ...counted });
      },
    },
  ];
}
