import type { Models } from '../../models/database.ts';
import { OutdatedVersion } from '../../models/scopeVersions.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import { saveSettings, settingsOf } from '../../models/settings/settings.ts';
import { orgOrDeployment } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { savedSettingsSchema, settingsBodySchema, settingsSchema } from './settingsSchemas.ts';

/** Routes that read and edit the settings of an org or the deployment. */
export function settingsRoutes({ models, settings }: { models: Models; settings: ActiveSettings }): Route[] {
  return [
    route('GET /v1/settings', {
      summary: 'Get the settings: redaction of personal data, and retention',
      scope: 'read',
      query: queries.one,
      responses: ok(settingsSchema),
      handle: ({ caller, query }) => settingsOf(models, orgOrDeployment(caller, query)),
    }),
    route('PUT /v1/settings', {
      summary: 'Replace the settings, for all feedback from now on',
      scope: 'admin',
      query: queries.one,
      body: settingsBodySchema,
      responses: { 200: { description: 'Active', schema: savedSettingsSchema } },
      errors: [409],
      async handle({ caller, actor, query, body: { version: edited, ...own } }) {
        const orgId = orgOrDeployment(caller, query);
        const version = await saveSettings(models, { orgId, edited, ...own, actor }).catch((error) => {
          throw error instanceof OutdatedVersion ? new Problem(409, error.message) : error;
        });
        await settings.refresh();
        return { orgId, version };
      },
    }),
  ];
}
