// Turns coded labels back into octets: for the builder, which keeps names coded, and for walks over a whole trie.
import { CONTEXT_SHIFT, CONTEXTS, ESCAPE, encodingTable, OCTET_OF, SYMBOLS } from './label-code.ts';

const QUICK_BITS = 9;
const QUICK_MASK = 2 ** QUICK_BITS - 1;
/** Eight one-bits, which begin no code: as long as the longest, so that it passes the end. */
const FILLING = 0xffff;

export class LabelDecoder {
  readonly #table: Int32Array;
  /** By context and the next QUICK_BITS bits: `symbol << 4 | length`, FILLING, or 0 where the code is longer. */
  readonly #quick: Uint16Array;

  constructor(lengths: Uint8Array) {
    this.#table = encodingTable(lengths);
    this.#quick = new Uint16Array(CONTEXTS << QUICK_BITS);
    for (let context = 0; context < CONTEXTS; context += 1) {
      const first = context << QUICK_BITS;
      for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
        const entry = this.#table[(context << CONTEXT_SHIFT) | symbol]!;
        const length = entry & 15;
        if (length > QUICK_BITS) continue;
        for (let bits = entry >>> 4; bits < 1 << QUICK_BITS; bits += 1 << length)
          this.#quick[first | bits] = (symbol << 4) | length;
      }
      for (let bits = 0xff; bits < 1 << QUICK_BITS; bits += 1 << 8) this.#quick[first | bits] = FILLING;
    }
  }

  /**
   * Decodes the label whose code begins `bit` bits into `source[at ..)` and fills it up to `end`.
   * @returns how many octets were written to `target[to ..)`
   */
  decode(
    context: number,
    source: Uint8Array,
    at: number,
    bit: number,
    end: number,
    target: Uint8Array,
    to: number,
  ): number {
    const quick = this.#quick;
    const bits = (end - at) << 3;
    let place = bit;
    let row = context;
    let written = to;
    // Two octets hold the next QUICK_BITS bits wherever they begin. Past the end stand another label's: a code that takes
    // more bits than are left is the filling.
    while (place < bits) {
      const from = at + (place >>> 3);
      const window = source[from]! | (source[from + 1]! << 8);
      let found = quick[(row << QUICK_BITS) | ((window >>> (place & 7)) & QUICK_MASK)]!;
      if (found === 0) found = this.#seek(row, (window | (source[from + 2]! << 16)) >>> (place & 7));
      place += found & 15;
      if (place > bits) break;
      row = found >>> 4;
      if (row === ESCAPE) {
        const raw = at + (place >>> 3);
        target[written] = (source[raw]! | (source[raw + 1]! << 8)) >>> (place & 7);
        place += 8;
      } else {
        target[written] = OCTET_OF[row]!;
      }
      written += 1;
    }
    return written - to;
  }

  /** The long way for codes above QUICK_BITS, in the next bits; FILLING where there is none. */
  #seek(context: number, window: number): number {
    for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
      const entry = this.#table[(context << CONTEXT_SHIFT) | symbol]!;
      const length = entry & 15;
      if (length > QUICK_BITS && (window & ((1 << length) - 1)) === entry >>> 4)
        return (symbol << 4) | length;
    }
    return FILLING;
  }
}
