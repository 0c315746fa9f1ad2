import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';

const MIN_LENGTH = 12;
const MAX_LENGTH = 200;
/** Parameters that OWASP's Password Storage Cheat Sheet recommends for argon2id: 19 MiB, two passes, one thread. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Max hashes computed at once. Each takes a thread of the pool that file access and compression share. */
const MAX_CONCURRENT = 2;
/** Max hashes that wait for a thread; over it: 503. */
const MAX_WAITING = 30;

/** A new password: 12 to 200 characters of any kind, in Unicode form NFKC, so that every keyboard gives the same text. */
export const newPasswordSchema = z
  .string()
  .max(4 * MAX_LENGTH, { error: `must have ${MAX_LENGTH} characters at most` })
  .transform((password) => password.normalize('NFKC'))
  .refine((password) => [...password].length >= MIN_LENGTH, {
    error: `must have ${MIN_LENGTH} characters at least`,
  })
  .refine((password) => [...password].length <= MAX_LENGTH, {
    error: `must have ${MAX_LENGTH} characters at most`,
  });

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Returns false without a hash, after the same time. */
  verify(stored: string | null | undefined, password: string): Promise<boolean>;
}

/** Hashes passwords, two at a time. Throws Problem 503 while 30 wait. */
export function createPasswords(): Passwords {
  const limit = pLimit(MAX_CONCURRENT);

  function run<T>(work: () => Promise<T>): Promise<T> {
    if (limit.pendingCount >= MAX_WAITING)
      throw new Problem(503, 'Many people are signing in just now. Try again in a moment.', {
        headers: { 'retry-after': '2' },
      });
    return limit(work);
  }

  const dummyHash = run(() => hash('nobody has this password', ARGON2ID));
  return {
    hash: async (password) => run(() => hash(password, ARGON2ID)),
    async verify(stored, password) {
      const isRight = await run(async () => verify(stored ?? (await dummyHash), password.normalize('NFKC')));
      return isRight && typeof stored === 'string';
    },
  };
}
