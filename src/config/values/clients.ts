// Who is meant by an entry of `groups.*.clients`.
import { isIP } from 'node:net';
import { addressToText } from '../../wire/names/address.ts';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { parseNetwork, parsePrefix } from './addresses.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

export type ClientPattern =
  | { readonly kind: 'any' }
  /** `bytes` is the 16-octet form (IPv4 as ::ffff:a.b.c.d), `bits` counts in it (0..128). */
  | { readonly kind: 'prefix'; readonly bytes: Uint8Array; readonly bits: number; readonly text: string }
  | { readonly kind: 'mac'; readonly mac: string }
  /** The last 64 bits of an IPv6 address, whatever its prefix; 16 octets, the first 8 of them zero. */
  | { readonly kind: 'suffix'; readonly bytes: Uint8Array }
  | { readonly kind: 'name'; readonly pattern: string }
  /** Whoever is logged on there, as `clients.users` learns it. */
  | { readonly kind: 'user'; readonly pattern: string };

const MAC = /^(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})$/i;
const NAME = /^[a-z0-9_*?](?:[a-z0-9_*?.-]*[a-z0-9_*?])?$/i;
/** The same in letters of any script, with at least one `*` or `?`. */
const PATTERN = /^(?=.*[*?])[\p{L}\p{N}_*?](?:[\p{L}\p{M}\p{N}_*?.-]*[\p{L}\p{M}\p{N}_*?])?$/u;
const HINT =
  'write `any`, an address, a prefix (`10.0.5.0/24`), a MAC address (`aa:bb:cc:dd:ee:ff`), the end of an IPv6 address (`::1234:5678`), a name (`nas*`) or a user (`user:anna`)';
const USER = /^user:(.{1,253})$/i;

/** One entry; `private` stands for several prefixes. */
export function parseClient(text: string): Parsed<readonly ClientPattern[]> {
  if (text === 'any') return good([{ kind: 'any' }]);
  if (text === 'private') {
    const networks = parseNetwork(text);
    return networks.ok ? good(networks.value.map((prefix) => ({ kind: 'prefix', ...prefix }))) : networks;
  }
  const user = USER.exec(text)?.[1]?.trim() ?? '';
  if (user !== '' && !/\p{Cc}/u.test(user)) return good([{ kind: 'user', pattern: user.toLowerCase() }]);
  if (MAC.test(text)) return good([{ kind: 'mac', mac: canonicalMac(text) }]);
  if (isIP(text) !== 0 || text.includes('/') || /^[\d.]+$/.test(text)) {
    const prefix = parsePrefix(text);
    if (prefix.ok && /^::[0-9a-f]/i.test(text) && isInterfaceId(prefix.value.bytes) && !text.includes('/'))
      return good([{ kind: 'suffix', bytes: prefix.value.bytes }]);
    return prefix.ok ? good([{ kind: 'prefix', ...prefix.value }]) : prefix;
  }
  if (/^[0-9a-f]{1,2}(?:[:-][0-9a-z]{1,2}){2,7}$/i.test(text))
    return bad(
      `${quote(text)} is not a MAC address`,
      'it has six parts of two hexadecimal digits: `aa:bb:cc:dd:ee:ff`',
    );
  if (NAME.test(text)) return good([{ kind: 'name', pattern: text.toLowerCase() }]);
  // No name has labels of that kind in parts: it is matched with what the name spells.
  if (PATTERN.test(text)) return good([{ kind: 'name', pattern: text.normalize('NFC').toLowerCase() }]);
  // A lease brings `müller` as its A-labels.
  const name = hostToName(text);
  if (name === null) return bad(`${quote(text)} is not a client`, HINT);
  return good([{ kind: 'name', pattern: nameToText(name) }]);
}

/** Of `::1234:5678` only the end is meant; `::1` and IPv4 in IPv6 are addresses. */
const isInterfaceId = (octets: Uint8Array): boolean =>
  octets.subarray(0, 8).every((octet) => octet === 0) &&
  !(octets[10] === 0xff && octets[11] === 0xff && octets[8] === 0 && octets[9] === 0) &&
  (octets.subarray(8, 15).some((octet) => octet !== 0) || (octets[15] ?? 0) > 1);

/** Lower case with colons. @param text as `MAC` reads it, or without anything between its digits */
export function canonicalMac(text: string): string {
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, '');
  return digits.match(/../g)?.join(':') ?? digits;
}

/** A pattern as the configuration may write it. */
export function clientText(pattern: ClientPattern): string {
  switch (pattern.kind) {
    case 'any':
      return 'any';
    case 'prefix':
      return pattern.text;
    case 'suffix':
      return addressToText(pattern.bytes);
    case 'mac':
      return pattern.mac;
    case 'name':
      return pattern.pattern;
    case 'user':
      return `user:${pattern.pattern}`;
  }
}
