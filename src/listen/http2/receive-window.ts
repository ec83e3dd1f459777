// What a client may send of the bodies of one connection (RFC 9113 §6.9), and what is given back of it.
//
// HOT. Invariant: the client's window is OCTETS_MAX less what is owed.
import type { Room } from '../stream/outgoing.ts';
import { FRAME, putWord, WINDOW_OCTETS_FIRST } from './frame.ts';

/** Of all bodies before we give octets back. */
const OCTETS_MAX = 1_048_576;

export class ReceiveWindow {
  readonly #room: Room;
  /** Below 0 where some were given before the client had sent as many. */
  #owedOctets = 0;

  constructor(room: Room) {
    this.#room = room;
    putWord(room, FRAME.windowUpdate, 0, OCTETS_MAX - WINDOW_OCTETS_FIRST);
  }

  /** @returns false: the client sent more than it may */
  receive(octets: number): boolean {
    this.#owedOctets += octets;
    if (this.#owedOctets > OCTETS_MAX) return false;
    if (this.#owedOctets * 2 > OCTETS_MAX) this.give();
    return true;
  }

  /** What is owed, or one octet, so that something is said. */
  give(): void {
    const octets = Math.max(1, this.#owedOctets);
    putWord(this.#room, FRAME.windowUpdate, 0, octets);
    this.#owedOctets -= octets;
  }
}
