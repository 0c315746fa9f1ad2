import type { IncomingMessage } from 'node:http';
import { type Address, isWithin, type Networks, parseAddress } from '../../networks.ts';

/** The address that a request comes from; null if the connection is closed. */
export type ClientAddress = (request: IncomingMessage) => string | null;

/** Max addresses read from `X-Forwarded-For`. */
const MAX_HOPS = 20;

/**
 * A proxy appends its caller's address to `X-Forwarded-For`. So the header is read from its end, for as long as each
 * address is a trusted proxy's; whatever a client wrote before that is ignored.
 */
export function createClientAddress(trustedProxies: Networks): ClientAddress {
  return ({ socket, headers }) => {
    const peer = parseAddress(socket.remoteAddress ?? '');
    if (peer === undefined) return null;
    let address: Address = peer;
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    for (const hop of hops.reverse().slice(0, MAX_HOPS)) {
      if (!isWithin(address, trustedProxies)) break;
      const previous = parseAddress(hop.trim());
      if (previous === undefined) break;
      address = previous;
    }
    return address.toString();
  };
}

/** The addresses that one client controls: an IPv4 address, or an IPv6 network of 64 bits. */
export function clientNetwork(address: string): string {
  const parsed = parseAddress(address);
  return parsed?.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : address;
}
