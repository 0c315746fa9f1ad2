import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { FIRST_ADMIN, type OneTimeLinkDocument } from './oneTimeLinkSchema.ts';
import { hashToken, newToken } from './token.ts';

type Links = Pick<Models, 'oneTimeLinks'>;

/** How long a link works. */
export const LINK_MS = 24 * 60 * 60 * 1000;

/** A new link for a person, in place of any before. The token is in the result and nowhere else. */
export async function createOneTimeLink(models: Links, id: string, session?: Transaction): Promise<string> {
  const token = newToken();
  const link = { hash: hashToken(token), expiresAt: new Date(Date.now() + LINK_MS) };
  await models.oneTimeLinks.updateOne({ _id: id }, link, { upsert: true, ...(session && { session }) });
  return token;
}

/** Whether there is somebody who signs in. Those whom an org's admin let in keep no first admin out. */
export async function hasPeople(models: Pick<Models, 'people'>): Promise<boolean> {
  return (await models.people.exists({ openedFor: null })) !== null;
}

/** The link that makes the first admin, where nobody is there to sign in. */
export async function offerFirstAdmin(
  models: Pick<Models, 'oneTimeLinks' | 'people'>,
): Promise<string | undefined> {
  if (await hasPeople(models)) return undefined;
  try {
    return await createOneTimeLink(models, FIRST_ADMIN);
  } catch (error) {
    // Another process makes the very first link at this moment; now it is there to be replaced.
    if (!isDuplicate(error)) throw error;
    return createOneTimeLink(models, FIRST_ADMIN);
  }
}

/** Whom a link is for, while it can be used. */
export async function findOneTimeLink(models: Links, token: string): Promise<string | undefined> {
  const link = await models.oneTimeLinks
    .findOne({ hash: hashToken(token), expiresAt: { $gt: new Date() } })
    .lean<OneTimeLinkDocument | null>();
  return link?._id;
}

/** Uses a link up. Of two at once, one is told that it did. */
export async function useOneTimeLink(models: Links, token: string, session: Transaction): Promise<boolean> {
  const used = await models.oneTimeLinks.deleteOne(
    { hash: hashToken(token), expiresAt: { $gt: new Date() } },
    { session },
  );
  return used.deletedCount === 1;
}
