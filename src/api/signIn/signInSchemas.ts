import { z } from 'zod';
import { normalName, ROLES } from '../../models/people/personSchema.ts';
import { newPasswordSchema } from './passwords.ts';

const emailSchema = z.string().trim().min(1, { error: 'is missing' }).max(254);

/** The address is not validated: it is only compared with those of accounts. */
export const signInFormSchema = z
  .strictObject({ email: emailSchema, password: z.string().min(1, { error: 'is missing' }).max(800) })
  .meta({ id: 'SignIn' });

export const welcomeFormSchema = z.strictObject({
  token: z.string().max(100),
  email: emailSchema.pipe(z.email({ error: 'must be an e-mail address' })),
  name: z.string().max(100).transform(normalName).default(''),
  password: newPasswordSchema,
});

/** The form asks for the new password twice, since it does not show it. */
export const passwordFormSchema = z
  .strictObject({
    email: z.string().max(254).optional(),
    current: z.string({ error: 'is missing' }).min(1, { error: 'is missing' }).max(800),
    next: newPasswordSchema,
    again: z.string({ error: 'is missing' }).max(800),
  })
  .refine(({ next, again }) => again.normalize('NFKC') === next, {
    path: ['again'],
    error: 'is not the same as the new password',
  });

export const joinFormSchema = z.strictObject({
  token: z.string().max(100),
  email: z.string().max(254).optional(),
  name: z.string().max(100).transform(normalName).default(''),
  password: newPasswordSchema,
});

export const passwordChangeSchema = z
  .strictObject({
    current: z.string().min(1).max(800).describe('The current password.'),
    next: newPasswordSchema.describe('The new password: 12 to 200 characters of any kind.'),
  })
  .meta({ id: 'PasswordChange' });

export const sessionResponseSchema = z
  .strictObject({
    person: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
    roles: z.array(
      z.strictObject({
        role: z.enum(ROLES),
        orgId: z.string().nullable().describe('Org of the role; null: every org.'),
      }),
    ),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().describe('End of the session if it is not used before.'),
  })
  .meta({ id: 'Session' });

export const doneSchema = z.strictObject({ status: z.string() }).meta({ id: 'Done' });
