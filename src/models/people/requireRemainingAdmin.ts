import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { PersonDocument } from './personSchema.ts';

/** The change would leave nobody who can sign in and is an admin of all orgs. */
export class LastAdmin extends Error {
  override name = 'LastAdmin';
}

const IS_ADMIN = { $elemMatch: { role: 'admin', orgId: null } };
const CAN_SIGN_IN = [{ passwordHash: { $ne: null } }, { 'links.0': { $exists: true } }];

/**
 * Ensures that another admin of all orgs remains if a change makes a person one no longer.
 *
 * @throws LastAdmin if there is no other
 */
export async function requireRemainingAdmin(
  models: Models,
  { before, after }: { before: PersonDocument; after: PersonDocument },
  transaction: Transaction,
): Promise<void> {
  if (!isAdmin(before) || isAdmin(after)) return;
  // A write to the remaining admin is the lock: two admins who remove each other conflict, and one of them is refused.
  const other = await models.people.findOneAndUpdate(
    { _id: { $ne: before._id }, disabled: false, roles: IS_ADMIN, $or: CAN_SIGN_IN },
    { $inc: { reliedOn: 1 } },
    { session: transaction },
  );
  if (!other) throw new LastAdmin('This is the last admin of all orgs who can sign in. Make somebody else one first.');
}

function isAdmin({ disabled, roles, passwordHash, links }: PersonDocument): boolean {
  const canSignIn = !disabled && (passwordHash !== null || links.length > 0);
  return canSignIn && roles.some(({ role, orgId }) => role === 'admin' && orgId === null);
}
