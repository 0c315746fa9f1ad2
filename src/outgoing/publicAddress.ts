import ipaddr from 'ipaddr.js';

/** Private networks that may be reached, such as `10.1.0.0/16`. */
export type AllowedNetworks = readonly string[];

/** NAT64 prefix of RFC 6052. The one of RFC 8215 is for private use, so it does not count as public. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/**
 * Whether an address may be reached: it is public, or in an allowed network. An IPv6 address that embeds an IPv4 address
 * is judged by the IPv4 address.
 */
export function mayReach(address: string, allowed: AllowedNetworks = []): boolean {
  if (!ipaddr.isValid(address)) return false;
  const target = embeddedAddress(ipaddr.parse(address));
  if (allowed.some((network) => isIn(target, network))) return true;
  return target.range() === 'unicast';
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

function embeddedAddress(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  if (address.match(NAT64)) return new ipaddr.IPv4(bytes.slice(12));
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}
