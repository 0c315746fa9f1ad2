import { z } from 'zod';
import { idSchema } from '../../ingest/ids.ts';
import { ROLES } from '../../models/people/personSchema.ts';
import { instant } from '../reading/readingSchemas.ts';

/** The shapes of what is asked and answered about people. */

const role = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` });
const EMAIL = 'must be an e-mail address of up to 254 characters';

export const newPersonSchema = z
  .strictObject({
    email: z
      .string({ error: EMAIL })
      .max(254, { error: EMAIL })
      .pipe(z.email({ error: EMAIL }))
      .meta({ example: 'ada@example.com' }),
    role,
    orgId: idSchema.optional().meta({ description: 'The org that the role is in; left out: all orgs.' }),
  })
  .meta({ id: 'NewPerson' });

const personSchema = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string().meta({ description: 'As the person wrote it; empty before they have signed in.' }),
  state: z.enum(['invited', 'active', 'disabled']).meta({
    description:
      'invited: has not signed in by any way yet. One org’s admin sees it of who has not taken up the invitation to that org.',
  }),
  roles: z.array(
    z.strictObject({ role, orgId: z.string().nullable().meta({ description: 'null: every org' }) }),
  ),
  lastSignInAt: instant
    .nullable()
    .meta({ description: 'null where they never have, and for an admin of one org.' }),
});

export const listedPersonSchema = personSchema.meta({
  id: 'Person',
  description:
    'Somebody who may sign in, or is invited to. An admin of one org sees the role there and no other.',
});

export const peoplePageSchema = z
  .strictObject({
    items: z.array(listedPersonSchema),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
  })
  .meta({ id: 'PeoplePage' });

const link = z.strictObject({
  url: z.string().meta({ description: 'For that person alone. It is not shown again, and works once.' }),
  expiresAt: instant,
});

export const invitedPersonSchema = personSchema
  .extend({
    link: link.nullable().meta({
      description: 'null for who has a password, or a role in the org already where its admin asks.',
    }),
  })
  .meta({ id: 'InvitedPerson' });

export const resetPersonSchema = personSchema.extend({ link }).meta({ id: 'ResetPerson' });
