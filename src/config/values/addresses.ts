// Prefixes, ports and sockets as a configuration writes them, read strictly: no host bits in a prefix.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressOctets, maskedOctets, PRIVATE, wideOctets } from '../../wire/names/address.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** A network. */
export interface Prefix {
  readonly bytes: Uint8Array;
  readonly bits: number;
  readonly text: string;
}

export interface SocketAddress {
  /** IPv4 or IPv6 literal, no brackets. */
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

const ANY: readonly string[] = ['0.0.0.0/0', '::/0'];

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
  const masked = maskedOctets(octets, bits);
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

/** What a line of a hosts file leads to that blocks: a list's, which `local.hosts` leaves out. */
export const NULL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Whether an address is of this machine alone. */
export function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function prefixes(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [prefix.value] : [];
  });
}
