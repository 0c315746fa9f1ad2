import { fieldErrors } from '../../ingest/feedback.ts';
import type { Models } from '../../models/database.ts';
import { OutdatedSettings, saveSettings, settingsOf } from '../../models/orgSettings.ts';
import type { SettingsInForce } from '../../models/settingsInForce.ts';
import { actorOf, authorize } from '../authorize.ts';
import type { KeyRing } from '../keyRing.ts';
import { invalid, Problem, sendJson } from '../problem.ts';
import { queries } from '../queries.ts';
import { createJsonReader } from '../readBody.ts';
import { type Route, readingRoute } from '../route.ts';
import { savedSettingsSchema, settingsBodySchema, settingsSchema } from '../settingsAnswers.ts';
import { queryOf, scopeOf } from './taxonomy.ts';

const BODY = { limit: 4 * 1024, mostBytes: 256 * 1024 };

export interface SettingsOptions {
  models: Models;
  keys: KeyRing;
  settings: SettingsInForce;
}

/** The routes on settings: what is in force for an org or the deployment, and the edit. */
export function settingsRoutes({ models, keys, settings }: SettingsOptions): Route[] {
  const readJson = createJsonReader(BODY);
  return [
    readingRoute(keys, {
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
      answers: { 200: { description: 'In force', schema: savedSettingsSchema } },
      refusals: [400, 401, 403, 409, 413, 415, 503],
      async handle(request, response) {
        const caller = authorize(request, keys, 'admin');
        const orgId = scopeOf(caller, queryOf(request.query));
        const parsed = settingsBodySchema.safeParse(await readJson(request, response));
        if (!parsed.success) throw invalid(fieldErrors(parsed.error, Object.keys(settingsBodySchema.shape)));
        const { version: edited, ...own } = parsed.data;
        const change = { orgId, edited, ...own, actor: actorOf(request, caller) };
        const version = await saveSettings(models, change).catch((error) => {
          throw error instanceof OutdatedSettings ? new Problem(409, error.message) : error;
        });
        await settings.refresh();
        sendJson(response, 200, { orgId, version });
      },
    },
  ];
}
