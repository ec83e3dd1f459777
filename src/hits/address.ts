// Client addresses between their 16 octets and what people read: IPv4 dotted, IPv6 as RFC 5952 says.
import ipaddr from 'ipaddr.js';

/** @param octets 16 (IPv4 as ::ffff:a.b.c.d) or 4 */
export function addressToText(octets: Uint8Array): string {
  if (octets.length === 4) return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
  if (octets.length !== 16) return '';
  if (isMapped(octets)) return `${octets[12]}.${octets[13]}.${octets[14]}.${octets[15]}`;
  return ipaddr.fromByteArray([...octets]).toString();
}

/** The network of so many bits (of its own family) that holds an address; the address alone when all its bits count. */
export function networkToText(octets: Uint8Array, bits: number): string {
  if (bits < 0 || bits >= 8 * octets.length) return addressToText(octets);
  const masked = octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))));
  return `${addressToText(masked)}/${bits}`;
}

/** The 16 octets of an address as people write it; null when it is none. */
export function textToAddress(text: string): Uint8Array | null {
  if (!ipaddr.isValid(text)) return null;
  const parsed = ipaddr.parse(text);
  if (parsed.kind() === 'ipv6') return Uint8Array.from(parsed.toByteArray());
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...parsed.toByteArray()]);
}

function isMapped(octets: Uint8Array): boolean {
  for (let i = 0; i < 10; i += 1) if (octets[i] !== 0) return false;
  return octets[10] === 0xff && octets[11] === 0xff;
}
