import {
  type IRateLimiterRedisOptions,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { hashToken } from '../../models/signIn/token.ts';
import { clientNetwork } from '../http/clientAddress.ts';
import { Problem } from '../http/problem.ts';

/** One attempt to sign in: as whom, from where, and whether that person is signed in from there already. */
export interface Attempt {
  email: string;
  address: string;
  isKnownAddress: boolean;
}

export interface SignInLimits {
  /** Counts an attempt before it is looked at, so that many at once get no further. Throws Problem 429. */
  take(attempt: Attempt): Promise<void>;
  /** Takes an attempt that was right out of the counts. */
  forgive(attempt: Attempt): Promise<void>;
}

const WINDOW_SECONDS = 15 * 60;

/**
 * Attempts by account from one address, by address, and by account from all addresses where the person is not signed in.
 * So whoever guesses at somebody's password from elsewhere is stopped, and cannot lock out who works from where they
 * always do. While Redis is away each process counts by itself.
 */
export function createSignInLimits(options: {
  redis: IRateLimiterRedisOptions['storeClient'];
  prefix: string;
}): SignInLimits {
  const limiter = (name: string, points: number) => {
    const bounds = { keyPrefix: `${options.prefix}:sign-in:${name}`, points, duration: WINDOW_SECONDS };
    return new RateLimiterRedis({
      ...bounds,
      storeClient: options.redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(bounds),
    });
  };
  const fromOneAddress = limiter('both', 5);
  const byAddress = limiter('address', 50);
  const byAccount = limiter('account', 30);

  const keysOf = ({ email, address }: Attempt) => {
    const account = hashToken(email);
    const network = clientNetwork(address);
    return { account, network, both: `${account}:${network}` };
  };

  return {
    async take(attempt) {
      const { account, network, both } = keysOf(attempt);
      try {
        await byAddress.consume(network);
        await fromOneAddress.consume(both);
        if (!attempt.isKnownAddress) await byAccount.consume(account);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new Problem(429, `Too many attempts. Try again in ${inWords(seconds)}.`, {
          headers: { 'retry-after': String(seconds) },
        });
      }
    },
    async forgive(attempt) {
      const { account, network, both } = keysOf(attempt);
      await fromOneAddress.delete(both);
      await byAddress.reward(network);
      if (!attempt.isKnownAddress) await byAccount.reward(account);
    },
  };
}

const inWords = (seconds: number) =>
  seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
