// Which addresses a stranger's redirect may send us to: public ones only, for a list URL must not become a probe of the house.
import ipaddr from 'ipaddr.js';

/** Whether the address is of the public internet. Strict: no octal or short forms, what is not understood is not public. */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === 'unicast';
  if (!ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().range() === 'unicast';
  return parsed.range() === 'unicast';
}
