import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** CIDR blocks, each as address and prefix length. */
export type Networks = readonly (readonly [Address, number])[];

const NAMED: Record<string, readonly string[]> = {
  none: [],
  private: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
};

/**
 * Parses `private`, `none`, or networks separated by commas.
 *
 * @throws Error that names the part that is no network
 */
export function parseNetworks(text: string): Networks {
  return (NAMED[text] ?? text.split(',')).map((part) => {
    const network = part.trim();
    try {
      if (network.includes('/')) return ipaddr.parseCIDR(network);
      const address = ipaddr.process(network);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    } catch {
      throw new Error(`"${network.slice(0, 50)}" is not a network, such as 10.0.0.0/8`);
    }
  });
}

/** Parses an address, or returns undefined. An IPv4-mapped IPv6 address becomes IPv4. */
export function parseAddress(text: string): Address | undefined {
  try {
    return ipaddr.process(text);
  } catch {
    return undefined;
  }
}

export function isWithin(address: Address, networks: Networks): boolean {
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}
