// Questions that are on their way to upstreams: one flight for each, however many ask it (RFC 5452 §5: no birthdays).
//
// HOT. What it looks like: FLIGHTS_MAX slots of typed arrays, found by a seeded hash of the message without its ID and
// with the QNAME's letters folded; who waits is a chain of waiter slots. Invariants: two flights never hold equal
// questions; a ticket (flight and generation) is good until its flight is released and for no later one.

import type { Audience } from '../wire/message/audience.ts';
import { copyOctets } from '../wire/octets.ts';
import { questionEndOf } from './belongs.ts';
import type { Asker, Failure } from './exchange.ts';
import type { RandomSource } from './random.ts';
import type { Group } from './servers/group.ts';
import type { Server } from './servers/server.ts';

const FLIGHT_BITS = 12;
/** Questions that may be on their way at once in one forwarder. */
export const FLIGHTS_MAX: number = 1 << FLIGHT_BITS;
/** Askers that may wait for them. */
const WAITERS_MAX = 16_384;
/** Servers of one group that a flight may try. */
export const SERVERS_PER_FLIGHT_MAX = 16;
const GENERATION_MAX: number = 1 << (31 - FLIGHT_BITS);
const MESSAGE_OCTETS_MIN = 512;
const HASH_HEADS = 8192;
const NOTHING = new Uint8Array(0);

/** What a flight has in hand while it waits for better. */
export const HELD = {
  nothing: 0,
  /** An answer over UDP after somebody guessed: believed only when no stream can be had. */
  candidate: 1,
  /** An error response (REFUSED, FORMERR, …) of a server that cannot or will not help. */
  lame: 2,
  /** As candidate, in other letters than ours. */
  folded: 3,
} as const;

export class Flights {
  readonly lengths = new Uint16Array(FLIGHTS_MAX);
  readonly questionEnds = new Uint16Array(FLIGHTS_MAX);
  readonly startedMs = new Float64Array(FLIGHTS_MAX);
  /** How long it may take in all. */
  readonly limitsMs = new Uint16Array(FLIGHTS_MAX);
  /** Attempts begun, and those not settled yet. */
  readonly attempts = new Uint8Array(FLIGHTS_MAX);
  readonly outstanding = new Uint8Array(FLIGHTS_MAX);
  /** A bit for each server of its group from which a message came that did not fit. */
  readonly suspected = new Uint32Array(FLIGHTS_MAX);
  /** Servers from which nothing usable will come. */
  readonly hopeless = new Uint8Array(FLIGHTS_MAX);
  /** The worst so far: Failure. */
  readonly failures = new Uint8Array(FLIGHTS_MAX);
  readonly held = new Uint8Array(FLIGHTS_MAX);
  readonly heldLengths = new Uint16Array(FLIGHTS_MAX);
  /** The order in which a flight tries its group's servers: SERVERS_PER_FLIGHT_MAX indices each. */
  readonly orders = new Uint8Array(FLIGHTS_MAX * SERVERS_PER_FLIGHT_MAX);
  readonly orderLengths = new Uint8Array(FLIGHTS_MAX);
  /** How many servers of the order come before any of the fallback. */
  readonly usualLengths = new Uint8Array(FLIGHTS_MAX);
  /** The best server of a flight that was begun while all were down. */
  readonly triedBy: (Server | null)[] = new Array<Server | null>(FLIGHTS_MAX).fill(null);
  /** Whose answer in other letters is held. */
  readonly foldedBy: (Server | null)[] = new Array<Server | null>(FLIGHTS_MAX).fill(null);
  readonly groups: (Group | null)[] = new Array<Group | null>(FLIGHTS_MAX).fill(null);
  /** Who asks, for servers that are told. */
  readonly audiences: (Audience | null)[] = new Array<Audience | null>(FLIGHTS_MAX).fill(null);
  readonly upstreams: string[] = new Array<string>(FLIGHTS_MAX).fill('');

