import {
  type IRateLimiterRedisOptions,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { hashToken } from '../../models/token.ts';
import { clientNetwork } from '../http/clientAddress.ts';
import { Problem } from '../http/problem.ts';

/** An attempt to sign in. */
export interface Attempt {
  email: string;
  /** client address */
  address: string;
  /** whether the account has a session from this address */
  isKnownAddress: boolean;
}

export interface SignInLimits {
  /** Counts an attempt. Call it before checking the password, so that concurrent attempts count too. Throws Problem 429. */
  take(attempt: Attempt): Promise<void>;
  /** Takes back the count of a successful attempt. */
  forgive(attempt: Attempt): Promise<void>;
}

const WINDOW_SECONDS = 15 * 60;

/**
 * Limits attempts within 15 minutes: 5 for an account from one address, 50 from one address, and 30 for an account from all
 * unknown addresses. Known addresses are exempt from the last limit, so guessing from elsewhere cannot lock the owner out.
 * While Redis is away, each process counts by itself.
 */
export function createSignInLimits(options: {
  redis: IRateLimiterRedisOptions['storeClient'];
  prefix: string;
}): SignInLimits {
  const createLimiter = (name: string, points: number) => {
    const window = { keyPrefix: `${options.prefix}:sign-in:${name}`, points, duration: WINDOW_SECONDS };
    return new RateLimiterRedis({
      ...window,
      storeClient: options.redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(window),
    });
  };
  const byAccountAndAddress = createLimiter('both', 5);
  const byAddress = createLimiter('address', 50);
  const byAccount = createLimiter('account', 30);

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
        await byAccountAndAddress.consume(both);
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
      await byAccountAndAddress.delete(both);
      await byAddress.reward(network);
      if (!attempt.isKnownAddress) await byAccount.reward(account);
    },
  };
}

const inWords = (seconds: number) => (seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`);
