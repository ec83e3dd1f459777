// One upstream over UDP: random ID, port and letter case for every query, and an ear that only the right answer reaches.
//
// HOT. Slots (Pending) in flight on a port are chained from it. Invariants: IDs in flight on one port differ; a message
// that does not fit never ends a wait, it is counted and reported once (`suspect`).
import { acceptedLength, foldCase, JUDGEMENT, judge, judgeFolded, scrambleCase } from '../belongs.ts';
import { type Asker, type Exchange, FAILURE, type Failure, refuse } from '../exchange.ts';
import type { RandomSource } from '../random.ts';
import { Pending } from './pending.ts';
import type { OpenSocket, PortOwner, UdpPort } from './udp-port.ts';
import { UdpPorts, USES_MAX } from './udp-ports.ts';

/** Told beside `settled` what only a transport that can be forged into has to tell. Never called before `ask` returned. */
export interface DatagramAsker extends Asker {
  /** The first message came that does not fit: somebody may be guessing. The wait goes on. */
  suspect(ticket: number): void;
  /** A sound answer came in other letters than ours, of an upstream never seen to repeat them. The wait goes on. */
  folded(ticket: number, response: Uint8Array, length: number): void;
  /** The response is longer than a datagram: this ask is over and wants a stream. */
  truncated(ticket: number): void;
}

/** Unfit messages after which a query is given up over UDP. */
const MISMATCHES_MAX = 256;
/** We ask for 1232 octets at most; what is longer than this comes again over a stream. */
const RESPONSE_OCTETS_MAX = 4096;
const UDP_IN_FLIGHT_MAX = 4096;

const NOTHING = new Uint8Array(0);

export interface UdpOptions {
  readonly name: string;
  readonly openSocket: OpenSocket;
  readonly now: () => number;
  readonly random: RandomSource;
}

export class UdpExchange implements Exchange, PortOwner {
  readonly name: string;
  /** Off for an upstream that does not repeat our letters: it gets small ones. */
  randomCase = true;
  /** It has repeated our letters: an answer in others is none of its own. */
  #repeatsCase = false;
  /** Round trip of the response being settled. */
  rttMs = 0;
  readonly problem = null;
  /** Messages that did not fit what was in flight. */
  mismatches = 0;
  readonly #now: () => number;
  readonly #random: RandomSource;
  readonly #ports: UdpPorts;
  readonly #pending: Pending;
  #closed = false;

  constructor(options: UdpOptions) {
    this.name = options.name;
    this.#now = options.now;
    this.#random = options.random;
    this.#ports = new UdpPorts(this, options.openSocket, options.random);
    this.#pending = new Pending(UDP_IN_FLIGHT_MAX, 0, options.now(), (slot) => this.#expire(slot));
  }

  get inFlight(): number {
    return this.#pending.count;
  }

  /** For tests. */
  get ports(): readonly UdpPort[] {
    return this.#ports.all;
  }

