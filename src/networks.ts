import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** Each as an address and the length of its prefix. */
export type Networks = readonly (readonly [Address, number])[];

const NAMED: Record<string, readonly string[]> = {
  none: [],
  private: [
    '127.0.0.0/8',
    '::1/128',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    'fc00::/7',
    'fe80::/10',
  ],
};

/** Reads `private`, `none`, or networks separated by commas. Throws Error, which names what is not one. */
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

/** An address, where the text is one. IPv4 in IPv6 is IPv4. */
export function parseAddress(text: string): Address | undefined {
  try {
    return ipaddr.process(text);
  } catch {
    return undefined;
  }
}

export function isWithin(address: Address, networks: Networks): boolean {
  return networks.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
}
