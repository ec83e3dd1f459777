// Machines that ask through neighbours that are trusted, and what those say of them.
import { isDeepStrictEqual } from 'node:util';
import { addressToText } from '../wire/names/address.ts';
import { clientMac, clientName } from './client-name.ts';
import type { ForwardedClient } from './merge.ts';
import { octetsAsMac } from './neighbours.ts';

/** What a resolver thread was told: addresses of 16 octets, a MAC of six. */
export interface Forwarded {
  readonly address: Uint8Array;
  /** When, by the wall clock. */
  readonly atMs: number;
  readonly through: Uint8Array;
  readonly mac: Uint8Array | null;
  readonly id: string | null;
}

const FORWARDED_MAX = 16_384;

export class ForwardedBook {
  #clients: ReadonlyMap<string, ForwardedClient> = new Map();
  #news = new Map<string, number>();

  /** Address → what was said last; another object when it is another. */
  get clients(): ReadonlyMap<string, ForwardedClient> {
    return this.#clients;
  }

  /** Whether something else was said of its address since `takeNews`; several threads say the same. */
  contradicts(told: Forwarded): boolean {
    const ip = addressToText(told.address);
    return this.#news.has(ip) && !isDeepStrictEqual(this.#clients.get(ip), clientOf(told));
  }

  /** Address → when something was last said of it, where that was since the last call. */
  takeNews(): ReadonlyMap<string, number> {
    const news = this.#news;
    this.#news = new Map();
    return news;
  }

  /** @returns what was said of its address before: `null` is nothing, `same` the same */
  accept(told: Forwarded): 'same' | 'another' | null {
    const next = new Map(this.#clients);
    const ip = addressToText(told.address);
    const before = next.get(ip);
    const client = clientOf(told);
    // What is said again is the newest.
    next.delete(ip);
    next.set(ip, client);
    const [oldest] = next.keys();
    if (next.size > FORWARDED_MAX && oldest !== undefined) next.delete(oldest);
    this.#clients = next;
    this.#news.set(ip, told.atMs);
    if (before === undefined) return null;
    return isDeepStrictEqual(before, client) ? 'same' : 'another';
  }
}

const clientOf = ({ mac, id, through }: Forwarded): ForwardedClient => ({
  mac: mac === null ? null : clientMac(octetsAsMac(mac)),
  id: clientName(id ?? undefined),
  through: addressToText(through),
});
