import type { IncomingMessage } from 'node:http';
import { type ClientAddress, clientNetwork } from '../http/clientAddress.ts';
import { Problem } from '../http/problem.ts';

/**
 * Limits wrong keys per client address. A client over the limit gets the same refusal for every key, valid or not, until
 * its minute ends.
 */
export interface FailedAuthLimit {
  /** @throws Problem 429 if the address has sent too many wrong keys */
  check(request: IncomingMessage): void;
  /** Counts a wrong key. */
  count(request: IncomingMessage): void;
}

export interface FailedAuthLimitOptions {
  /** Max wrong keys from one address */
  perMinute: number;
  addressOf: ClientAddress;
  onGuess?(outcome: 'wrong' | 'limited'): void;
  /** a monotonic clock, in ms */
  now?(): number;
}

const WINDOW_MS = 60_000;
/** Max addresses remembered. An attacker with more of them needs only one try from each. */
const MAX_ADDRESSES = 10_000;

export function createFailedAuthLimit(options: FailedAuthLimitOptions): FailedAuthLimit {
  const { perMinute, addressOf, onGuess, now = () => performance.now() } = options;
  /** failures by address, in the order in which their minutes end */
  const counts = new Map<string, { wrong: number; untilMs: number }>();
  /** Time until which an address may be over the limit. Afterwards `check` looks nothing up. */
  let alertUntilMs = 0;
  const networkOf = (request: IncomingMessage) => clientNetwork(addressOf(request) ?? '');

  return {
    check(request) {
      if (alertUntilMs === 0) return;
      const nowMs = now();
      if (nowMs >= alertUntilMs) alertUntilMs = 0;
      const { wrong, untilMs } = counts.get(networkOf(request)) ?? { wrong: 0, untilMs: 0 };
      if (wrong < perMinute || nowMs >= untilMs) return;
      onGuess?.('limited');
      throw new Problem(429, 'Too many wrong keys have come from this address. Wait before you send another.', {
        headers: { 'retry-after': String(Math.ceil((untilMs - nowMs) / 1000)) },
        reason: 'guessing',
      });
    },
    count(request) {
      onGuess?.('wrong');
      const nowMs = now();
      for (const [network, { untilMs }] of counts) {
        if (untilMs > nowMs && counts.size < MAX_ADDRESSES) break;
        counts.delete(network);
      }
      const network = networkOf(request);
      const { wrong, untilMs } = counts.get(network) ?? { wrong: 0, untilMs: nowMs + WINDOW_MS };
      counts.set(network, { wrong: wrong + 1, untilMs });
      if (wrong + 1 >= perMinute) alertUntilMs = Math.max(alertUntilMs, untilMs);
    },
  };
}
