import { z } from 'zod';
import { idSchema } from '../../ingest/names/ids.ts';
import { ROLES } from '../../models/people/personSchema.ts';
import { instant, nextCursor } from '../reading/readingSchemas.ts';

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
    orgId: idSchema.optional().meta({ description: 'Org of the role. Without it, the role is in all orgs.' }),
  })
  .meta({ id: 'NewPerson', examples: [{ email: 'ada@example.com', role: 'viewer', orgId: 'acme' }] });

const personSchema = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string().meta({ description: 'Name the person typed. Empty before the first sign-in.' }),
  state: z.enum(['invited', 'active', 'disabled']).meta({
    description:
      'invited: has no password and no linked account yet. An admin of one org sees it until the invitation to that org is accepted.',
  }),
  roles: z.array(z.strictObject({ role, orgId: z.string().nullable().meta({ description: 'null: every org' }) })),
  lastSignInAt: instant
    .nullable()
    .meta({ description: 'null before the first sign-in. Always null for an admin of one org.' }),
});

export const listedPersonSchema = personSchema.meta({
  id: 'Person',
  description: 'A person who may sign in, or an open invitation. An admin of one org sees the role in that org only.',
});

export const peoplePageSchema = z
  .strictObject({ items: z.array(listedPersonSchema), nextCursor })
  .meta({ id: 'PeoplePage' });

const link = z.strictObject({
  url: z.string().meta({ description: 'Give it to that person only. It works once and is not shown again.' }),
  expiresAt: instant,
});

export const invitedPersonSchema = personSchema
  .extend({
    link: link.nullable().meta({
      description: 'null for a person who has a password and, if an admin of one org asks, for a member of that org.',
    }),
  })
  .meta({ id: 'InvitedPerson' });

export const resetPersonSchema = personSchema.extend({ link }).meta({ id: 'ResetPerson' });
