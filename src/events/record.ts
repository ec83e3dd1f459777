// What all records begin with, so that `fold` can count equal ones without knowing what they say.
//
//   0       4            12           20
//   ├ count ┼ time (ms) ─┼ sequence ──┼ identity: all that makes two records the same ···┤
//
// An identity begins with the client's address, 16 octets.
// Numbers are little-endian; time and sequence are 8 octets, whole numbers to 2^53. HOT.

/** Where a record is written before it is held or sent; the octets from its end to its last word's are 0. */
export class Draft {
  readonly octets: Uint8Array;
  readonly words: Int32Array;

  constructor(octetsMax: number) {
    this.words = new Int32Array((octetsMax + 3) >>> 2);
    this.octets = new Uint8Array(this.words.buffer);
  }
}

export const RECORD = { count: 0, time: 4, sequence: 12, identity: 20 } as const;
const TWO_32 = 4294967296;

export function putU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
}

export function getU16(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8);
}

export function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

export function getU32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>>
    0
  );
}

/** A whole number from 0 to 2^53. */
export function putNumber(bytes: Uint8Array, offset: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  putU32(bytes, offset, value - high * TWO_32);
  putU32(bytes, offset + 4, high);
}

export function getNumber(bytes: Uint8Array, offset: number): number {
  return getU32(bytes, offset) + getU32(bytes, offset + 4) * TWO_32;
}
