// Addresses and networks → rule numbers, in one shared buffer that every thread reads and none copies.
//
// HOT. Drawing: header (MAGIC, VERSION, IPv4 entries, IPv6 entries), then four arrays of words: IPv4 keys, IPv6 keys (4 words
// each), links, rules. An entry is one network with one rule; entries are sorted by first address, wider networks first,
// IPv4 before IPv6 in `links` and `rules`. A link holds the prefix length in its high octet and, below it, 1 + the entry of
// the next wider network that covers this one (0: none).
// Invariant: networks nest, so whatever covers an address is the last entry that begins at or before it, or on its way up.
// Twin: test/policy/addresses.test.ts compares it with a linear scan.
import { readU32 } from '../../wire/header.ts';

export const MAGIC = 0x6365_6164;
export const VERSION = 1;
export const HEADER_WORDS = 4;
/** Entries of both families together that a link can name. */
export const ENTRIES_MAX = 0xff_ffff;
const PARENT_MASK = 0xff_ffff;

export interface AddressTable {
  readonly keys4: Uint32Array;
  readonly keys6: Uint32Array;
  readonly links: Uint32Array;
  readonly rules: Uint32Array;
}

/** @throws Error when the buffer is none of this version */
export function openAddresses(buffer: SharedArrayBuffer): AddressTable {
  const words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  const count4 = words[2] ?? 0;
  const count6 = words[3] ?? 0;
  const count = count4 + count6;
  const isWhole = words.length === HEADER_WORDS + count4 + 4 * count6 + 2 * count;
  if (words[0] !== MAGIC || words[1] !== VERSION || !isWhole)
    throw new Error('address table of another version, or cut short; the lists have to be compiled again');
  const links = HEADER_WORDS + count4 + 4 * count6;
  return {
    keys4: words.subarray(HEADER_WORDS, HEADER_WORDS + count4),
    keys6: words.subarray(HEADER_WORDS + count4, links),
    links: words.subarray(links, links + count),
    rules: words.subarray(links + count),
  };
}

/** The number of entries: networks, each as often as it has rules. */
export function countOf(table: AddressTable): number {
  return table.rules.length;
}

/**
 * The narrowest network that holds an address; `widerEntry` leads on to the others.
 * @param length 4 or 16 octets at `offset`
 * @returns an entry, −1 when none does
 */
export function findAddress(table: AddressTable, octets: Uint8Array, offset: number, length: number): number {
  return length === 4 ? find4(table, readU32(octets, offset)) : find6(table, octets, offset);
}

/** The next wider network that holds what this one holds, or the same one's next rule; −1 when there is none. */
export function widerEntry(table: AddressTable, entry: number): number {
  return (table.links[entry]! & PARENT_MASK) - 1;
}

/** Prefix length of an entry, in bits of its own family. */
export function bitsOf(table: AddressTable, entry: number): number {
  return table.links[entry]! >>> 24;
}

function find4(table: AddressTable, address: number): number {
  const keys = table.keys4;
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  let entry = low - 1;
  while (entry >= 0 && !sameBits(keys[entry]!, address, bitsOf(table, entry)))
    entry = widerEntry(table, entry);
  return entry;
}

function find6(table: AddressTable, octets: Uint8Array, offset: number): number {
  const first = table.keys4.length;
  let low = 0;
  let high = table.keys6.length >>> 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrBefore(table.keys6, middle << 2, octets, offset)) low = middle + 1;
    else high = middle;
  }
  let entry = low === 0 ? -1 : first + low - 1;
  while (entry >= 0 && !holds6(table.keys6, (entry - first) << 2, octets, offset, bitsOf(table, entry)))
    entry = widerEntry(table, entry);
  return entry;
}

/** Whether two words agree in their first `bits` (0 to 32). */
function sameBits(a: number, b: number, bits: number): boolean {
  return bits === 0 || (a ^ b) >>> (32 - bits) === 0;
}

function isAtOrBefore(keys: Uint32Array, at: number, octets: Uint8Array, offset: number): boolean {
  for (let word = 0; word < 4; word += 1) {
    const own = keys[at + word]!;
    const other = readU32(octets, offset + 4 * word);
    if (own !== other) return own < other;
  }
  return true;
}

function holds6(keys: Uint32Array, at: number, octets: Uint8Array, offset: number, bits: number): boolean {
  for (let word = 0; word < 4; word += 1) {
    const left = Math.min(32, Math.max(0, bits - 32 * word));
    if (!sameBits(keys[at + word]!, readU32(octets, offset + 4 * word), left)) return false;
  }
  return true;
}
