// The code labels are kept in: each octet takes 1 to 15 bits, fewer the more usual it is after the octet before it.
//
// HOT (encodeLabel). Drawing: a label is the codes of its octets in a row, filled up to a whole octet with one-bits.
// Invariants: within a context no code begins another; fewer than 8 one-bits are never a code, so that the filling is
// never read as an octet and two labels never share a coded form of one length.
// Trade: order 1 takes 3.9 bits an octet on real lists, order 0 takes 4.6, order 2 would take 3.4 and 60 kB of tables.
// Twin: label-decoder.ts turns it round; tests send every octet through both.

/** Octets that have a code of their own, by symbol number. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789-_';
/** The symbol that stands before any other octet, which then follows as 8 bits. */
export const ESCAPE = ALPHABET.length;
export const SYMBOLS = ESCAPE + 1;
/** A context is the symbol before, or one of these two at a label's start. */
export const START_SECOND = SYMBOLS;
export const START_BELOW = SYMBOLS + 1;
export const CONTEXTS = SYMBOLS + 2;
/** Tables are indexed by `context << CONTEXT_SHIFT | symbol`. */
export const CONTEXT_SHIFT = 6;
export const TABLE_SIZE = CONTEXTS << CONTEXT_SHIFT;
export const CODE_BITS_MAX = 15;
/** Octets a coded label takes at most: 63 octets of 15 + 8 bits, behind a top label of 15 + 6 + 63 × 8 bits. */
export const CODED_OCTETS_MAX = 247;

export const SYMBOL_OF: Uint8Array = new Uint8Array(256).fill(ESCAPE);
export const OCTET_OF: Uint8Array = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
OCTET_OF.forEach((octet, symbol) => {
  SYMBOL_OF[octet] = symbol;
});

/** Code space in units of the longest code, less the share of eight one-bits, which the filling needs. */
const SPACE = 2 ** CODE_BITS_MAX - 2 ** (CODE_BITS_MAX - 8);

/** Gives every weight a code length so that the codes fit the code space; Shannon's lengths, then greedily shortened. */
export function codeLengths(weights: ArrayLike<number>): Uint8Array {
  const count = weights.length;
  const lengths = new Uint8Array(count);
  let total = 0;
  for (let i = 0; i < count; i += 1) total += weights[i]!;
  let used = 0;
  for (let i = 0; i < count; i += 1) {
    const ideal = Math.ceil(Math.log2(total / weights[i]!));
    lengths[i] = Math.min(CODE_BITS_MAX, Math.max(1, ideal));
    used += 2 ** (CODE_BITS_MAX - lengths[i]!);
  }
  while (used > SPACE) {
    const i = bestOf(
      lengths,
      (n) => lengths[n]! < CODE_BITS_MAX,
      (n) => -weights[n]! * 2 ** lengths[n]!,
    );
    lengths[i]! += 1;
    used -= 2 ** (CODE_BITS_MAX - lengths[i]!);
  }
  for (;;) {
    const free = SPACE - used;
    const fits = (n: number): boolean => lengths[n]! > 1 && 2 ** (CODE_BITS_MAX - lengths[n]!) <= free;
    const i = bestOf(lengths, fits, (n) => weights[n]! * 2 ** lengths[n]!);
    if (i < 0) return lengths;
    used += 2 ** (CODE_BITS_MAX - lengths[i]!);
    lengths[i]! -= 1;
  }
}

function bestOf(lengths: Uint8Array, may: (n: number) => boolean, worth: (n: number) => number): number {
  let best = -1;
  let most = -Infinity;
  for (let n = 0; n < lengths.length; n += 1) {
    if (!may(n) || worth(n) <= most) continue;
    best = n;
    most = worth(n);
  }
  return best;
}

/** Canonical codes of these lengths: shorter first, then by number; each as `code << 4 | length`. */
export function codesOf(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= CODE_BITS_MAX; length += 1) {
    for (let i = 0; i < lengths.length; i += 1) {
      if (lengths[i] !== length) continue;
      codes[i] = (next << 4) | length;
      next += 1;
    }
    next <<= 1;
  }
  return codes;
}

/** Code lengths from how often each symbol followed each context, `typical` lengths standing in for what is rare. */
export function trainLengths(counts: Uint32Array, typical: Uint8Array): Uint8Array {
  const lengths = new Uint8Array(TABLE_SIZE);
  const weights = new Float64Array(SYMBOLS);
  for (let context = 0; context < CONTEXTS; context += 1) {
    const row = context << CONTEXT_SHIFT;
    for (let symbol = 0; symbol < SYMBOLS; symbol += 1)
      weights[symbol] = counts[row | symbol]! + TYPICAL_WEIGHT * 2 ** -typical[row | symbol]!;
    lengths.set(codeLengths(weights), row);
  }
  return lengths;
}

/** How many octets seen the typical code counts for, in each context. */
const TYPICAL_WEIGHT = 64;

/** Codes of a context's symbols: `code << 4 | length`. */
export function contextCodes(lengths: Uint8Array, context: number): Uint32Array {
  const row = context << CONTEXT_SHIFT;
  return codesOf(lengths.subarray(row, row + SYMBOLS));
}

/** The table encodeLabel reads: `code << 5 | length` by `context << 8 | octet`, the escape included. */
export function encodingTable(lengths: Uint8Array): Uint32Array {
  const table = new Uint32Array(CONTEXTS << 8);
  for (let context = 0; context < CONTEXTS; context += 1) {
    const codes = contextCodes(lengths, context);
    for (let octet = 0; octet < 256; octet += 1) {
      const symbol = SYMBOL_OF[octet]!;
      const code = codes[symbol]! >>> 4;
      const length = codes[symbol]! & 15;
      table[(context << 8) | octet] =
        symbol === ESCAPE ? (((code << 8) | octet) << 5) | (length + 8) : (code << 5) | length;
    }
  }
  return table;
}

/**
 * Writes the code of `name[at .. end)` to `target[from ..)`, behind `bits` (at most 15) bits in the low end of `pending`.
 * @returns the offset in `target` just past it
 */
export function encodeLabel(
  table: Uint32Array,
  context: number,
  name: Uint8Array,
  at: number,
  end: number,
  target: Uint8Array,
  from: number,
  pending: number,
  bits: number,
): number {
  let to = from;
  let word = pending;
  let waiting = bits;
  let row = context;
  while (waiting >= 8) {
    waiting -= 8;
    target[to] = word >>> waiting;
    to += 1;
  }
  for (let i = at; i < end; i += 1) {
    const octet = name[i]!;
    const entry = table[(row << 8) | octet]!;
    const length = entry & 31;
    row = SYMBOL_OF[octet]!;
    word = (word << length) | (entry >>> 5);
    waiting += length;
    // Octets are written whether full or not, and `to` moves on over the full ones: how many are full is a branch that
    // the processor cannot foresee.
    const top = word << (32 - waiting);
    target[to] = top >>> 24;
    target[to + 1] = top >>> 16;
    if (waiting >= 24) target[to + 2] = top >>> 8;
    to += waiting >>> 3;
    waiting &= 7;
  }
  if (waiting > 0) {
    target[to] = (word << (8 - waiting)) | (0xff >>> waiting);
    to += 1;
  }
  return to;
}
