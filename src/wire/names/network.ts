// Addresses and networks as lists write them: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`, `[2001:db8::7]`.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { maskedOctets, PRIVATE } from './address.ts';
import { type Network, readPlainNetwork } from './plain-network.ts';

/** The longest way to write one: an IPv6 address with an IPv4 tail, brackets and a prefix length. */
const CHARACTERS_MAX = 51;
/** What an address or network is written with: a look that settles nearly every name. */
const WRITTEN = /^[[\]0-9a-f:./]+$/i;
/** Networks wider than this hold too much of the internet for a stranger's list. */
const BITS_MIN = { 4: 8, 16: 16 } as const;

/** `127.0.0.0/8` and its kin, what `private` stands for in the configuration. */
const PRIVATE_NETWORKS: readonly Network[] = PRIVATE.flatMap((text) => readNetwork(text) ?? []);

/** @returns null when the text is none; bits set beyond the prefix are dropped */
export function readNetwork(text: string): Network | null {
  const plain = readPlainNetwork(text);
  if (plain !== null) return plain;
  if (text.length > CHARACTERS_MAX || !WRITTEN.test(text)) return null;
  const [written = '', length, ...rest] = text.split('/');
  const literal = written.replace(/^\[(.*)\]$/, '$1');
  if (rest.length > 0 || isIP(literal) === 0) return null;
  const address = ipaddr.process(literal);
  const octets = Uint8Array.from(address.toByteArray());
  const most = octets.length * 8;
  const mapped = octets.length === 4 && isIP(literal) === 6 ? 96 : 0;
  if (length === undefined) return { octets, bits: most };
  const bits = /^\d{1,3}$/.test(length) ? Number(length) - mapped : Number.NaN;
  if (!(bits >= 0 && bits <= most)) return null;
  return { octets: maskedOctets(octets, bits), bits };
}

/** As people write it; one address without its prefix length. */
export function networkText(network: Network): string {
  const { octets } = network;
  const address =
    octets.length === 4
      ? `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`
      : ipaddr.fromByteArray([...octets]).toString();
  return isOneAddress(network) ? address : `${address}/${network.bits}`;
}

/** Whether it is one address. */
export const isOneAddress = ({ octets, bits }: Network): boolean => bits === octets.length * 8;

/** Whether a network holds so much that consent is wanted: large parts of the internet, or a whole private range. */
export function isBroadNetwork(network: Network): boolean {
  const { octets, bits } = network;
  if (bits < BITS_MIN[octets.length as 4 | 16]) return true;
  return PRIVATE_NETWORKS.some((range) => holds(network, range));
}

/** Whether one of them holds an address, each of which is read once; what is none is in no network. */
export function holdersOf(networks: readonly Network[]): (address: string) => boolean {
  const single = new Set(networks.filter(isOneAddress).map(networkText));
  const wide = networks.filter((network) => !isOneAddress(network));
  return (address) => {
    const one = networks.length === 0 ? null : readNetwork(address);
    return one !== null && (single.has(networkText(one)) || wide.some((network) => holds(network, one)));
  };
}

/** Whether network `outer` holds all of `inner`. */
export function holds(outer: Network, inner: Network): boolean {
  if (outer.octets.length !== inner.octets.length || outer.bits > inner.bits) return false;
  return outer.octets.every((octet, i) => {
    const mask = 0xff00 >> Math.min(8, Math.max(0, outer.bits - 8 * i));
    return ((octet ^ inner.octets[i]!) & mask & 0xff) === 0;
  });
}