  readonly #messages: (Uint8Array | undefined)[] = new Array(FLIGHTS_MAX).fill(undefined);
  readonly #heldBytes: (Uint8Array | undefined)[] = new Array(FLIGHTS_MAX).fill(undefined);
  readonly #hashes = new Int32Array(FLIGHTS_MAX);
  readonly #generations = new Int32Array(FLIGHTS_MAX);
  readonly #busy = new Uint8Array(FLIGHTS_MAX);
  readonly #heads = new Int32Array(HASH_HEADS).fill(-1);
  readonly #chain = new Int32Array(FLIGHTS_MAX);
  readonly #free = new Int32Array(FLIGHTS_MAX);
  #freeCount = 0;
  readonly #firstWaiter = new Int32Array(FLIGHTS_MAX).fill(-1);
  readonly #nextWaiter = new Int32Array(WAITERS_MAX);
  readonly #waiterTickets = new Int32Array(WAITERS_MAX);
  readonly #waiterAskers: (Asker | null)[] = new Array<Asker | null>(WAITERS_MAX).fill(null);
  #freeWaiter = 0;
  readonly #seed: number;
  #hash = 0;
  #questionEnd = 0;
  #group: Group | null = null;
  #audience: Audience | null = null;

  constructor(random: RandomSource) {
    this.#seed = (random.u16() << 16) | random.u16();
    for (let i = FLIGHTS_MAX - 1; i >= 0; i -= 1) this.#free[this.#freeCount++] = i;
    for (let i = 0; i < WAITERS_MAX; i += 1) this.#nextWaiter[i] = i + 1 < WAITERS_MAX ? i + 1 : -1;
  }

  get count(): number {
    return FLIGHTS_MAX - this.#freeCount;
  }

