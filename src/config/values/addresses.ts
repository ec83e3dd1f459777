// IP addresses, prefixes and sockets, read strictly: no octal parts, no missing parts, no host bits in a prefix.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Prefix, SocketAddress } from '../config.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const PORT_MAX = 65_535;

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
const ANY: readonly string[] = ['0.0.0.0/0', '::/0'];

/** 4 or 16 octets; null when the text is not one address. A zone (`%eth0`) is not part of the octets. */
export function addressOctets(text: string): Uint8Array | null {
  if (isIP(text) === 0) return null;
  return Uint8Array.from(ipaddr.parse(text.replace(/%.*$/, '')).toByteArray());
}

/** The 16-octet form: IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). */
function wideOctets(octets: Uint8Array): Uint8Array {
  if (octets.length === 16) return octets;
  const wide = new Uint8Array(16);
  wide.fill(0xff, 10, 12);
  wide.set(octets, 12);
  return wide;
}

/** The 16 octets of an address as people write it, IPv4 as ::ffff:a.b.c.d; null when it is none. */
export function textToAddress(text: string): Uint8Array | null {
  const octets = addressOctets(text);
  return octets === null ? null : wideOctets(octets);
}

/**
 * What people read: IPv4 dotted, IPv6 as RFC 5952 says.
 * @param octets 16 (IPv4 as ::ffff:a.b.c.d) or 4
 */
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

function isMapped(octets: Uint8Array): boolean {
  for (let i = 0; i < 10; i += 1) if (octets[i] !== 0) return false;
  return octets[10] === 0xff && octets[11] === 0xff;
}

/** Decimal digits, 0 to 65535. */
export function parsePort(text: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= PORT_MAX) return good(port);
  return bad(`${quote(text)} is not a port`, `a port is a number from 0 to ${PORT_MAX}`);
}

/** `127.0.0.1:5335` or `[::1]:5335`. */
export function parseSocketAddress(text: string): Parsed<SocketAddress> {
  if (isIP(text) === 6) return bad(`${quote(text)} has no port`, `write \`[${text}]:53\``);
  if (isIP(text) === 4) return bad(`${quote(text)} has no port`, `write \`${text}:53\``);
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text);
  if (match === null)
    return bad(`${quote(text)} is not an address with a port`, 'write `127.0.0.1:53` or `[::1]:53`');
  const port = parsePort(match[3] ?? '');
  if (!port.ok) return bad(`${quote(match[3] ?? '')} in ${quote(text)} is not a port`, port.right);
  const host = match[1] ?? match[2] ?? '';
  if (isIP(host) !== (match[1] === undefined ? 4 : 6))
    return bad(`${quote(host)} in ${quote(text)} is not an IP address`, socketHint(host, port.value));
  return good({ host, port: port.value });
}

function socketHint(host: string, port: number): string {
  if (host === '' || host === '*') return `for all addresses write \`0.0.0.0:${port}\` and \`[::]:${port}\``;
  if (host === 'localhost') return `write \`127.0.0.1:${port}\``;
  return `write an IP address, such as \`127.0.0.1:${port}\` or \`[::1]:${port}\``;
}

/** `10.0.5.0/24`, `fd00::/8`, or one address. */
export function parsePrefix(text: string): Parsed<Prefix> {
  const [address = '', length, ...rest] = text.split('/');
  const octets = addressOctets(address);
  if (octets === null || rest.length > 0 || address.includes('%'))
    return bad(
      `${quote(text)} is not an address or prefix`,
      'write an address such as `10.0.5.7` or a prefix such as `10.0.5.0/24`',
    );
  const most = octets.length * 8;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(bits <= most))
    return bad(`${quote(text)} has a prefix length that cannot be`, `it is a number from 0 to ${most}`);
  const masked = octets.map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  if (masked.some((octet, index) => octet !== octets[index])) {
    const base = ipaddr.fromByteArray([...masked]).toString();
    return bad(
      `${quote(text)} has bits set beyond its prefix`,
      `write \`${base}/${bits}\`, or \`${address}\` for that address alone`,
    );
  }
  return good({ bytes: wideOctets(masked), bits: bits + 128 - most, text });
}

/** As `parsePrefix`, with the words `any` and `private`. */
export function parseNetwork(text: string): Parsed<readonly Prefix[]> {
  if (text === 'any') return good(prefixes(ANY));
  if (text === 'private') return good(prefixes(PRIVATE));
  const prefix = parsePrefix(text);
  if (prefix.ok) return good([prefix.value]);
  return /^[a-z]+$/i.test(text)
    ? bad(prefix.wrong, 'write `any`, `private`, an address or a prefix')
    : prefix;
}

function prefixes(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [prefix.value] : [];
  });
}
