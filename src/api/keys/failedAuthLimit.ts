import type { IncomingMessage } from 'node:http';
import { type ClientAddress, clientNetwork } from '../http/clientAddress.ts';
import { Problem } from '../http/problem.ts';

/**
 * Limits how many wrong keys come from one address. Whoever is over the limit learns nothing more from the answers,
 * neither of wrong keys nor of right ones, until the minute is over.
 */
export interface FailedAuthLimit {
  /** Throws a Problem (429) where the address has sent too many wrong keys. */
  check(request: IncomingMessage): void;
  /** Counts a wrong key. */
  count(request: IncomingMessage): void;
}

export interface FailedAuthLimitOptions {
  /** wrong keys from one address */
  perMinute: number;
  addressOf: ClientAddress;
  onGuess?(outcome: 'wrong' | 'limited'): void;
  /** ms */
  now?(): number;
}

const WINDOW_MS = 60_000;
/** Whoever has more addresses than this needs no second try from any. */
const MAX_ADDRESSES = 10_000;

export function createFailedAuthLimit(options: FailedAuthLimitOptions): FailedAuthLimit {
  const { perMinute, addressOf, onGuess, now = () => performance.now() } = options;
  /** in the order in which their minutes end */
  const counts = new Map<string, { wrong: number; until: number }>();
  /** Until then somebody may be over the limit; at other times nothing is looked up for those who guess nothing. */
  let alertUntil = 0;
  const networkOf = (request: IncomingMessage) => clientNetwork(addressOf(request) ?? '');

  return {
    check(request) {
      if (alertUntil === 0) return;
      const at = now();
      if (at >= alertUntil) alertUntil = 0;
      const { wrong, until } = counts.get(networkOf(request)) ?? { wrong: 0, until: 0 };
      if (wrong < perMinute || at >= until) return;
      onGuess?.('limited');
      throw new Problem(
        429,
        'Too many wrong keys have come from this address. Wait before you send another.',
        {
          headers: { 'retry-after': String(Math.ceil((until - at) / 1000)) },
          reason: 'guessing',
        },
      );
    },
    count(request) {
      onGuess?.('wrong');
      const at = now();
      for (const [network, { until }] of counts) {
        if (until > at && counts.size < MAX_ADDRESSES) break;
        counts.delete(network);
      }
      const network = networkOf(request);
      const { wrong, until } = counts.get(network) ?? { wrong: 0, until: at + WINDOW_MS };
      counts.set(network, { wrong: wrong + 1, until });
      if (wrong + 1 >= perMinute) alertUntil = Math.max(alertUntil, until);
    },
  };
}
