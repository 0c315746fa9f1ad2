import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { PersonDocument } from './personSchema.ts';

/** What is asked for would leave nobody who can sign in and is an admin in every org. */
export class LastAdmin extends Error {
  override name = 'LastAdmin';

  constructor() {
    super('This is the last admin of all orgs who can sign in. Make somebody else one first.');
  }
}

const IS_ADMIN = { $elemMatch: { role: 'admin', orgId: null } };
const CAN_SIGN_IN = [{ passwordHash: { $ne: null } }, { 'links.0': { $exists: true } }];

/**
 * Sees that an admin of all orgs remains, beside a person who is about to be one no more.
 *
 * @throws LastAdmin where there is none
 */
export async function requireRemainingAdmin(
  models: Pick<Models, 'people'>,
  { before, after }: { before: PersonDocument; after: PersonDocument },
  session: Transaction,
): Promise<void> {
  if (!isAdmin(before) || isAdmin(after)) return;
  // A write to the one who remains: two admins who remove each other at once meet in it, and one of them is refused.
  const other = await models.people.findOneAndUpdate(
    { _id: { $ne: before._id }, disabled: false, roles: IS_ADMIN, $or: CAN_SIGN_IN },
    { $inc: { reliedOn: 1 } },
    { session },
  );
  if (!other) throw new LastAdmin();
}

function isAdmin({ disabled, roles, passwordHash, links }: PersonDocument): boolean {
  const canSignIn = !disabled && (passwordHash !== null || links.length > 0);
  return canSignIn && roles.some(({ role, orgId }) => role === 'admin' && orgId === null);
}
