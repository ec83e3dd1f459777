// Builds the table of addresses and networks from what lists say, in any order, repeated or not.
import { readU32 } from '../../wire/header.ts';
import { ENTRIES_MAX, HEADER_WORDS, MAGIC, VERSION } from './table.ts';

/** First address (4 words), bits, rule. */
const ENTRY_WORDS = 6;
const BITS = 4;
const RULE = 5;

class Family {
  readonly #keyWords: 1 | 4;
  #entries = new Uint32Array(64 * ENTRY_WORDS);
  #count = 0;

  constructor(keyWords: 1 | 4) {
    this.#keyWords = keyWords;
  }

  add(octets: Uint8Array, bits: number, rule: number): void {
    let at = this.#count * ENTRY_WORDS;
    if (at === this.#entries.length) {
      const grown = new Uint32Array(2 * this.#entries.length);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    for (let word = 0; word < this.#keyWords; word += 1) {
      const left = Math.min(32, Math.max(0, bits - 32 * word));
      const mask = left === 0 ? 0 : -1 << (32 - left);
      this.#entries[at + word] = readU32(octets, 4 * word) & mask;
    }
    at += BITS;
    this.#entries[at] = bits;
    this.#entries[at + RULE - BITS] = rule;
    this.#count += 1;
  }

  /** Places of distinct entries in their order: first address, then wider ones first, then rule. */
  sorted(): Uint32Array {
    const entries = this.#entries;
    const places = Uint32Array.from({ length: this.#count }, (_, i) => i * ENTRY_WORDS);
    const compare = (a: number, b: number): number => {
      for (let word = 0; word < ENTRY_WORDS; word += 1) {
        const difference = entries[a + word]! - entries[b + word]!;
        if (difference !== 0) return difference;
      }
      return 0;
    };
    places.sort(compare);
    return places.filter((place, i) => i === 0 || compare(places[i - 1]!, place) !== 0);
  }

  /** Writes the entries at `places`; `first` is the number of the first one. */
  write(places: Uint32Array, keys: Uint32Array, links: Uint32Array, rules: Uint32Array, first: number): void {
    const entries = this.#entries;
    /** The networks around the present one, the widest first. */
    const around: number[] = [];
    places.forEach((place, i) => {
      for (let word = 0; word < this.#keyWords; word += 1)
        keys[i * this.#keyWords + word] = entries[place + word]!;
      while (around.length > 0 && !this.#covers(places[around.at(-1)!]!, place)) around.pop();
      const parent = around.at(-1);
      links[i] = ((entries[place + BITS]! << 24) | (parent === undefined ? 0 : first + parent + 1)) >>> 0;
      rules[i] = entries[place + RULE]!;
      around.push(i);
    });
  }

  #covers(wide: number, narrow: number): boolean {
    const entries = this.#entries;
    const bits = entries[wide + BITS]!;
    for (let word = 0; word < this.#keyWords; word += 1) {
      const left = Math.min(32, Math.max(0, bits - 32 * word));
      if (left > 0 && (entries[wide + word]! ^ entries[narrow + word]!) >>> (32 - left) !== 0) return false;
    }
    return true;
  }
}

export class AddressTableBuilder {
  readonly #four = new Family(1);
  readonly #six = new Family(4);
  #count = 0;

  /**
   * @param octets 4 or 16; what lies beyond the prefix is ignored
   * @returns false when the table is full
   */
  add(octets: Uint8Array, bits: number, rule: number): boolean {
    if (this.#count >= ENTRIES_MAX) return false;
    this.#count += 1;
    (octets.length === 4 ? this.#four : this.#six).add(octets, bits, rule);
    return true;
  }

  finish(): SharedArrayBuffer {
    const four = this.#four.sorted();
    const six = this.#six.sorted();
    const count = four.length + six.length;
    const links = HEADER_WORDS + four.length + 4 * six.length;
    const buffer = new SharedArrayBuffer(4 * (links + 2 * count));
    const words = new Uint32Array(buffer);
    words.set([MAGIC, VERSION, four.length, six.length]);
    const part = (from: number, length: number): Uint32Array => words.subarray(from, from + length);
    this.#four.write(
      four,
      part(HEADER_WORDS, four.length),
      part(links, four.length),
      part(links + count, four.length),
      0,
    );
    this.#six.write(
      six,
      part(HEADER_WORDS + four.length, 4 * six.length),
      part(links + four.length, six.length),
      part(links + count + four.length, six.length),
      four.length,
    );
    return buffer;
  }
}
