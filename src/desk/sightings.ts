// Gathers query records, and hits, into what the history keeps: who asked for which name, from when to when, how often.
//
// Works on the records' octets: names and clients become text only when the store has to learn them, and the numbers it gave
// are remembered beside them. Costs nothing that must be collected for a name and a client that were seen before.
import { createHmac, randomBytes } from 'node:crypto';
import type { HitRecord } from '../events/hit-record.ts';
import { QUERY_AT } from '../events/query-record.ts';
import { getNumber, getU32, putU32, RECORD } from '../events/record.ts';
import { RESULT } from '../events/result.ts';
import { RingReader } from '../events/ring.ts';
import type { History } from '../hits/store/history.ts';
import { DAY_MS, dayOf } from '../hits/store/schema.ts';
import { VERDICT } from '../policy/verdict.ts';
import { addressToText } from '../wire/names/address.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { HeldSightings } from './held-sightings.ts';
import type { Newcomers } from './newcomers.ts';
import { grown, OctetTable } from './octet-table.ts';

export type Privacy = 'none' | 'anonymise' | 'off';

export interface SightingsOptions {
  readonly rings: readonly SharedArrayBuffer[];
  readonly privacy: Privacy;
  readonly newcomers: Newcomers;
  readonly random?: (octets: number) => Buffer;
}

/** Different (day, client, name) held while the store takes nothing; past it sightings are counted as lost. */
const HELD_MAX = 200_000;
/** Names, and clients, whose numbers in the store are remembered; past it all are forgotten. */
const REMEMBERED_MAX = 200_000;
const ADDRESS_OCTETS = 16;
/** A client is remembered as day (4 octets, 0 unless anonymous) and address. */
const CLIENT_OCTETS = 4 + ADDRESS_OCTETS;

export class Sightings {
  readonly #rings: readonly RingReader[];
  readonly #pseudonyms: Pseudonyms;
  readonly #newcomers: Newcomers;
  readonly #held = new HeldSightings();
  readonly #names = new Remembered();
  readonly #clients = new Remembered();
  readonly #client = new Uint8Array(CLIENT_OCTETS);
  #privacy: Privacy;
  #lost = 0;

