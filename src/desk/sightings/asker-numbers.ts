// Numbers of those who ask: an address in a group, as the machine that it was at that moment.
import type { Asker, HitClient } from '../../hits/hit.ts';
import type { AskerFacts } from '../../hits/store/askers.ts';
import type { History } from '../../hits/store/history.ts';
import { dayOf } from '../../hits/store/schema.ts';
import { Pseudonyms } from './pseudonyms.ts';

/** Who an address was. @param group by number */
export type AskerOf = (address: Uint8Array, group: number, timeMs: number) => Asker;

export interface Anonymity {
  /** The id of a machine as it would be after any start: of one that is known by its address alone, as if it always was. */
  readonly lastingId: (address: Uint8Array, machine: string) => string;
  /** Where the keys of pseudonyms are; null: in memory alone. */
  readonly keys: string | null;
  /** Draws them. */
  readonly random?: (octets: number) => Buffer;
}

export class AskerNumbers {
  readonly #askerOf: AskerOf;
  readonly #lastingId: Anonymity['lastingId'];
  readonly #pseudonyms: Pseudonyms;
  #askers: AskerFacts[] = [];
  /** By the client that an asker has: one object for each, as `askerOf` gives it. */
  readonly #numbers = new Map<HitClient, number>();
  readonly #anonymous = new Map<string, number>();
  readonly #lasting = new Map<string, string>();
  /** By asker: its row, and the last day on which the store knows it in use. */
  #ids: { readonly id: number; readonly day: number }[] = [];
  #generation = -1;

  constructor(askerOf: AskerOf, { lastingId, keys, random }: Anonymity) {
    this.#askerOf = askerOf;
    this.#lastingId = lastingId;
    this.#pseudonyms = new Pseudonyms(keys, random);
  }

  get size(): number {
    return Math.max(this.#askers.length, this.#lasting.size);
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
    const { machine } = this.#askerOf(address, group, timeMs);
    let lasting = this.#lasting.get(machine);
    if (lasting === undefined) {
      lasting = this.#lastingId(address, machine);
      this.#lasting.set(machine, lasting);
    }
    const pseudonym = this.#pseudonyms.of(lasting, dayOf(timeMs));
    const known = this.#anonymous.get(pseudonym);
    if (known !== undefined) return known;
    const nobody = { machine: pseudonym, ip: pseudonym, name: null, mac: null, group: null };
    const number = this.#askers.push(nobody) - 1;
    this.#anonymous.set(pseudonym, number);
    return number;
  }

  /** Keys of days that are over are forgotten. */
  turnTo(day: number): void {
    this.#pseudonyms.turnTo(day);
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
    this.#lasting.clear();
  }
}
