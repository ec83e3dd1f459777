// Messages out of a stream: two octets of length, then the message (RFC 1035 §4.2.2), cut anywhere by the network.
//
// HOT. A message that lies whole in a chunk is copied once, straight to `target`. One that comes in pieces is gathered
// in memory that grows with the octets that came, never with the length they announce.
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';

const PREFIX_OCTETS = 2;
const GATHER_OCTETS_MIN = 512;

export class Framing {
  /** After `take`: length of the message that is now whole in `target`, 0 when none is. */
  length = 0;
  /** When the first octet of the unfinished message came. */
  sinceMs = 0;
  readonly #target: Uint8Array;
  /** Octets of the unfinished message, prefix included. */
  #gathered = 0;
  #announced = 0;
  #message: Uint8Array | null = null;

  /** @param target holds the longest message; may be shared with other streams */
  constructor(target: Uint8Array) {
    this.#target = target;
  }

  get unfinished(): boolean {
    return this.#gathered > 0;
  }

  reset(): void {
    this.#gathered = 0;
    this.#message = null;
  }

  /** Reads one message, or a piece of one, from `chunk`; returns the offset behind it, −1 for a length of 0. */
  read(chunk: Buffer, offset: number, nowMs: number): number {
    this.length = 0;
    if (this.#gathered > 0 || chunk.length - offset < PREFIX_OCTETS)
      return this.#gather(chunk, offset, nowMs);
    const length = (chunk[offset]! << 8) | chunk[offset + 1]!;
    const end = offset + PREFIX_OCTETS + length;
    if (length === 0) return -1;
    if (end > chunk.length) return this.#gather(chunk, offset, nowMs);
    chunk.copy(this.#target, 0, offset + PREFIX_OCTETS, end);
    this.length = length;
    return end;
  }

  #gather(chunk: Buffer, offset: number, nowMs: number): number {
    if (this.#gathered < PREFIX_OCTETS) {
      if (this.#gathered === 0) {
        this.sinceMs = nowMs;
        this.#announced = 0;
      }
      this.#announced = (this.#announced << 8) | chunk[offset]!;
      this.#gathered++;
      return this.#gathered === PREFIX_OCTETS && this.#announced === 0 ? -1 : offset + 1;
    }
    const have = this.#gathered - PREFIX_OCTETS;
    const end = Math.min(chunk.length, offset + this.#announced - have);
    const message = this.#grow(have, have + end - offset);
    chunk.copy(message, have, offset, end);
    this.#gathered += end - offset;
    if (have + end - offset === this.#announced) {
      this.#target.set(message.subarray(0, this.#announced));
      this.length = this.#announced;
      this.reset();
    }
    return end;
  }

  /** The gathering buffer with room for `wanted` octets, its first `have` kept. */
  #grow(have: number, wanted: number): Uint8Array {
    const present = this.#message;
    if (present !== null && present.length >= wanted) return present;
    const grown = new Uint8Array(Math.min(MESSAGE_OCTETS_MAX, Math.max(GATHER_OCTETS_MIN, 2 * wanted)));
    if (present !== null) grown.set(present.subarray(0, have));
    this.#message = grown;
    return grown;
  }
}
