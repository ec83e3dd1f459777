// DNS messages out of an upstream's stream: two octets of length, then the message, cut anywhere (RFC 7766 §8).
//
// A message that lies whole in a chunk is handed on without copying. One that comes in pieces is gathered in memory that
// grows with the octets that came, never with the length they announce.

const PREFIX_OCTETS = 2;
const GATHER_OCTETS_MIN = 1024;

export class Framing {
  /** The unfinished message with its prefix. */
  #gathered = new Uint8Array(0);
  #length = 0;

  /** Octets kept of a message that is not whole. */
  get unfinished(): number {
    return this.#length;
  }

  /** Hands every message that is now whole to `onMessage`; the bytes are valid only during the call. */
  feed(chunk: Uint8Array, onMessage: (message: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#length > 0) at = this.#gather(chunk, at, onMessage);
      else {
        const end =
          at + PREFIX_OCTETS + (at + 1 < chunk.length ? (chunk[at]! << 8) | chunk[at + 1]! : 65_535);
        if (end > chunk.length) {
          this.#keep(chunk, at, chunk.length);
          return;
        }
        onMessage(chunk.subarray(at + PREFIX_OCTETS, end));
        at = end;
      }
    }
  }

  /** Adds to the unfinished message; returns the offset just past what belongs to it. */
  #gather(chunk: Uint8Array, offset: number, onMessage: (message: Uint8Array) => void): number {
    let at = offset;
    if (this.#length < PREFIX_OCTETS) {
      at += 1;
      this.#keep(chunk, offset, at);
    }
    const total = PREFIX_OCTETS + ((this.#gathered[0]! << 8) | this.#gathered[1]!);
    const end = Math.min(chunk.length, at + total - this.#length);
    if (end > at) this.#keep(chunk, at, end);
    if (this.#length === total) {
      this.#length = 0;
      onMessage(this.#gathered.subarray(PREFIX_OCTETS, total));
    }
    return end;
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    const wanted = this.#length + to - from;
    if (wanted > this.#gathered.length) {
      const grown = new Uint8Array(Math.max(GATHER_OCTETS_MIN, 2 * wanted));
      grown.set(this.#gathered.subarray(0, this.#length));
      this.#gathered = grown;
    }
    this.#gathered.set(chunk.subarray(from, to), this.#length);
    this.#length = wanted;
  }
}
