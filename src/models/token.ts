import { createHash, randomBytes } from 'node:crypto';

/** A token of 256 random bits: 43 characters that are valid in cookies and URLs. */
export const newToken = () => randomBytes(32).toString('base64url');

/** SHA-256 of a token, hex, for storing. Tokens are long and random, so a slow hash would protect nothing more. */
export const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');