  constructor({ rings, privacy, newcomers, random = randomBytes }: SightingsOptions) {
    this.#rings = rings.map((ring) => new RingReader(ring));
    this.#privacy = privacy;
    this.#newcomers = newcomers;
    this.#pseudonyms = new Pseudonyms(random);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Queries the history does not know of for want of room. */
  get lost(): number {
    return this.#lost + this.#rings.reduce((sum, ring) => sum + ring.lost, 0);
  }

  usePrivacy(privacy: Privacy): void {
    this.#privacy = privacy;
  }

  drain(): void {
    for (const ring of this.#rings) ring.drain(this.#take);
  }

  /** Writes what was gathered; call inside a transaction. `written` lets it go. */
  writeTo(history: History): void {
    const { clients, names, days, firstMs, lastMs, counts, blocked, size } = this.#held;
    this.#names.useStore(history.generation);
    this.#clients.useStore(history.generation);
    for (let place = 0; place < size; place += 1) {
      const day = days[place]!;
      const first = firstMs[place]!;
      history.add({
        day,
        client: this.#clientId(history, clients[place]!, day),
        name: this.#nameId(history, names[place]!, day),
        firstSecond: Math.floor((first - day * DAY_MS) / 1000),
        spanSeconds: Math.round((lastMs[place]! - first) / 1000),
        count: counts[place]!,
        blocked: blocked[place]!,
      });
    }
  }

  written(): void {
    this.#held.clear();
    for (const remembered of [this.#names, this.#clients])
      if (remembered.table.size > REMEMBERED_MAX) remembered.forget();
  }

  /** A hit that was answered with the sinkhole's answer has no query record beside it. */
  takeHit({ address, qname, timeMs, count, verdict }: HitRecord): void {
    if (this.#rings.length === 0 || this.#privacy === 'off' || verdict === VERDICT.monitor) return;
    const client = this.#clientOf(address, 0, timeMs);
    this.#add(client, this.#names.table.numberOf(qname, 0, qname.length), timeMs, count, true);
  }

  readonly #take = (bytes: Uint8Array, offset: number, length: number): void => {
    if (this.#privacy === 'off' || length < QUERY_AT.qname) return;
    const qnameLength = bytes[offset + QUERY_AT.qnameLength]!;
    if (qnameLength !== length - QUERY_AT.qname) return;
    const timeMs = getNumber(bytes, offset + RECORD.time);
    const count = getU32(bytes, offset + RECORD.count);
    const client = this.#clientOf(bytes, offset + QUERY_AT.address, timeMs);
    const name = this.#names.table.numberOf(bytes, offset + QUERY_AT.qname, qnameLength);
    this.#add(client, name, timeMs, count, bytes[offset + QUERY_AT.result] === RESULT.withheld);
  };

  #add(client: number, name: number, timeMs: number, count: number, blocked: boolean): void {
    const day = dayOf(timeMs);
    let place = this.#held.find(client, name, day);
    if (place < 0) {
      if (this.#held.size >= HELD_MAX) {
        this.#lost += count;
        return;
      }
      place = this.#held.begin(client, name, day);
    }
    this.#held.add(place, timeMs, count, blocked);
  }

  #clientOf(bytes: Uint8Array, offset: number, timeMs: number): number {
    const day = dayOf(timeMs);
    const key = this.#client;
    putU32(key, 0, this.#privacy === 'anonymise' ? day : 0);
    for (let i = 0; i < ADDRESS_OCTETS; i += 1) key[4 + i] = bytes[offset + i]!;
    const client = this.#clients.table.numberOf(key, 0, CLIENT_OCTETS);
    this.#newcomers.note(key, 4, timeMs);
    return client;
  }

  #nameId(history: History, name: number, day: number): number {
    const known = this.#names.idOn(name, day);
    if (known > 0) return known;
    const id = history.nameId(nameToText(this.#names.table.octetsOf(name)), day);
    this.#names.learn(name, id, day);
    return id;
  }

  #clientId(history: History, client: number, day: number): number {
    const known = this.#clients.idOn(client, day);
    if (known > 0) return known;
    const octets = this.#clients.table.octetsOf(client);
    const address = octets.subarray(4);
    const pseudonymDay = getU32(octets, 0);
    const text = pseudonymDay === 0 ? addressToText(address) : this.#pseudonyms.of(address, pseudonymDay);
    const id = history.clientId(text, day);
    this.#clients.learn(client, id, day);
    return id;
  }
}

/** Octets, and beside each the number the store has for it and the last day on which the store knows it in use. */
class Remembered {
  readonly table = new OctetTable();
  #ids = new Float64Array(0);
  #days = new Int32Array(0);
  #generation = -1;

  /** Numbers of a store that was set aside or rolled back mean nothing. */
  useStore(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#days.fill(0);
  }

  /** 0 when the store must be asked. */
  idOn(number: number, day: number): number {
    return this.#days[number]! >= day ? this.#ids[number]! : 0;
  }

  learn(number: number, id: number, day: number): void {
    if (number >= this.#ids.length) {
      const length = Math.max(1024, this.#ids.length * 2, this.table.size);
      this.#ids = grown(this.#ids, length);
      this.#days = grown(this.#days, length);
    }
    this.#ids[number] = id;
    this.#days[number] = day;
  }

  forget(): void {
    this.table.clear();
    this.#days.fill(0);
  }
}

/**
 * A client's name for one day: HMAC-SHA256 under a key that is drawn at midnight (UTC), kept in memory only and forgotten
 * a day later. Within a day questions of one client can be told together; over days, or after a restart, they cannot.
 */
class Pseudonyms {
  readonly #random: (octets: number) => Buffer;
  readonly #keys = new Map<number, Buffer>();

  constructor(random: (octets: number) => Buffer) {
    this.#random = random;
  }

  of(address: Uint8Array, day: number): string {
    let key = this.#keys.get(day);
    if (key === undefined) {
      key = this.#random(32);
      this.#keys.set(day, key);
      for (const old of this.#keys.keys()) if (old < day - 1) this.#keys.delete(old);
    }
    return `anon-${createHmac('sha256', key).update(address).digest('hex').slice(0, 16)}`;
  }
}
