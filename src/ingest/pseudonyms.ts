import { createHmac } from 'node:crypto';

/** Maps a user's id to the name that the service stores and answers with. Nobody can compute the id from the name. */
export type Pseudonym = (userId: string) => string;

const PSEUDONYM = /^p_[A-Za-z0-9_-]{43}$/;

/**
 * Creates pseudonyms by HMAC-SHA-256 under a key of the deployment; without a key, ids stay as they are. A pseudonym maps
 * to itself, so that names from answers and exports can be sent back.
 */
export function createPseudonyms(key: string | undefined): Pseudonym {
  if (key === undefined) return (userId) => userId;
  return (userId) =>
    PSEUDONYM.test(userId) ? userId : `p_${createHmac('sha256', key).update(userId, 'utf8').digest('base64url')}`;
}
