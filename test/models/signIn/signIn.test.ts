import { beforeEach, expect, it } from '@jest/globals';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { disablePerson, invitePerson, resetPerson } from '../../../src/models/people/managePeople.ts';
import { findPersonByEmail } from '../../../src/models/people/people.ts';
import type { PersonDocument } from '../../../src/models/people/personSchema.ts';
import { changePassword, signIn } from '../../../src/models/signIn/signIn.ts';
import { addPerson } from '../../support/people.ts';
import { testModels } from '../../support/stores/models.ts';

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
])('a person who %s between the password check and the sign-in is not let in', async (_what, meanwhile) => {
  await meanwhile();
  expect(await enter()).toBeUndefined();
  expect(await models.sessions.countDocuments()).toBe(0);
  expect(await models.auditLog.countDocuments({ action: 'session.sign-in' })).toBe(0);
});

it('a person who is disabled during sign-in has no session afterwards, in either order', async () => {
  for (let round = 0; round < 8; round++) {
    await Promise.all([enter(), disablePerson(models, { email, actor }), enter()]);
    expect(await models.sessions.countDocuments()).toBe(0);
    await models.people.updateOne({ email }, { disabled: false });
  }
}, 60_000);

it('one of two concurrent password changes succeeds', async () => {
  expect((await Promise.all([change('one'), change('two'), change('three')])).filter(Boolean)).toHaveLength(1);
});

it('two concurrent invitations create one person with both roles', async () => {
  const invite = (orgId: string) => invitePerson(models, { email: 'Bob@example.com', role: 'viewer', orgId, actor });
  const settled = await Promise.allSettled([invite('acme'), invite('globex')]);
  // The second of two concurrent ones gets a conflict, and may retry.
  if (settled[0]!.status === 'rejected') await invite('acme');
  if (settled[1]!.status === 'rejected') await invite('globex');
  const bob = await findPersonByEmail(models, 'bob@example.com');
  expect(bob?.roles.map(({ orgId }) => orgId).sort()).toEqual(['acme', 'globex']);
  expect(await models.people.countDocuments()).toBe(2);
});
