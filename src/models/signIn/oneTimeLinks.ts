import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { hashToken, newToken } from '../token.ts';
import { FIRST_ADMIN, type OneTimeLinkDocument } from './oneTimeLinkSchema.ts';

/** Time for which a link works. */
export const LINK_MS = 24 * 60 * 60 * 1000;

/** Creates a link for a person in place of any earlier one, and returns its token, which is stored nowhere. */
export async function createOneTimeLink(models: Models, id: string, transaction?: Transaction): Promise<string> {
  const token = newToken();
  const link = { hash: hashToken(token), expiresAt: new Date(Date.now() + LINK_MS) };
  await models.oneTimeLinks.updateOne({ _id: id }, link, {
    upsert: true,
    ...(transaction && { session: transaction }),
  });
  return token;
}

/** Whether anybody can sign in, not counting people whom only an org's admin vouches for (`openedFor`). */
export async function hasPeople(models: Models): Promise<boolean> {
  return (await models.people.exists({ openedFor: null })) !== null;
}

/** The token of a link that creates the first admin; undefined if anybody can sign in already. */
export async function offerFirstAdmin(models: Models): Promise<string | undefined> {
  if (await hasPeople(models)) return undefined;
  try {
    return await createOneTimeLink(models, FIRST_ADMIN);
  } catch (error) {
    // Another process has just inserted the very first link; replace it.
    if (!isDuplicate(error)) throw error;
    return createOneTimeLink(models, FIRST_ADMIN);
  }
}

/** Id of the person that a link is for, or `FIRST_ADMIN`; undefined once the link has expired or was used. */
export async function findOneTimeLink(models: Models, token: string): Promise<string | undefined> {
  const link = await models.oneTimeLinks
    .findOne({ hash: hashToken(token), expiresAt: { $gt: new Date() } })
    .lean<OneTimeLinkDocument | null>();
  return link?._id;
}

/** Deletes a link. Returns true to exactly one of several concurrent callers. */
export async function useOneTimeLink(models: Models, token: string, transaction: Transaction): Promise<boolean> {
  const { deletedCount } = await models.oneTimeLinks.deleteOne(
    { hash: hashToken(token), expiresAt: { $gt: new Date() } },
    { session: transaction },
  );
  return deletedCount === 1;
}
