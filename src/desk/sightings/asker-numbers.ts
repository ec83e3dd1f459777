// Numbers of those who ask: an address in a group, as the machine that it was at that moment.
import type { Asker, HitClient } from '../../hits/hit.ts';
import type { AskerFacts } from '../../hits/store/askers.ts';
import type { History } from '../../hits/store/history.ts';
import { dayOf } from '../../hits/store/schema.ts';
import { Pseudonyms } from './pseudonyms.ts';

/** Who an address was. @param group by number */
export type AskerOf = (address: Uint8Array, group: number, timeMs: number) => Asker;

export class AskerNumbers {
  readonly #askerOf: AskerOf;
  readonly #pseudonyms: Pseudonyms;
  #askers: AskerFacts[] = [];
  /** By the client that an asker has: one object for each, as `askerOf` gives it. */
  readonly #numbers = new Map<HitClient, number>();
  readonly #anonymous = new Map<string, number>();
  /** By asker: its row, and the last day on which the store knows it in use. */
  #ids: { readonly id: number; readonly day: number }[] = [];
  #generation = -1;

  /** @param random draws the keys of pseudonyms */
  constructor(askerOf: AskerOf, random?: (octets: number) => Buffer) {
    this.#askerOf = askerOf;
    this.#pseudonyms = new Pseudonyms(random);
  }

  get size(): number {
    return this.#askers.length;
  }

  machineOf(asker: number): string {
    return this.#askers[asker]?.machine ?? '';
  }

  /** The number of who asked. @param address 16 octets */
  numberOf(address: Uint8Array, group: number, timeMs: number): number {
    return this.numberOfAsker(this.#askerOf(address, group, timeMs));
  }

  numberOfAsker({ client, machine }: Pick<Asker, 'client' | 'machine'>): number {
    const known = this.#numbers.get(client);
    if (known !== undefined) return known;
    const { ip, name, mac, group } = client;
    const number = this.#askers.push({ machine, ip, name, mac, group }) - 1;
    this.#numbers.set(client, number);
    return number;
  }

  /** The same for a history without addresses: one a machine and day, of which nothing else is known. */
  anonymousOf(address: Uint8Array, group: number, timeMs: number): number {
    const pseudonym = this.#pseudonyms.of(this.#askerOf(address, group, timeMs).machine, dayOf(timeMs));
    const known = this.#anonymous.get(pseudonym);
    if (known !== undefined) return known;
    const nobody = { machine: pseudonym, ip: pseudonym, name: null, mac: null, group: null };
    const number = this.#askers.push(nobody) - 1;
    this.#anonymous.set(pseudonym, number);
    return number;
  }

  /** Numbers of a store that was set aside or rolled back mean nothing. */
  useStore(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#ids = [];
  }

  /** The row of an asker on this day; null when the store has no room for it. */
  idOf(history: History, asker: number, day: number): number | null {
    const known = this.#ids[asker];
    if (known !== undefined && known.day >= day) return known.id;
    const facts = this.#askers[asker];
    const id = facts === undefined ? null : history.askerId(facts, day);
    if (id !== null) this.#ids[asker] = { id, day };
    return id;
  }

  forget(): void {
    this.#askers = [];
    this.#ids = [];
    this.#numbers.clear();
    this.#anonymous.clear();
  }
}
