// Longest-prefix match over addresses of 16 octets (IPv4 as ::ffff:a.b.c.d): who may ask, and which group a client is in.
//
// HOT. One open-addressed table for each prefix length in use, tried from the longest; a look-up allocates nothing and
// costs one masked hash a length (a handful in practice), or one hash and a comparison for an address that was asked for
// lately. Addresses are handled as four words in network order. Twin: the linear scan in test/policy/prefixes.test.ts.

import { readU32 } from '../wire/header.ts';

const EMPTY = -1;

const WORDS = 4;
/** Addresses whose value is remembered; each has one slot where it may be. */
const RECENT = 256;
/** Of a slot of `recentValues` that was never used: no value, and not −1. */
const NEVER = -2;
/** fe80::/10 in the first word, and where it holds a scope. */
const LINK_LOCAL = 0xfe80_0000 | 0;
const LINK_LOCAL_MASK = 0xffc0_0000 | 0;
const SCOPE = 0xffff;
/** Shorter prefixes say nothing of it. */
const SCOPE_BITS = 32;

interface Level {
  readonly bits: number;
  /** What of each word belongs to the prefix. */
  readonly masks: Int32Array;
  /** Slots × WORDS. */
  readonly keys: Int32Array;
  readonly values: Int32Array;
  readonly slotMask: number;
}

export interface PrefixEntry {
  readonly bytes: Uint8Array;
  readonly bits: number;
  readonly value: number;
}

export class PrefixTable {
  readonly #levels: Level[] = [];
  readonly #address = new Int32Array(WORDS);
  readonly #masked = new Int32Array(WORDS);
  readonly #recent = new Int32Array(RECENT * WORDS);
  readonly #recentValues = new Int32Array(RECENT).fill(NEVER);

  /** @param entries values are ≥ 0; of two entries for one prefix the first counts */
  constructor(entries: readonly PrefixEntry[]) {
    const lengths = [...new Set(entries.map((entry) => entry.bits))].sort((a, b) => b - a);
    for (const bits of lengths) {
      const own = entries.filter((entry) => entry.bits === bits);
      const level = emptyLevel(bits, own.length);
      for (const entry of own) this.#insert(level, entry);
      this.#levels.push(level);
    }
  }

  /** The value of the longest prefix that holds `address` (16 octets), −1 when none does. */
  find(address: Uint8Array): number {
    if (this.#levels.length === 0) return -1;
    this.#read(address);
    const own = this.#address;
    const mixed = Math.imul(own[0]! ^ own[1]! ^ own[2]! ^ Math.imul(own[3]!, 0x85ebca77), 0x9e3779b1);
    const recent = mixed >>> 24;
    const value = this.#recentValues[recent]!;
    if (value !== NEVER && sameKey(this.#recent, recent * WORDS, own)) return value;
    for (let i = 0; i < WORDS; i += 1) this.#recent[recent * WORDS + i] = own[i]!;
    const found = this.#search();
    this.#recentValues[recent] = found;
    return found;
  }

  #search(): number {
    // Of a link-local address with its scope (wire/names/scope.ts): first as it is, then as people write it, without.
    const isScoped =
      (this.#address[0]! & LINK_LOCAL_MASK) === LINK_LOCAL && (this.#address[0]! & SCOPE) !== 0;
    const found = this.#longest(isScoped ? SCOPE_BITS : 0);
    if (!isScoped || found >= 0) return found;
    this.#address[0]! &= ~SCOPE;
    return this.#longest(0);
  }

  #longest(bitsMin: number): number {
    for (let i = 0; i < this.#levels.length; i += 1) {
      const level = this.#levels[i]!;
      if (level.bits < bitsMin) return -1;
      const value = level.values[this.#slot(level)]!;
      if (value !== EMPTY) return value;
    }
    return -1;
  }

  #insert(level: Level, entry: PrefixEntry): void {
    this.#read(entry.bytes);
    const slot = this.#slot(level);
    if (level.values[slot] !== EMPTY) return;
    level.keys.set(this.#masked, slot * WORDS);
    level.values[slot] = entry.value;
  }

  #read(address: Uint8Array): void {
    for (let i = 0; i < WORDS; i += 1) this.#address[i] = readU32(address, i * 4);
  }

  /** The slot that holds the prefix of #address, or the empty one where it would go; leaves the prefix in #masked. */
  #slot(level: Level): number {
    const masked = this.#masked;
    let hash = 0x811c9dc5;
    for (let i = 0; i < WORDS; i += 1) {
      const word = this.#address[i]! & level.masks[i]!;
      masked[i] = word;
      hash = Math.imul(hash ^ word ^ (hash >>> 15), 0x9e3779b1);
    }
    hash ^= hash >>> 15;
    for (let slot = hash & level.slotMask; ; slot = (slot + 1) & level.slotMask) {
      if (level.values[slot] === EMPTY || sameKey(level.keys, slot * WORDS, masked)) return slot;
    }
  }
}

function emptyLevel(bits: number, count: number): Level {
  let slots = 4;
  while (slots < count * 2 + 1) slots *= 2;
  return {
    bits,
    masks: Int32Array.from({ length: WORDS }, (_, i) => maskOf(bits - i * 32)),
    keys: new Int32Array(slots * WORDS),
    values: new Int32Array(slots).fill(EMPTY),
    slotMask: slots - 1,
  };
}

/** A word whose first `bits` bits are set. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

function sameKey(keys: Int32Array, offset: number, key: Int32Array): boolean {
  for (let i = 0; i < WORDS; i += 1) if (keys[offset + i] !== key[i]) return false;
  return true;
}
