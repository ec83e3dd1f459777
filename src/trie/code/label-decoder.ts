// Turns coded labels back into octets: for the builder, which keeps names coded, and for walks over a whole trie.
import { CONTEXTS, contextCodes, ESCAPE, OCTET_OF, SYMBOLS } from './label-code.ts';

const QUICK_BITS = 9;
/** Eight one-bits, where the filling has begun. */
const FILLING = 0xffff;

export class LabelDecoder {
  /** Codes by context. */
  readonly #codes: readonly Uint32Array[];
  /** By context and the next QUICK_BITS bits: `symbol << 4 | length`, FILLING, or 0 where the code is longer. */
  readonly #quick: Uint16Array;

  constructor(lengths: Uint8Array) {
    this.#codes = Array.from({ length: CONTEXTS }, (_, context) => contextCodes(lengths, context));
    this.#quick = new Uint16Array(CONTEXTS << QUICK_BITS);
    for (let context = 0; context < CONTEXTS; context += 1)
      for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
        const entry = this.#codes[context]![symbol]!;
        const length = entry & 15;
        if (length > QUICK_BITS) continue;
        const first = (context << QUICK_BITS) | ((entry >>> 4) << (QUICK_BITS - length));
        this.#quick.fill((symbol << 4) | length, first, first + (1 << (QUICK_BITS - length)));
      }
    for (let context = 1; context <= CONTEXTS; context += 1)
      this.#quick.fill(FILLING, (context << QUICK_BITS) - (1 << (QUICK_BITS - 8)), context << QUICK_BITS);
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
    let next = at;
    let word = 0;
    let bits = 0;
    let row = context;
    let written = to;
    if (bit > 0) {
      next += bit >>> 3;
      if ((bit & 7) > 0) {
        word = source[next]! & (0xff >>> (bit & 7));
        bits = 8 - (bit & 7);
        next += 1;
      }
    }
    for (;;) {
      // Past the end one-bits follow without end: they decode to nothing.
      while (bits < 23) {
        word = (word << 8) | (next < end ? source[next]! : 0xff);
        next += 1;
        bits += 8;
      }
      const peek = word >>> (bits - QUICK_BITS);
      let found = quick[(row << QUICK_BITS) | (peek & ((1 << QUICK_BITS) - 1))]!;
      if (found === FILLING) break;
      if (found === 0) found = this.#seek(row, word, bits);
      if (found < 0) break;
      row = found >>> 4;
      bits -= found & 15;
      if (row === ESCAPE) {
        bits -= 8;
        target[written] = word >>> bits;
      } else {
        target[written] = OCTET_OF[row]!;
      }
      // A code that used bits of the filling is no code.
      if ((next << 3) - bits > end << 3) break;
      written += 1;
    }
    return written - to;
  }

  /** The long way for codes above QUICK_BITS; −1 where there is none. */
  #seek(context: number, word: number, bits: number): number {
    for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
      const entry = this.#codes[context]![symbol]!;
      const length = entry & 15;
      if (length <= QUICK_BITS) continue;
      if (((word >>> (bits - length)) & ((1 << length) - 1)) === entry >>> 4) return (symbol << 4) | length;
    }
    return -1;
  }
}
