// Messages over TCP, each behind its length in two octets (RFC 1035 §4.2.2), for zones: not the hot path.

export function framed(message: Uint8Array): Buffer {
  const octets = Buffer.allocUnsafe(2 + message.length);
  octets.writeUInt16BE(message.length);
  octets.set(message, 2);
  return octets;
}

/** Octets as they come, cut into messages. */
export class Deframer {
  #pending: Buffer = Buffer.alloc(0);

  push(octets: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? Buffer.from(octets) : Buffer.concat([this.#pending, octets]);
  }

  /** What the next message says of its length; −1 while that is not there. */
  get nextLength(): number {
    return this.#pending.length < 2 ? -1 : this.#pending.readUInt16BE();
  }

  /** The next whole message; null while it is not there. */
  next(): Uint8Array | null {
    const length = this.nextLength;
    if (length < 0 || this.#pending.length < 2 + length) return null;
    const message = this.#pending.subarray(2, 2 + length);
    this.#pending = this.#pending.subarray(2 + length);
    return message;
  }
}