  /** The flight that asks the same of the same servers, −1 when none does. Must precede `begin` with the same message. */
  find(message: Uint8Array, length: number, group: Group, audience: Audience | null = null): number {
    this.#questionEnd = questionEndOf(message, length);
    if (this.#questionEnd < 0) return -1;
    this.#group = group;
    this.#audience = audience;
    this.#hash = this.#hashOf(message, length, this.#questionEnd - 5);
    let flight = this.#heads[this.#hash & (HASH_HEADS - 1)]!;
    while (flight >= 0 && !this.#isSame(flight, message, length)) flight = this.#chain[flight]!;
    return flight;
  }

  /** A new flight with a copy of the message `find` has just looked for; −1 when there is no room or no question. */
  begin(message: Uint8Array, length: number, nowMs: number): number {
    if (this.#freeCount === 0 || this.#questionEnd < 0) return -1;
    const flight = this.#free[--this.#freeCount]!;
    let own = this.#messages[flight] ?? NOTHING;
    if (own.length < length) {
      own = new Uint8Array(Math.max(MESSAGE_OCTETS_MIN, length));
      this.#messages[flight] = own;
    }
    copyOctets(message, 0, own, 0, length);
    const head = this.#hash & (HASH_HEADS - 1);
    this.#hashes[flight] = this.#hash;
    this.#chain[flight] = this.#heads[head]!;
    this.#heads[head] = flight;
    this.#busy[flight] = 1;
    this.lengths[flight] = length;
    this.groups[flight] = this.#group;
    this.audiences[flight] = this.#audience;
    this.questionEnds[flight] = this.#questionEnd;
    this.startedMs[flight] = nowMs;
    this.attempts[flight] = 0;
    this.outstanding[flight] = 0;
    this.suspected[flight] = 0;
    this.hopeless[flight] = 0;
    this.failures[flight] = 0;
    this.held[flight] = HELD.nothing;
    return flight;
  }

  messageOf(flight: number): Uint8Array {
    return this.#messages[flight] ?? NOTHING;
  }

  /** What exchanges carry: tells a late answer from one to the flight's present question. */
  ticketOf(flight: number): number {
    return (this.#generations[flight]! << FLIGHT_BITS) | flight;
  }

  /** The flight of a ticket, −1 when it is over. */
  flightOf(ticket: number): number {
    const flight = ticket & (FLIGHTS_MAX - 1);
    return this.#busy[flight] === 1 && this.#generations[flight] === ticket >>> FLIGHT_BITS ? flight : -1;
  }

  isBusy(flight: number): boolean {
    return this.#busy[flight] === 1;
  }

  /** Adds one who waits; false when there is no room. */
  join(flight: number, asker: Asker, ticket: number): boolean {
    const waiter = this.#freeWaiter;
    if (waiter < 0) return false;
    this.#freeWaiter = this.#nextWaiter[waiter]!;
    this.#waiterAskers[waiter] = asker;
    this.#waiterTickets[waiter] = ticket;
    this.#nextWaiter[waiter] = this.#firstWaiter[flight]!;
    this.#firstWaiter[flight] = waiter;
    return true;
  }

  /** Keeps a copy of a response. */
  hold(flight: number, kind: number, response: Uint8Array, length: number): void {
    let own = this.#heldBytes[flight] ?? NOTHING;
    if (own.length < length) own = new Uint8Array(length);
    own.set(response.subarray(0, length));
    this.#heldBytes[flight] = own;
    this.held[flight] = kind;
    this.heldLengths[flight] = length;
  }

  heldOf(flight: number): Uint8Array {
    return this.#heldBytes[flight] ?? NOTHING;
  }

  /** Ends the flight, then tells all who waited; they may ask again at once. */
  settle(flight: number, response: Uint8Array, length: number, failure: Failure): void {
    let waiter = this.#firstWaiter[flight]!;
    const upstream = this.upstreams[flight]!;
    this.#release(flight);
    while (waiter >= 0) {
      const following = this.#nextWaiter[waiter]!;
      const asker = this.#waiterAskers[waiter];
      const ticket = this.#waiterTickets[waiter]!;
      this.#waiterAskers[waiter] = null;
      this.#nextWaiter[waiter] = this.#freeWaiter;
      this.#freeWaiter = waiter;
      asker?.settled(ticket, response, length, failure, upstream);
      waiter = following;
    }
  }

  #release(flight: number): void {
    const head = this.#hashes[flight]! & (HASH_HEADS - 1);
    if (this.#heads[head] === flight) this.#heads[head] = this.#chain[flight]!;
    else {
      let before = this.#heads[head]!;
      while (this.#chain[before] !== flight) before = this.#chain[before]!;
      this.#chain[before] = this.#chain[flight]!;
    }
    this.#firstWaiter[flight] = -1;
    this.#busy[flight] = 0;
    this.#heldBytes[flight] = undefined;
    this.groups[flight] = null;
    this.audiences[flight] = null;
    this.foldedBy[flight] = null;
    this.triedBy[flight] = null;
    this.#generations[flight] = (this.#generations[flight]! + 1) % GENERATION_MAX;
    this.#free[this.#freeCount++] = flight;
  }

  #hashOf(message: Uint8Array, length: number, nameEnd: number): number {
    let hash = this.#seed;
    for (let at = 2; at < length; at += 1) {
      let octet = message[at]!;
      if (at < nameEnd && octet >= 0x41 && octet <= 0x5a) octet |= 0x20;
      hash = Math.imul(hash ^ octet, 0x01000193);
      hash ^= hash >>> 15;
    }
    return hash & 0x7fff_ffff;
  }

  #isSame(flight: number, message: Uint8Array, length: number): boolean {
    if (this.#hashes[flight] !== this.#hash || this.lengths[flight] !== length) return false;
    if (this.groups[flight] !== this.#group || this.audiences[flight] !== this.#audience) return false;
    const own = this.#messages[flight]!;
    const nameEnd = this.#questionEnd - 5;
    for (let at = 2; at < length; at += 1) {
      const ours = own[at]!;
      const theirs = message[at]!;
      if (ours === theirs) continue;
      const letter = ours | 0x20;
      if (at < 12 || at >= nameEnd || letter < 0x61 || letter > 0x7a || (theirs | 0x20) !== letter)
        return false;
    }
    return true;
  }
}
