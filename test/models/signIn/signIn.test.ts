import { beforeEach, expect, it } from '@jest/globals';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { disablePerson, invitePerson, resetPerson } from '../../../src/models/people/managePeople.ts';
import { findPersonByEmail } from '../../../src/models/people/people.ts';
import type { PersonDocument } from '../../../src/models/people/personSchema.ts';
import { changePassword, signIn } from '../../../src/models/signIn/signIn.ts';
import { testModels } from '../../support/models.ts';
import { addPerson } from '../../support/people.ts';

const models = testModels();
let ada: PersonDocument;
const actor = COMMAND_LINE;
const email = 'ada@example.com';
beforeEach(async () => {
  await Promise.all([models.people.deleteMany(), models.sessions.deleteMany(), models.auditLog.deleteMany()]);
  ada = await addPerson(models, email, []);
});

const enter = () => signIn(models, ada, { from: '198.51.100.1', by: 'password' });
const change = (passwordHash: string) => changePassword(models, ada, { passwordHash, keep: '', from: '' });

it.each([
  ['was disabled', () => disablePerson(models, { email, actor })],
  ['was reset', () => resetPerson(models, { email, actor })],
  ['has another password', () => change('another')],
])('whoever %s between showing the password and signing in is not let in', async (_what, meanwhile) => {
  await meanwhile();
  expect(await enter()).toBeUndefined();
  expect(await models.sessions.countDocuments()).toBe(0);
  expect(await models.auditLog.countDocuments({ action: 'session.sign-in' })).toBe(0);
});

it('whoever is disabled while signing in has no session after, whichever comes first', async () => {
  for (let round = 0; round < 8; round++) {
    await Promise.all([enter(), disablePerson(models, { email, actor }), enter()]);
    expect(await models.sessions.countDocuments()).toBe(0);
    await models.people.updateOne({ email }, { disabled: false });
  }
}, 60_000);

it('of two who change a password at once, one does', async () => {
  expect((await Promise.all([change('one'), change('two'), change('three')])).filter(Boolean)).toHaveLength(
    1,
  );
});

it('two invitations at once make one person, with both roles', async () => {
  const invite = (orgId: string) =>
    invitePerson(models, { email: 'Bob@example.com', role: 'viewer', orgId, actor });
  const settled = await Promise.allSettled([invite('acme'), invite('globex')]);
  // Whoever is second at the very moment is told to try again, and may.
  if (settled[0]!.status === 'rejected') await invite('acme');
  if (settled[1]!.status === 'rejected') await invite('globex');
  const bob = await findPersonByEmail(models, 'bob@example.com');
  expect(bob?.roles.map(({ orgId }) => orgId).sort()).toEqual(['acme', 'globex']);
  expect(await models.people.countDocuments()).toBe(2);
});
