// What one exchange has sent and not yet heard of: a fixed number of slots, each with its query as sent and its deadline.
//
// HOT. Invariants: a slot is free or belongs to exactly one ask; its ticket and asker are read before it is released,
// so that an asker may ask again from inside `settled`.

import { copyOctets } from '../../wire/octets.ts';
import { questionEndOf } from '../belongs.ts';
import { type Asker, FAILURE, type Failure } from '../exchange.ts';
import { Wheel } from '../wheel.ts';

const MESSAGE_OCTETS_MIN = 512;
const NOTHING = new Uint8Array(0);

export class Pending {
  readonly capacity: number;
  readonly tickets: Int32Array;
  readonly ids: Uint16Array;
  readonly lengths: Uint16Array;
  readonly questionEnds: Uint16Array;
  readonly startedMs: Float64Array;
  /** Messages that came for it and did not fit. */
  readonly mismatches: Uint16Array;
  /** What to report when the slot falls due. */
  readonly failures: Uint8Array;
  /** Free for the exchange's own chains; −1 ends one. */
  readonly next: Int32Array;
  /** Free for the exchange: the port or connection a slot was sent on. */
  readonly places: Int32Array;
  readonly wheel: Wheel;
  readonly #messages: (Uint8Array | undefined)[];
  readonly #askers: (Asker | null)[];
  readonly #free: Int32Array;
  #freeCount: number;

  /** Octets a message may grow by after it was taken. */
  readonly #room: number;

  constructor(capacity: number, room: number, nowMs: number, onDue: (slot: number, nowMs: number) => void) {
    this.capacity = capacity;
    this.#room = room;
    this.tickets = new Int32Array(capacity);
    this.ids = new Uint16Array(capacity);
    this.lengths = new Uint16Array(capacity);
    this.questionEnds = new Uint16Array(capacity);
    this.startedMs = new Float64Array(capacity);
    this.mismatches = new Uint16Array(capacity);
    this.failures = new Uint8Array(capacity);
    this.next = new Int32Array(capacity).fill(-1);
    this.places = new Int32Array(capacity).fill(-1);
    this.wheel = new Wheel(capacity, nowMs, onDue);
    this.#messages = new Array<Uint8Array | undefined>(capacity).fill(undefined);
    this.#askers = new Array<Asker | null>(capacity).fill(null);
    this.#free = new Int32Array(capacity);
    this.#freeCount = capacity;
    for (let i = 0; i < capacity; i += 1) this.#free[i] = capacity - 1 - i;
  }

  get count(): number {
    return this.capacity - this.#freeCount;
  }

  /** Takes a slot and copies the query into it; −1 when all are taken or the message holds no question. */
  enter(message: Uint8Array, length: number, asker: Asker, ticket: number, nowMs: number): number {
    const questionEnd = questionEndOf(message, length);
    if (this.#freeCount === 0 || questionEnd < 0) return -1;
    const slot = this.#free[--this.#freeCount]!;
    let own = this.#messages[slot] ?? NOTHING;
    if (own.length < length + this.#room) {
      own = new Uint8Array(Math.max(MESSAGE_OCTETS_MIN, length + this.#room));
      this.#messages[slot] = own;
    }
    copyOctets(message, 0, own, 0, length);
    this.lengths[slot] = length;
    this.questionEnds[slot] = questionEnd;
    this.tickets[slot] = ticket;
    this.startedMs[slot] = nowMs;
    this.mismatches[slot] = 0;
    this.failures[slot] = FAILURE.timeout;
    this.places[slot] = -1;
    this.#askers[slot] = asker;
    return slot;
  }

  /** The query as it was sent. */
  messageOf(slot: number): Uint8Array {
    return this.#messages[slot] ?? NOTHING;
  }

  askerOf(slot: number): Asker | null {
    return this.#askers[slot] ?? null;
  }

  isTaken(slot: number): boolean {
    return this.#askers[slot] !== null;
  }

  failureOf(slot: number): Failure {
    return this.failures[slot] as Failure;
  }

  /** Nothing of it went out: it is settled so at the next look at what is due. */
  failSoon(slot: number, nowMs: number): void {
    this.failures[slot] = FAILURE.network;
    this.wheel.arm(slot, nowMs, 0);
  }

  release(slot: number): void {
    this.wheel.disarm(slot);
    this.#askers[slot] = null;
    this.#free[this.#freeCount++] = slot;
  }
}
