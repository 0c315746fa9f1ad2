import { z } from 'zod';
import { isTimeZone, knownTimeZones, MAX_ZONE_CHARACTERS } from '../../aggregates/timeZones.ts';
import { REDACTION_MODES } from '../../models/settings/settingsSchema.ts';
import { didYouMean } from '../http/nearestNames.ts';
import { count, instant, orgOrDeployment } from '../reading/readingSchemas.ts';
import { retentionSchema } from '../retention/retentionSchemas.ts';

const redaction = z.enum(REDACTION_MODES, { error: `must be one of ${REDACTION_MODES.join(', ')}, or null` });
const version = z.int().min(0);
const ZONE = 'must be the IANA name of a time zone, such as Europe/Berlin, or null for UTC';
/** The IANA name of a time zone. */
export const timeZoneSchema = z
  .string({ error: ZONE })
  .max(MAX_ZONE_CHARACTERS, { error: ZONE })
  .refine(isTimeZone, {
    error: ({ input }) => `is no time zone; ${didYouMean(String(input), knownTimeZones(), ZONE)}`,
  })
  .meta({ description: 'IANA name of a time zone.', example: 'Europe/Berlin' });
const zoneName = z.string().meta({ description: 'IANA name of a time zone', example: 'UTC' });
const ownTimeZone = timeZoneSchema.nullable().meta({
  description: "zone of the days of the org's figures; null: UTC. Of an org only.",
});
const own = {
  redaction: redaction
    .nullable()
    .meta({ description: 'redaction of personal data in texts; null: as the deployment, or the default' }),
  retention: retentionSchema.nullable().meta({ description: 'null: as the deployment, or the default' }),
};

export const settingsBodySchema = z
  .strictObject({
    version: version.meta({ description: 'version that was edited; 409 if it is not the latest' }),
    ...own,
    timeZone: ownTimeZone.optional().meta({
      description: "zone of the days of the org's figures; null: UTC; left out: as it is. Of an org only.",
    }),
  })
  .meta({
    id: 'SettingsEdit',
    examples: [{ version: 0, redaction: 'mask', retention: { months: 24, what: 'text', aggregates: 'kept' } }],
  });

export const settingsSchema = z
  .strictObject({
    orgId: orgOrDeployment,
    version: version.meta({
      description: 'latest version of this org or the deployment, to name in an edit; 0 without any',
    }),
    ...own,
    timeZone: zoneName.nullable().meta({ description: "zone of the days of the org's figures; null: UTC" }),
    inForce: z.strictObject({
      redaction,
      retention: retentionSchema,
      timeZone: zoneName.meta({
        description: 'zone that figures use now: the former one until all days are recounted',
      }),
    }),
    dayRecount: z
      .strictObject({
        step: z.enum(['counting', 'removing']).meta({
          description: 'counting feedback in the new zone; then, after figures use it, removing the former zone',
        }),
        from: zoneName,
        to: zoneName,
        counted: count,
        total: count,
        requestedAt: instant,
      })
      .nullable()
      .meta({ description: 'progress of the recount after a change of the time zone; null without one' }),
    createdAt: instant.nullable(),
    by: z.string().nullable().meta({ description: 'id of the key or person that made it' }),
  })
  .meta({ id: 'Settings', description: 'The settings of an org or the deployment, and the effective ones.' });

export const savedSettingsSchema = z.strictObject({ orgId: orgOrDeployment, version });
