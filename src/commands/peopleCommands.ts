import type { Command } from 'commander';
import { z } from 'zod';
import { COMMAND_LINE } from '../models/audit/auditLog.ts';
import { createIndexes, type Models } from '../models/database.ts';
import { withdrawInvitation } from '../models/people/invitations.ts';
import { type DirectoryEntry, listPeopleAndInvited } from '../models/people/listPeople.ts';
import { disablePerson, invitePerson, removeRole, resetPerson } from '../models/people/managePeople.ts';
import { ROLES, type RoleIn } from '../models/people/personSchema.ts';
import { offerFirstAdmin } from '../models/signIn/oneTimeLinks.ts';
import type { CommandContext } from './commandContext.ts';
import { readId } from './readId.ts';

/** Max entries that `list` prints. */
const MAX_LISTED = 1_000_000;
const ORG = ['--org <orgId>', 'the org of the role; without it, all orgs', readId] as const;
const linkOf = (publicUrl: string, token: string) => `${publicUrl}/welcome?token=${token}`;

/** `people invite|remove-role|list|disable|reset`. */
export function addPeopleCommands(program: Command, { withModels, print, publicUrl }: CommandContext): void {
  const actor = COMMAND_LINE;
  const people = program.command('people').description('people who sign in: see docs/people.md');
  const printLink = (token: string) => {
    print('Link to set a password (shown only now, works once, expires in 24 hours):');
    print(`  ${linkOf(publicUrl(), token)}`);
  };

  people
    .command('invite <email>')
    .description('invite a person, or change their role in an org')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ')}`)
    .option(...ORG)
    .action(async (email: string, { role, org: orgId = null }: { role: RoleIn['role']; org?: string | null }) => {
      if (!ROLES.includes(role)) program.error(`--role must be one of ${ROLES.join(', ')}`);
      if (!z.email().safeParse(email).success) program.error(`"${email}" is not an e-mail address`);
      const token = await withModels(async (models) => {
        // The unique index on addresses is missing if the service has never run.
        await createIndexes(models);
        return (await invitePerson(models, { email, role, orgId, actor })).token;
      });
      print(`${email} is ${role} ${placeOf(orgId)}`);
      if (token !== undefined) printLink(token);
    });
  people
    .command('remove-role <email>')
    .description('remove a role, or withdraw the invitation to an org')
    .option(...ORG)
    .action(async (email: string, { org: orgId = null }: { org?: string | null }) => {
      await withModels(async (models) => {
        const invitation = orgId !== null && (await withdrawInvitation(models, { email, orgId, actor }));
        if (!invitation) await removeRole(models, { email, orgId, actor });
      });
      print(`${email} has no role ${placeOf(orgId)} any more`);
    });
  people
    .command('list')
    .description('list people and open invitations, with their roles')
    .action(async () => {
      const all = { orgId: undefined, after: undefined, limit: MAX_LISTED };
      for (const entry of await withModels((models) => listPeopleAndInvited(models, all))) print(lineOf(entry));
    });
  people
    .command('disable <email>')
    .description('disable a person at once; "invite" enables them again')
    .action(async (email: string) => {
      await withModels((models) => disablePerson(models, { email, actor }));
      print(`disabled ${email}`);
    });
  people
    .command('reset <email>')
    .description('end the password, linked accounts and sessions of a person, and print a new link')
    .action(async (email: string) =>
      printLink((await withModels((models) => resetPerson(models, { email, actor }))).token),
    );
}

function lineOf(entry: DirectoryEntry): string {
  if ('invitation' in entry) {
    const { email, role, orgId } = entry.invitation;
    return [email, 'invited', `${role} ${placeOf(orgId)}`, 'never signed in', ''].join('  ');
  }
  const { email, name, roles, links, disabled, passwordHash, lastSignInAt } = entry.person;
  return [
    email,
    disabled ? 'disabled' : passwordHash === null && links.length === 0 ? 'invited' : 'active',
    roles.map(({ role, orgId }) => `${role} ${placeOf(orgId)}`).join(', ') || 'no role',
    lastSignInAt ? `last signed in ${lastSignInAt.toISOString()}` : 'never signed in',
    name,
  ].join('  ');
}

const placeOf = (orgId: string | null) => (orgId === null ? 'everywhere' : `in ${orgId}`);

/** Prints a link for the first admin if nobody can sign in yet. */
export async function printFirstLink(models: Models, publicUrl: string, print: CommandContext['print']): Promise<void> {
  const token = await offerFirstAdmin(models);
  if (token === undefined) return;
  print('\nNobody can sign in yet. Link for the first admin (works once, expires in 24 hours):');
  print(`  ${linkOf(publicUrl, token)}`);
}
