import type { Models } from '../database.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import type { PersonDocument } from './personSchema.ts';

/** Somebody who may sign in, or who may come to. */
export type DirectoryEntry = { person: PersonDocument } | { invitation: InvitationDocument };

/** A place in the list: an address, and an id where several are of one address. */
export interface DirectoryPosition {
  email: string;
  id: string;
}

const TIMEOUT_MS = 10_000;

/**
 * One page of the people and of the invitations that wait, by address; of one org, or of all.
 *
 * @returns one more than `limit` where there are more
 */
export async function listPeopleAndInvited(
  models: Pick<Models, 'people' | 'invitations'>,
  of: { orgId: string | undefined; limit: number; after: DirectoryPosition | undefined },
): Promise<DirectoryEntry[]> {
  const { orgId, limit, after } = of;
  const beyond = after && afterPosition('email', { value: after.email, id: after.id });
  const page = { sort: { email: 1, _id: 1 }, limit: limit + 1, maxTimeMS: TIMEOUT_MS } as const;
  const [people, invitations] = await Promise.all([
    models.people
      .find({ ...(orgId !== undefined && { 'roles.orgId': orgId }), ...beyond }, null, page)
      .lean<PersonDocument[]>(),
    models.invitations
      .find({ ...(orgId !== undefined && { orgId }), ...beyond }, null, page)
      .lean<InvitationDocument[]>(),
  ]);
  const listed: DirectoryEntry[] = [
    ...people.map((person) => ({ person })),
    ...invitations.map((invitation) => ({ invitation })),
  ];
  return listed.sort((a, b) => compare(positionOf(a), positionOf(b))).slice(0, limit + 1);
}

export function positionOf(listed: DirectoryEntry): DirectoryPosition {
  const { email, _id: id } = 'person' in listed ? listed.person : listed.invitation;
  return { email, id };
}

/** As MongoDB does: byte for byte. */
function compare(a: DirectoryPosition, b: DirectoryPosition): number {
  return (
    Buffer.compare(Buffer.from(a.email), Buffer.from(b.email)) ||
    Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
  );
}
