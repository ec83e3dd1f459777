// The code labels are kept in: each octet takes 1 to 15 bits, fewer the more usual it is after the octet before it.
//
// Invariants: within a context no code begins another; fewer than 8 one-bits are never a code, so that the filling at a
// label's end is never read as an octet. Bits run from the low end of an octet to the high one.
// Trade: order 1 takes 3.9 bits an octet on real lists, order 0 takes 4.6, order 2 would take 3.4 and 60 kB of tables.

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

/**
 * Canonical codes of these lengths: shorter first, then by number; each as `code << 4 | length`, its first bit the lowest.
 */
export function codesOf(lengths: Uint8Array): Int32Array {
  const codes = new Int32Array(lengths.length);
  const counts = new Int32Array(CODE_BITS_MAX + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  /** By length: the next code that is free. */
  const next = new Int32Array(CODE_BITS_MAX + 1);
  for (let length = 1; length <= CODE_BITS_MAX; length += 1)
    next[length] = (next[length - 1]! + counts[length - 1]!) << 1;
  for (let i = 0; i < lengths.length; i += 1) {
    const length = lengths[i]!;
    if (length === 0) continue;
    codes[i] = (reversed(next[length]!, length) << 4) | length;
    next[length]! += 1;
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let turned = 0;
  for (let i = 0; i < length; i += 1) turned |= ((code >>> i) & 1) << (length - 1 - i);
  return turned;
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

/** The codes of all contexts: `code << 4 | length` by `context << CONTEXT_SHIFT | symbol`. */
export function encodingTable(lengths: Uint8Array): Int32Array {
  const table = new Int32Array(TABLE_SIZE);
  for (let context = 0; context < CONTEXTS; context += 1) {
    const row = context << CONTEXT_SHIFT;
    table.set(codesOf(lengths.subarray(row, row + SYMBOLS)), row);
  }
  return table;
}
