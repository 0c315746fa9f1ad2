import type { IncomingMessage } from 'node:http';
import { type Address, isWithin, type Networks, parseAddress } from '../../networks.ts';

/** Says which address a request comes from; null where the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string | null;

const MAX_HOPS = 20;

/**
 * Proxies add the address that they were called from at the end of `X-Forwarded-For`. So it is read from its end, as long
 * as what stands there is a proxy that is believed: what a client wrote into it before is never reached.
 */
export function createClientAddress(proxies: Networks): ClientAddress {
  return ({ socket, headers }) => {
    const caller = parseAddress(socket.remoteAddress ?? '');
    if (caller === undefined) return null;
    let address: Address = caller;
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    for (const hop of hops.reverse().slice(0, MAX_HOPS)) {
      const before: Address | undefined = isWithin(address, proxies) ? parseAddress(hop.trim()) : undefined;
      if (before === undefined) break;
      address = before;
    }
    return address.toString();
  };
}

/** What one client has of addresses: an IPv6 network of 64 bits, since whoever has one of those has them all. */
export function clientNetwork(address: string): string {
  const parsed = parseAddress(address);
  return parsed?.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : address;
}
