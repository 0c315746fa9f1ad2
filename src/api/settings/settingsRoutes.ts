import type { Models } from '../../models/database.ts';
import { OutdatedVersion } from '../../models/scopeVersions.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import { saveSettings, settingsOf } from '../../models/settings/settings.ts';
import type { ActiveZones } from '../../models/zones/activeZones.ts';
import { orgOrDeployment } from '../caller.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { savedSettingsSchema, settingsBodySchema, settingsSchema } from './settingsSchemas.ts';

interface SettingsServices {
  models: Models;
  settings: ActiveSettings;
  zones: ActiveZones;
}

const NO_ZONE = 'is of an org: add ?orgId= to the address. Figures of all orgs together are by UTC days';

/** Routes that read and edit the settings of an org or the deployment. */
export function settingsRoutes({ models, settings, zones }: SettingsServices): Route[] {
  return [
    route('GET /v1/settings', {
      summary: 'Get the settings: redaction of personal data, retention, and the time zone of an org',
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
        if (orgId === null && own.timeZone) throw invalid([{ pointer: '/timeZone', message: NO_ZONE }]);
        const version = await saveSettings(models, { orgId, edited, ...own, actor }).catch((error) => {
          throw error instanceof OutdatedVersion ? new Problem(409, error.message) : error;
        });
        await Promise.all([settings.refresh(), zones.refresh()]);
        return { orgId, version };
      },
    }),
  ];
}
