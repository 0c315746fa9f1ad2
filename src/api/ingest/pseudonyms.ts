import { createHmac } from 'node:crypto';

/** The name that a user goes by in here. Whoever has the real id can ask by it; nobody gets from the name to the id. */
export type Pseudonym = (userId: string) => string;

const FORM = /^p_[A-Za-z0-9_-]{43}$/;

/**
 * Names users by HMAC-SHA-256 under a key of the deployment, or not at all without one. A name stays what it is, so that
 * answers can be followed up and exports be sent again.
 */
export function createPseudonyms(key: string | undefined): Pseudonym {
  if (key === undefined) return (userId) => userId;
  return (userId) =>
    FORM.test(userId) ? userId : `p_${createHmac('sha256', key).update(userId, 'utf8').digest('base64url')}`;
}
