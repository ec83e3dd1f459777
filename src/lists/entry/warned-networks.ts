// Addresses that everybody uses, by which an address or network is held back that is one of them or holds one.
import { holds, isOneAddress, networkText, readNetwork } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';

/** Resolvers that anybody may ask, as their operators publish them: what malware asks first, and no attacker's. */
const RESOLVERS = `8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 94.140.14.14 94.140.15.15
  2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 2620:fe::fe 2620:fe::9 2620:119:35::35 2620:119:53::53`;

export class WarnedNetworks {
  /** By its text: who says so. */
  readonly #where = new Map<string, string>();
  /** In the order of their octets, wider before narrower, made for the first network that is looked for. */
  #sorted: { readonly key: string; readonly network: Network }[] | null = null;

  constructor() {
    for (const text of RESOLVERS.split(/\s+/)) this.add(text, 'a resolver that everybody may use', true);
  }

  get size(): number {
    return this.#where.size;
  }

  /** @param hasRoom for one more @returns what became of it; `none`: it is no address and no network */
  add(written: string, where: string, hasRoom: boolean): 'there' | 'left out' | 'none' {
    const network = readNetwork(written.trim());
    if (network === null) return 'none';
    const text = networkText(network);
    if (this.#where.has(text)) return 'there';
    if (!hasRoom) return 'left out';
    this.#where.set(text, where);
    this.#sorted = null;
    return 'there';
  }

  /** Who says so of it, or of what it holds; an address inside a wide network of a list is not meant. */
  of(network: Network): string | null {
    const own = this.#where.get(networkText(network));
    if (own !== undefined || isOneAddress(network)) return own ?? null;
    this.#sorted ??= [...this.#where.keys()]
      .flatMap((text) => readNetwork(text) ?? [])
      .map((one) => ({ key: keyOf(one), network: one }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const from = this.#firstFrom(keyOf(network));
    const inside = this.#sorted[from]?.network;
    if (inside === undefined || !holds(network, inside)) return null;
    const text = networkText(inside);
    return `${text}: ${this.#where.get(text)}`;
  }

  /** The first at or behind a key: those that a network holds stand together. */
  #firstFrom(key: string): number {
    const sorted = this.#sorted ?? [];
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]!.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** IPv4 before IPv6, each in the order of its octets; of those with the same, one that holds another before it. */
const keyOf = ({ octets, bits }: Network): string =>
  `${octets.length === 4 ? '4' : '6'}${Buffer.from(octets).toString('hex')}${String(bits).padStart(3, '0')}`;
