// Codes a label of a query or a list, in place.
//
// HOT. Drawing: the codes of the label's octets in a row, filled up to a whole octet with one-bits, in words of 32 bits
// whose octets lie in the order of the bits (little-endian machines: all that Node is released for but s390x).
// Invariant: a label has one coded form after a given prefix. Twin: label-decoder.ts turns it round; tests send every
// octet through both. Measured: about 5 ns an octet, half of what writing single octets took.
import { CODED_OCTETS_MAX, CONTEXT_SHIFT, ESCAPE, SYMBOL_OF } from './label-code.ts';

/** Room for one coded label, as octets and as the words they are written in. */
export class CodedLabel {
  readonly octets: Uint8Array;
  readonly words: Int32Array;

  constructor() {
    this.octets = new Uint8Array(Math.ceil(CODED_OCTETS_MAX / 4) * 4 + 4);
    this.words = new Int32Array(this.octets.buffer);
  }
}

/** Puts `length` (at most 23) bits behind the first `bit` bits. @returns how many there are then */
export function putBits(target: CodedLabel, bit: number, code: number, length: number): number {
  const { words } = target;
  const at = bit >>> 5;
  const used = bit & 31;
  words[at] = (used === 0 ? 0 : words[at]! & ((1 << used) - 1)) | (code << used);
  if (used + length > 32) words[at + 1] = code >>> (32 - used);
  return bit + length;
}

/**
 * Codes `name[at .. end)` behind the first `bit` bits of `target`.
 * @param table of encodingTable
 * @param context START_SECOND or START_BELOW
 * @returns octets that are taken in all
 */
export function encodeLabel(
  table: Int32Array,
  context: number,
  name: Uint8Array,
  at: number,
  end: number,
  target: CodedLabel,
  bit: number,
): number {
  const { words } = target;
  let to = bit >>> 5;
  let used = bit & 31;
  let word = used === 0 ? 0 : words[to]! & ((1 << used) - 1);
  let row = context << CONTEXT_SHIFT;
  for (let i = at; i < end; i += 1) {
    const octet = name[i]!;
    const symbol = SYMBOL_OF[octet]!;
    const entry = table[row | symbol]!;
    let code = entry >>> 4;
    let length = entry & 15;
    if (symbol === ESCAPE) {
      code |= octet << length;
      length += 8;
    }
    row = symbol << CONTEXT_SHIFT;
    word |= code << used;
    used += length;
    if (used >= 32) {
      words[to] = word;
      to += 1;
      used -= 32;
      word = code >>> (length - used);
    }
  }
  if (used > 0) words[to] = word | (-1 << used);
  return (to << 2) + ((used + 7) >>> 3);
}
