import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type ClientAddress, clientNetwork } from '../http/clientAddress.ts';
import { Problem } from '../http/problem.ts';

/**
 * Limits wrong keys per client address. Many clients may share an address (NAT), so a right key passes, whatever the others
 * there send: a generated key cannot be guessed. A key that a person has chosen may be guessed. Over the limit it passes only
 * if it was used from that address before.
 */
export interface FailedAuthLimit {
  /** @throws Problem 429 if the address has sent too many wrong keys */
  check(request: IncomingMessage): void;
  /** Counts a wrong key. */
  count(request: IncomingMessage): void;
  /**
   * Lets a chosen key in, and remembers its address. `name`: of the key.
   *
   * @throws Problem 429 if the address is over the limit and the key is new there
   */
  admitChosen(request: IncomingMessage, name: string): void;
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
  /** names of chosen keys with the addresses that have used them */
  const used = new LRUCache<string, true>({ max: MAX_ADDRESSES });
  /** the last chosen key of each connection: reading an address takes longer than the rest of the authentication */
  const lastOn = new WeakMap<object, { name: string; forwarded: unknown }>();
  const networkOf = (request: IncomingMessage) => clientNetwork(addressOf(request) ?? '');

  function check(request: IncomingMessage): void {
    const { wrong, untilMs } = counts.get(networkOf(request)) ?? { wrong: 0, untilMs: 0 };
    const nowMs = now();
    if (wrong < perMinute || nowMs >= untilMs) return;
    onGuess?.('limited');
    throw new Problem(429, 'Too many wrong keys have come from this address. Wait before you send another.', {
      headers: { 'retry-after': String(Math.ceil((untilMs - nowMs) / 1000)) },
      reason: 'guessing',
    });
  }

  return {
    check,
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
    },
    admitChosen(request, name) {
      const { socket, headers } = request;
      const forwarded = headers['x-forwarded-for'];
      const last = lastOn.get(socket);
      if (last?.name === name && last.forwarded === forwarded) return;
      const use = `${name} ${networkOf(request)}`;
      if (!used.has(use)) check(request);
      used.set(use, true);
      lastOn.set(socket, { name, forwarded });
    },
  };
}
