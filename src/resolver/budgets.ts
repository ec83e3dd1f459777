// How much each client has asked, and been refused, of late: one table for all resolver threads, so that what a client may do is
// a number of the configuration and not of its threads.
//
// HOT. What it looks like: for each slot the time at which its budget is whole again (GCRA), on a clock that all threads share.
// Invariants: fixed memory however many addresses ask; clients that share a slot share its budget, which a seed that nobody
// outside knows makes unlikely to arrange. Trade: two threads that write one slot at the same moment count one query for two; only
// what is allowed is written, so that a flood cannot make them do it often.
import { readU32 } from '../wire/header.ts';
import { isStandIn } from '../wire/names/stand-in.ts';

const SLOTS = 65_536;
/** REFUSED replies a second to clients outside `access.allow`: all together, and one of them. Beyond, silence. */
export const REFUSED_PER_SECOND = 100;
export const REFUSED_PER_CLIENT = 20;

const HEAD_OCTETS = 16;

/** @param seed 32 random bits @param slots a power of two */
export function createBudgets(seed: number, slots: number = SLOTS): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(HEAD_OCTETS + 2 * slots * 8);
  new Int32Array(buffer, 0, 1)[0] = seed;
  return buffer;
}

export class Budgets {
  /** 0 the seed, 1 the second that strangers are refused in, 2 how many were. */
  readonly #head: Int32Array;
  readonly #asked: Float64Array;
  readonly #refused: Float64Array;
  readonly #mask: number;
  readonly #offsetMs: number;

  /** @param offsetMs added to this thread's clock it is the one that all threads share */
  constructor(buffer: SharedArrayBuffer, offsetMs = 0) {
    const slots = (buffer.byteLength - HEAD_OCTETS) / 16;
    this.#head = new Int32Array(buffer, 0, HEAD_OCTETS / 4);
    this.#asked = new Float64Array(buffer, HEAD_OCTETS, slots);
    this.#refused = new Float64Array(buffer, HEAD_OCTETS + slots * 8, slots);
    this.#mask = slots - 1;
    this.#offsetMs = offsetMs;
  }

  /** Whether a client may ask once more. @param address 16 octets @param nowMs this thread's clock */
  mayAsk(address: Uint8Array, nowMs: number, perSecond: number, burst: number): boolean {
    return this.#spend(this.#asked, this.#slotOf(address), nowMs + this.#offsetMs, 1000 / perSecond, burst);
  }

  /** Whether a stranger may hear REFUSED once more. */
  mayRefuse(address: Uint8Array, nowMs: number): boolean {
    const sharedMs = nowMs + this.#offsetMs;
    const head = this.#head;
    const second = Math.floor(sharedMs / 1000) | 0;
    if (Atomics.exchange(head, 1, second) !== second) Atomics.store(head, 2, 0);
    if (Atomics.load(head, 2) >= REFUSED_PER_SECOND) return false;
    const slot = this.#slotOf(address);
    if (!this.#spend(this.#refused, slot, sharedMs, 1000 / REFUSED_PER_CLIENT, REFUSED_PER_CLIENT))
      return false;
    return Atomics.add(head, 2, 1) < REFUSED_PER_SECOND;
  }

  #spend(wholeMs: Float64Array, slot: number, nowMs: number, stepMs: number, burst: number): boolean {
    const from = Math.max(wholeMs[slot]!, nowMs);
    if (from - nowMs > (burst - 1) * stepMs + 1e-6) return false;
    wholeMs[slot] = from + stepMs;
    return true;
  }

  /** An IPv4 address, or what stands in for one, has a slot of its own, an IPv6 one shares that of its /64. */
  #slotOf(address: Uint8Array): number {
    const octets = isIpv4(address) || isStandIn(address) ? 16 : 8;
    let hash = this.#head[0]!;
    for (let i = 0; i < octets; i += 4)
      hash = Math.imul(hash ^ (hash >>> 15) ^ readU32(address, i), 0x9e3779b1);
    hash ^= hash >>> 15;
    return (Math.imul(hash, 0x2c1b3c6d) >>> 16) & this.#mask;
  }
}

/** Whether 16 octets hold ::ffff:a.b.c.d. */
export function isIpv4(address: Uint8Array): boolean {
  return readU32(address, 8) === 0xffff && (readU32(address, 0) | readU32(address, 4)) === 0;
}
