// Machines that ask through neighbours that are trusted, and what those say of them.
import { addressToText } from '../wire/names/address.ts';
import { clientMac, clientName } from './client-name.ts';
import type { ForwardedClient } from './merge.ts';
import { octetsAsMac } from './neighbours.ts';

/** What a resolver thread was told: addresses of 16 octets, a MAC of six. */
export interface Forwarded {
  readonly address: Uint8Array;
  readonly through: Uint8Array;
  readonly mac: Uint8Array | null;
  readonly id: string | null;
}

const FORWARDED_MAX = 16_384;

export class ForwardedBook {
  #clients: ReadonlyMap<string, ForwardedClient> = new Map();

  /** Address → what was said last; another object when it is another. */
  get clients(): ReadonlyMap<string, ForwardedClient> {
    return this.#clients;
  }

  accept({ address, through, mac, id }: Forwarded): void {
    const next = new Map(this.#clients);
    const ip = addressToText(address);
    // Told again, it is the newest.
    next.delete(ip);
    next.set(ip, {
      mac: mac === null ? null : clientMac(octetsAsMac(mac)),
      id: clientName(id ?? undefined),
      through: addressToText(through),
    });
    const [oldest] = next.keys();
    if (next.size > FORWARDED_MAX && oldest !== undefined) next.delete(oldest);
    this.#clients = next;
  }
}
