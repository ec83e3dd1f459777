// Numbers as octets: LEB128, seven bits an octet, the lowest first; a signed one has its sign in the lowest bit.
import { constants as zlib, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const NOTHING = new Uint8Array(0);
const OCTETS_FIRST = 4096;
/** Level 1: in columns that are sorted first, higher ones take three times the time for a hundredth of the size. */
const LEVEL = 1;
/** No column of a block is longer; what says that it is, is damaged. */
const COLUMN_OCTETS_MAX = 64 * 1024 * 1024;

export class OctetWriter {
  #octets = new Uint8Array(OCTETS_FIRST);
  #length = 0;

  octet(value: number): void {
    if (this.#length === this.#octets.length) this.#grow(1);
    this.#octets[this.#length] = value;
    this.#length += 1;
  }

  /** @param value a whole number from 0 to 2^53 */
  number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.octet((rest & 0x7f) | 0x80);
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.octet(rest);
  }

  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  append(source: Uint8Array): void {
    if (this.#length + source.length > this.#octets.length) this.#grow(source.length);
    this.#octets.set(source, this.#length);
    this.#length += source.length;
  }

  /** Its length, then the octets. */
  piece(source: Uint8Array): void {
    this.number(source.length);
    this.append(source);
  }

  /** A copy of what was written; the writer is empty then. */
  drain(): Uint8Array {
    const taken = this.#octets.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** The same, packed. */
  drainPacked(): Uint8Array {
    const packed = pack(this.#octets.subarray(0, this.#length));
    this.#length = 0;
    return packed;
  }

  #grow(more: number): void {
    const longer = new Uint8Array(Math.max(this.#octets.length * 2, this.#length + more));
    longer.set(this.#octets.subarray(0, this.#length));
    this.#octets = longer;
  }
}

export class OctetReader {
  readonly octets: Uint8Array;
  at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  octet(): number {
    const octet = this.octets[this.at];
    if (octet === undefined) throw new RangeError('a block of the query log ends too early: it is damaged');
    this.at += 1;
    return octet;
  }

  number(): number {
    let octet = this.octet();
    if (octet < 0x80) return octet;
    let value = octet & 0x7f;
    let scale = 128;
    do {
      octet = this.octet();
      value += (octet & 0x7f) * scale;
      scale *= 128;
    } while (octet >= 0x80);
    return value;
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  piece(): Uint8Array {
    const length = this.number();
    const from = this.at;
    if (from + length > this.octets.length) throw new RangeError('a block of the query log is damaged');
    this.at = from + length;
    return this.octets.subarray(from, this.at);
  }
}

export function pack(octets: Uint8Array): Uint8Array {
  return octets.length === 0
    ? NOTHING
    : zstdCompressSync(octets, { params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } });
}

export function unpack(packed: Uint8Array): Uint8Array {
  return packed.length === 0 ? NOTHING : zstdDecompressSync(packed, { maxOutputLength: COLUMN_OCTETS_MAX });
}
