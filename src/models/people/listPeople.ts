import type { Models } from '../database.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import type { PersonDocument } from './personSchema.ts';

/** A person who may sign in, or an invitation that nobody has accepted yet. */
export type DirectoryEntry = { person: PersonDocument } | { invitation: InvitationDocument };

const TIMEOUT_MS = 10_000;

/**
 * One page of people and open invitations, sorted by address.
 *
 * @param options.orgId only the people and invitations of this org; undefined: all
 * @returns at most `limit + 1` entries; the last one tells that there is another page
 */
export async function listPeopleAndInvited(
  models: Models,
  options: { orgId: string | undefined; limit: number; after: ReturnType<typeof positionOf> | undefined },
): Promise<DirectoryEntry[]> {
  const { orgId, limit, after } = options;
  const afterCursor = after && afterPosition('email', { value: after.email, id: after.id });
  const page = { sort: { email: 1, _id: 1 }, limit: limit + 1, maxTimeMS: TIMEOUT_MS } as const;
  const [people, invitations] = await Promise.all([
    models.people
      .find({ ...(orgId !== undefined && { 'roles.orgId': orgId }), ...afterCursor }, null, page)
      .lean<PersonDocument[]>(),
    models.invitations
      .find({ ...(orgId !== undefined && { orgId }), ...afterCursor }, null, page)
      .lean<InvitationDocument[]>(),
  ]);
  const entries: DirectoryEntry[] = [
    ...people.map((person) => ({ person })),
    ...invitations.map((invitation) => ({ invitation })),
  ];
  return entries.sort(compare).slice(0, limit + 1);
}

/** The position of an entry in the list, which is sorted by address and then by id. */
export function positionOf(entry: DirectoryEntry): { email: string; id: string } {
  const { email, _id: id } = 'person' in entry ? entry.person : entry.invitation;
  return { email, id };
}

/** Byte order, as in MongoDB. */
function compare(one: DirectoryEntry, other: DirectoryEntry): number {
  const [a, b] = [positionOf(one), positionOf(other)];
  return bytewise(a.email, b.email) || bytewise(a.id, b.id);
}

const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
