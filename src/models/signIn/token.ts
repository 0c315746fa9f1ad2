import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, in 43 characters that cookies and links can hold. */
export const newToken = () => randomBytes(32).toString('base64url');

/** What is stored of a token. It is random and long, so a slow hash would protect nothing more. */
export const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');
