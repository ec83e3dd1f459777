// The usual top labels (com, org, …): each has a code of 1 to 15 bits in a trie; the rest are written out.
import { NAME_OCTETS_MAX } from '../../wire/names/name.ts';
import { RARE_TOP_LENGTH_BITS } from '../layout.ts';
import { type CodedLabel, putBits } from './coded-label.ts';
import { hashOctets, TOP_KEYS_AT } from './octet-hash.ts';

/** Numbers labels in the order they are met, up to a limit; looks them up by octets without allocating. */
export class TopLabels {
  readonly #keys: Uint32Array;
  readonly #max: number;
  /** Number + 1 by hash; at most half full. */
  readonly #slots: Uint16Array;
  readonly #slotShift: number;
  readonly #starts: Uint32Array;
  #text: Uint8Array = new Uint8Array(1024);
  #count = 0;

  /** @param max at most 32,767 */
  constructor(keys: Uint32Array, max: number) {
    this.#keys = keys;
    this.#max = max;
    this.#slotShift = Math.clz32(Math.max(2, max)) - 1;
    this.#slots = new Uint16Array(2 ** (32 - this.#slotShift));
    this.#starts = new Uint32Array(max + 1);
  }

  get count(): number {
    return this.#count;
  }

  /** Hash of the label, the part of a name's hash that the top label gives. */
  hash(name: Uint8Array, at: number, end: number): number {
    return hashOctets(this.#keys, TOP_KEYS_AT, name, at, end, 0);
  }

  /**
   * @param hash as `hash` gave it
   * @returns the label's number, −1 when it has none
   */
  find(name: Uint8Array, at: number, end: number, hash: number): number {
    const slots = this.#slots;
    const starts = this.#starts;
    const text = this.#text;
    const mask = slots.length - 1;
    for (let slot = hash >>> this.#slotShift; ; slot = (slot + 1) & mask) {
      const number = slots[slot]! - 1;
      if (number < 0) return -1;
      const start = starts[number]!;
      if (starts[number + 1]! - start !== end - at) continue;
      let i = at;
      while (i < end && text[start + i - at] === name[i]) i += 1;
      if (i === end) return number;
    }
  }

  /** The label's number, a new one when it has none; −1 when all are given out. */
  number(name: Uint8Array, at: number, end: number, hash: number): number {
    const known = this.find(name, at, end, hash);
    if (known >= 0 || this.#count === this.#max) return known;
    const start = this.#starts[this.#count]!;
    if (start + NAME_OCTETS_MAX > this.#text.length) {
      const text = new Uint8Array(this.#text.length * 2);
      text.set(this.#text);
      this.#text = text;
    }
    this.#text.set(name.subarray(at, end), start);
    let slot = hash >>> this.#slotShift;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
    this.#count += 1;
    this.#slots[slot] = this.#count;
    this.#starts[this.#count] = start + end - at;
    return this.#count - 1;
  }

  /** The label of this number; a view, not a copy. */
  octets(number: number): Uint8Array {
    return this.#text.subarray(this.#starts[number]!, this.#starts[number + 1]!);
  }
}

/**
 * Puts a top label that has no number at the beginning of `target`: the rare code, its length, its octets.
 * @param rareCode `code << 4 | length`
 * @returns how many bits it takes
 */
export function putRareTop(
  rareCode: number,
  name: Uint8Array,
  at: number,
  end: number,
  target: CodedLabel,
): number {
  let bit = putBits(target, 0, rareCode >>> 4, rareCode & 15);
  bit = putBits(target, bit, end - at, RARE_TOP_LENGTH_BITS);
  for (let i = at; i < end; i += 1) bit = putBits(target, bit, name[i]!, 8);
  return bit;
}