  ask(message: Uint8Array, length: number, timeoutMs: number, asker: DatagramAsker, ticket: number): void {
    const nowMs = this.#now();
    const pending = this.#pending;
    const slot = this.#closed ? -1 : pending.enter(message, length, asker, ticket, nowMs);
    if (slot < 0) {
      refuse(asker, ticket, this.#closed ? FAILURE.closed : FAILURE.overload, this.name);
      return;
    }
    const port = this.#ports.pick(nowMs);
    if (port === null) {
      this.#pending.failSoon(slot, nowMs);
      return;
    }
    const query = pending.messageOf(slot);
    const id = this.#drawId(port);
    query[0] = id >>> 8;
    query[1] = id;
    if (this.randomCase) scrambleCase(query, pending.questionEnds[slot]!, this.#random);
    else foldCase(query, pending.questionEnds[slot]!);
    pending.ids[slot] = id;
    pending.places[slot] = port.number;
    pending.next[slot] = port.first;
    port.first = slot;
    port.inFlight += 1;
    port.uses += 1;
    if (port.send(query, length)) pending.wheel.arm(slot, nowMs, timeoutMs);
    else this.#pending.failSoon(slot, nowMs);
  }

  /** Settles what has waited too long. */
  advance(nowMs: number): void {
    this.#pending.wheel.advance(nowMs);
  }

  /** Closes sockets that a busy time has left over. @returns whether there are more, to be closed later */
  tidy(nowMs: number): boolean {
    return this.#ports.tidy(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (const port of this.#ports.all) this.#failAll(port, FAILURE.closed);
    for (let slot = 0; slot < this.#pending.capacity; slot += 1)
      if (this.#pending.isTaken(slot)) this.#settle(slot, NOTHING, 0, FAILURE.closed);
  }

  #drawId(port: UdpPort): number {
    const { ids, next } = this.#pending;
    for (;;) {
      const id = this.#random.u16();
      let slot = port.first;
      while (slot >= 0 && ids[slot] !== id) slot = next[slot]!;
      if (slot < 0) return id;
    }
  }

  /** A datagram from the upstream's address to one of our ports: see PortOwner. */
  received(port: UdpPort, message: Uint8Array, length: number): void {
    const pending = this.#pending;
    const id = length >= 2 ? (message[0]! << 8) | message[1]! : -1;
    let slot = port.first;
    while (slot >= 0 && pending.ids[slot] !== id) slot = pending.next[slot]!;
    if (slot < 0) {
      if (port.remembers(id)) return;
      this.#suspectAll(port);
      return;
    }
    const judgement = judge(message, length, pending.messageOf(slot), pending.questionEnds[slot]!);
    if (judgement === JUDGEMENT.truncated || length > RESPONSE_OCTETS_MAX) {
      if (judgement === JUDGEMENT.truncated || judgement === JUDGEMENT.accepted) this.#truncate(slot);
      else this.#suspect(slot, judgement);
    } else if (judgement === JUDGEMENT.accepted) {
      this.#repeatsCase ||= this.randomCase;
      this.rttMs = this.#now() - pending.startedMs[slot]!;
      this.#settle(slot, message, acceptedLength, FAILURE.none);
    } else {
      if (judgement === JUDGEMENT.folded && !this.#repeatsCase) this.#offerFolded(slot, message, length);
      this.#suspect(slot, judgement);
    }
  }

  #offerFolded(slot: number, message: Uint8Array, length: number): void {
    const pending = this.#pending;
    const query = pending.messageOf(slot);
    if (judgeFolded(message, length, query, pending.questionEnds[slot]!) !== JUDGEMENT.folded) return;
    const asker = pending.askerOf(slot) as DatagramAsker | null;
    asker?.folded(pending.tickets[slot]!, message, acceptedLength);
  }

  /** What failed may be a port or an answer to a datagram sent before: what is in flight there is lost. */
  failed(port: UdpPort): void {
    this.#failAll(port, FAILURE.network);
  }

  #truncate(slot: number): void {
    const asker = this.#pending.askerOf(slot) as DatagramAsker | null;
    const ticket = this.#pending.tickets[slot]!;
    this.rttMs = this.#now() - this.#pending.startedMs[slot]!;
    this.#free(slot);
    asker?.truncated(ticket);
  }

  #suspectAll(port: UdpPort): void {
    if (port.first < 0) return;
    let slot = port.first;
    while (slot >= 0) {
      const next = this.#pending.next[slot]!;
      this.#suspect(slot, JUDGEMENT.foreign);
      slot = next;
    }
  }

  #suspect(slot: number, judgement: number): void {
    const pending = this.#pending;
    this.mismatches += 1;
    const count = pending.mismatches[slot]! + 1;
    pending.mismatches[slot] = count;
    const failure = judgement === JUDGEMENT.malformed ? FAILURE.malformed : FAILURE.mismatch;
    pending.failures[slot] = Math.max(pending.failures[slot]!, failure);
    if (count === 1) (pending.askerOf(slot) as DatagramAsker | null)?.suspect(pending.tickets[slot]!);
    else if (count > MISMATCHES_MAX) this.#settle(slot, NOTHING, 0, pending.failureOf(slot));
  }

  #expire(slot: number): void {
    this.#settle(slot, NOTHING, 0, this.#pending.failureOf(slot));
  }

  /** Takes everything off the port first: an asker may ask again from inside `settled`. */
  #failAll(port: UdpPort, failure: Failure): void {
    const { next, places } = this.#pending;
    let slot = port.first;
    for (let lost = slot; lost >= 0; lost = next[lost]!) places[lost] = -1;
    port.first = -1;
    port.inFlight = 0;
    port.discard();
    port.uses = USES_MAX;
    while (slot >= 0) {
      const following = next[slot]!;
      this.#settle(slot, NOTHING, 0, failure);
      slot = following;
    }
  }

  #settle(slot: number, message: Uint8Array, length: number, failure: Failure): void {
    const asker = this.#pending.askerOf(slot);
    const ticket = this.#pending.tickets[slot]!;
    this.#free(slot);
    asker?.settled(ticket, message, length, failure, this.name);
  }

  #free(slot: number): void {
    const { next, places, ids } = this.#pending;
    const port = this.#ports.all[places[slot]!];
    if (port !== undefined) {
      port.remember(ids[slot]!);
      port.inFlight -= 1;
      if (port.first === slot) port.first = next[slot]!;
      else {
        let before = port.first;
        while (next[before] !== slot) before = next[before]!;
        next[before] = next[slot]!;
      }
    }
    this.#pending.release(slot);
  }
}
