// The wire format of protocol buffers, as far as dnstap needs it: varints, four octets, and what has a length.
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

export class ProtoWriter {
  readonly #parts: Buffer[] = [];

  number(field: number, value: number): this {
    this.#parts.push(varint(field * 8 + VARINT), varint(value));
    return this;
  }

  fixed32(field: number, value: number): this {
    const octets = Buffer.alloc(4);
    octets.writeUInt32LE(value);
    this.#parts.push(varint(field * 8 + FIXED32), octets);
    return this;
  }

  octets(field: number, value: Uint8Array): this {
    this.#parts.push(varint(field * 8 + LENGTH), varint(value.length), Buffer.from(value));
    return this;
  }

  text(field: number, value: string): this {
    return this.octets(field, Buffer.from(value));
  }

  encoded(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** @param value a whole number from 0 to 2^53 */
function varint(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    octets.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  octets.push(rest);
  return Buffer.from(octets);
}
