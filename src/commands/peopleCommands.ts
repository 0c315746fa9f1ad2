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

const EVERYBODY = 1_000_000;
const ORG = ['--org <orgId>', 'in one org; without it, in every org'] as const;
const linkOf = (publicUrl: string, token: string) => `${publicUrl}/welcome?token=${token}`;

/** `people invite|remove-role|list|disable|reset`. */
export function addPeopleCommands(program: Command, { withModels, print, publicUrl }: CommandContext): void {
  const actor = COMMAND_LINE;
  const people = program.command('people').description('who may sign in: see docs/people.md');
  const printLink = (token: string) => {
    print('A link to choose a password by, shown this once; it works once, within 24 hours:');
    print(`  ${linkOf(publicUrl(), token)}`);
  };

  people
    .command('invite <email>')
    .description('let somebody in, or give them another role in an org')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ')}`)
    .option(...ORG)
    .action(
      async (email: string, { role, org: orgId = null }: { role: RoleIn['role']; org?: string | null }) => {
        if (!ROLES.includes(role)) program.error(`--role must be one of ${ROLES.join(', ')}`);
        if (!z.email().safeParse(email).success) program.error(`"${email}" is not an e-mail address`);
        const token = await withModels(async (models) => {
          // Where nothing has run yet, what keeps an address from being there twice is missing.
          await createIndexes(models);
          return (await invitePerson(models, { email, role, orgId, actor })).token;
        });
        print(`${email} is ${role} ${placeOf(orgId)}`);
        if (token !== undefined) printLink(token);
      },
    );
  people
    .command('remove-role <email>')
    .description('take the role in an org away')
    .option(...ORG)
    .action(async (email: string, { org: orgId = null }: { org?: string | null }) => {
      await withModels(async (models) => {
        const isOffered = orgId !== null && (await withdrawInvitation(models, { email, orgId, actor }));
        if (!isOffered) await removeRole(models, { email, orgId, actor });
      });
      print(`${email} has no role ${placeOf(orgId)} any more`);
    });
  people
    .command('list')
    .description('show everybody, with their roles')
    .action(async () => {
      const everybody = { orgId: undefined, after: undefined, limit: EVERYBODY };
      for (const listed of await withModels((models) => listPeopleAndInvited(models, everybody)))
        print(lineOf(listed));
    });
  people
    .command('disable <email>')
    .description('let somebody in no more, at once; "invite" lets them in again')
    .action(async (email: string) => {
      await withModels((models) => disablePerson(models, { email, actor }));
      print(`disabled ${email}`);
    });
  people
    .command('reset <email>')
    .description('end the password, the links to other accounts and every session of somebody')
    .action(async (email: string) =>
      printLink((await withModels((models) => resetPerson(models, { email, actor }))).token),
    );
}

function lineOf(listed: DirectoryEntry): string {
  if ('invitation' in listed) {
    const { email, role, orgId } = listed.invitation;
    return [email, 'invited', `${role} ${placeOf(orgId)}`, 'never signed in', ''].join('  ');
  }
  const { email, name, roles, links, disabled, passwordHash, lastSignInAt } = listed.person;
  return [
    email,
    disabled ? 'disabled' : passwordHash === null && links.length === 0 ? 'invited' : 'active',
    roles.map(({ role, orgId }) => `${role} ${placeOf(orgId)}`).join(', ') || 'no role',
    lastSignInAt ? `last signed in ${lastSignInAt.toISOString()}` : 'never signed in',
    name,
  ].join('  ');
}

const placeOf = (orgId: string | null) => (orgId === null ? 'everywhere' : `in ${orgId}`);

/** At a start where nobody is there to sign in: the way for the first. */
export async function printFirstLink(
  models: Models,
  publicUrl: string,
  print: CommandContext['print'],
): Promise<void> {
  const token = await offerFirstAdmin(models);
  if (token === undefined) return;
  print('\nNobody can sign in yet. The first admin begins here, once, within 24 hours:');
  print(`  ${linkOf(publicUrl, token)}`);
}
