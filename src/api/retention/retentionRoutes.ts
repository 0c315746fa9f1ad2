import type { Models } from '../../models/database.ts';
import { countExpired, retentionScope } from '../../models/retention/expiredFeedback.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import { orgOrDeployment } from '../caller.ts';
import { queries } from '../reading/querySchemas.ts';
import { type Route, route } from '../route.ts';
import { retentionBodySchema, retentionDryRunSchema } from './retentionSchemas.ts';

const NOTHING_EXPIRED = { before: null, feedback: 0, texts: 0, months: [], isComplete: true };

/** The route that counts what a retention rule would remove. */
export function retentionRoutes({ models, settings }: { models: Models; settings: ActiveSettings }): Route[] {
  return [
    route('POST /v1/retention/dry-run', {
      summary: 'Count what a retention rule would remove now, without removing anything',
      scope: 'read',
      query: queries.one,
      body: retentionBodySchema,
      responses: { 200: { description: 'The feedback that would be removed', schema: retentionDryRunSchema } },
      async handle({ caller, query, body }) {
        const orgId = orgOrDeployment(caller, query);
        await settings.load();
        const retention = body.retention ?? settings.of(orgId).retention;
        const scope = retentionScope(settings, orgId, retention);
        const expired = scope ? await countExpired(models, scope, Date.now()) : NOTHING_EXPIRED;
        return { orgId, retention, ...expired };
      },
    }),
  ];
}
