import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';

const MIN_LENGTH = 12;
const MAX_LENGTH = 200;
/** What OWASP's cheat sheet on storing passwords asks of argon2id: 19 MiB, twice over, in one thread. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Each takes a thread that files and compression need too. */
const AT_ONCE = 2;
const MAX_WAITING = 30;

/** Length is what counts: nothing is asked of its characters, and the same text is the same however it is typed. */
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
  /** Takes as long where there is no hash, and then says no. */
  verify(stored: string | null | undefined, password: string): Promise<boolean>;
}

/** Hashes passwords, few at once; what would wait for long is told to come back. */
export function createPasswords(): Passwords {
  let busy = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting.length >= MAX_WAITING)
      throw new Problem(503, 'Many people are signing in just now. Try again in a moment.', {
        headers: { 'retry-after': '2' },
      });
    if (busy >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy++;
    try {
      return await work();
    } finally {
      // Whoever is next takes over the place.
      const next = waiting.shift();
      if (next) next();
      else busy--;
    }
  }

  const ofNobody = inTurn(() => hash('nobody has this password', ARGON2ID));
  return {
    hash: (password) => inTurn(() => hash(password, ARGON2ID)),
    async verify(stored, password) {
      const right = await inTurn(async () => verify(stored ?? (await ofNobody), password.normalize('NFKC')));
      return right && typeof stored === 'string';
    },
  };
}
