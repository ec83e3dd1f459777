// IP addresses between octets and text, read strictly: no octal parts, no missing parts.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { putScope, scopeOf } from './scope.ts';
import { isStandIn } from './stand-in.ts';

/** What `private` stands for: RFC 1918, 6598, 3927, 4193, 4291 and loopback. */
export const PRIVATE: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];
/** 4 or 16 octets; null when the text is not one address. A zone that is a number (`%3`) goes into a link-local one (scope.ts). */
export function addressOctets(text: string): Uint8Array | null {
  const family = isIP(text);
  if (family === 0) return null;
  if (family === 4) return Uint8Array.from(text.split('.'), Number);
  const [address = '', zone = ''] = text.split('%');
  const octets = Uint8Array.from(ipaddr.parse(address).toByteArray());
  if (octets.length === 16 && /^\d{1,5}$/.test(zone)) putScope(octets, Number(zone));
  return octets;
}

/** As addressOctets, of what can be a record's data: a zone is this machine's own word for a link, and says nothing to others. */
export function recordAddress(text: string): Uint8Array | null {
  return text.includes('%') ? null : addressOctets(text);
}

/** 4 or 6 for a text that recordAddress takes; 0 for all else. */
export function recordFamily(text: string): number {
  return text.includes('%') ? 0 : isIP(text);
}

/** The 16-octet form: IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). */
export function wideOctets(octets: Uint8Array): Uint8Array {
  if (octets.length === 16) return octets;
  const wide = new Uint8Array(16);
  wide.fill(0xff, 10, 12);
  wide.set(octets, 12);
  return wide;
}

/** Bits of the 16-octet form: a prefix of so many is one address. */
export const WHOLE_ADDRESS = 128;

/** 4 octets where an address of 16 is an IPv4 one. */
export function plainOctets(octets: Uint8Array): Uint8Array {
  return octets.length === 16 && isMapped(octets) ? octets.subarray(12) : octets;
}

/** The 16 octets of an address as people write it, IPv4 as ::ffff:a.b.c.d; null when it is none. */
export function textToAddress(text: string): Uint8Array | null {
  const octets = addressOctets(text);
  return octets === null ? null : wideOctets(octets);
}

/**
 * What people read: IPv4 dotted, IPv6 as RFC 5952 says, a link-local one with its interface's number (`fe80::2%3`).
 * @param octets 16 (IPv4 as ::ffff:a.b.c.d) or 4
 */
export function addressToText(octets: Uint8Array): string {
  if (octets.length === 4) return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
  if (octets.length !== 16) return '';
  if (isMapped(octets)) return `${octets[12]}.${octets[13]}.${octets[14]}.${octets[15]}`;
  const scope = scopeOf(octets);
  if (scope === 0) return ipaddr.fromByteArray([...octets]).toString();
  const plain = octets.slice();
  putScope(plain, 0);
  return `${ipaddr.fromByteArray([...plain]).toString()}%${scope}`;
}

/**
 * Whether one machine can have the address: not the unspecified ones, multicast, broadcast and what is reserved (RFC 6890), nor
 * addresses that stand in for one. Loopback is this machine's.
 * @param octets 16
 */
export function mayBeMachine(octets: Uint8Array): boolean {
  const first = octets[12]!;
  if (isMapped(octets)) return first !== 0 && first < 224;
  return octets[0] !== 0xff && !isStandIn(octets) && octets.some((octet) => octet !== 0);
}

/** The network of so many bits (of its own family) that holds an address; the address alone when all its bits count. */
export function networkToText(octets: Uint8Array, bits: number): string {
  if (bits < 0 || bits >= 8 * octets.length) return addressToText(octets);
  return `${addressToText(maskedOctets(octets, bits))}/${bits}`;
}

/** An address without what lies beyond its first bits, as a copy. */
export function maskedOctets(octets: Uint8Array, bits: number): Uint8Array {
  return octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))));
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function formatEndpoint(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isMapped(octets: Uint8Array): boolean {
  for (let i = 0; i < 10; i += 1) if (octets[i] !== 0) return false;
  return octets[10] === 0xff && octets[11] === 0xff;
}
