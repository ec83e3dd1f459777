// Longest-prefix match over addresses of 16 octets (IPv4 as ::ffff:a.b.c.d): who may ask, and which group a client is in.
//
// HOT. One open-addressed table for each prefix length in use, tried from the longest; a look-up allocates nothing and
// costs one masked hash a length (a handful in practice). Twin: the linear scan in test/policy/prefixes.test.ts.

const EMPTY = -1;

interface Level {
  readonly bits: number;
  /** Slots × 16 octets. */
  readonly keys: Uint8Array;
  readonly values: Int32Array;
  readonly mask: number;
}

export interface PrefixEntry {
  readonly bytes: Uint8Array;
  readonly bits: number;
  readonly value: number;
}

export class PrefixTable {
  readonly #levels: Level[] = [];
  readonly #masked = new Uint8Array(16);

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
    for (let i = 0; i < this.#levels.length; i += 1) {
      const level = this.#levels[i]!;
      const value = level.values[this.#slot(level, address)]!;
      if (value !== EMPTY) return value;
    }
    return -1;
  }

  #insert(level: Level, entry: PrefixEntry): void {
    const slot = this.#slot(level, entry.bytes);
    if (level.values[slot] !== EMPTY) return;
    level.keys.set(this.#masked, slot * 16);
    level.values[slot] = entry.value;
  }

  /** The slot that holds the address's prefix, or the empty one where it would go; leaves the prefix in #masked. */
  #slot(level: Level, address: Uint8Array): number {
    const masked = this.#masked;
    const whole = level.bits >>> 3;
    for (let i = 0; i < 16; i += 1) masked[i] = i < whole ? address[i]! : 0;
    if ((level.bits & 7) !== 0) masked[whole] = address[whole]! & (0xff << (8 - (level.bits & 7)));
    let hash = 0x811c9dc5;
    for (let i = 0; i < 16; i += 1) hash = Math.imul(hash ^ masked[i]!, 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & level.mask; ; slot = (slot + 1) & level.mask) {
      if (level.values[slot] === EMPTY || sameKey(level.keys, slot * 16, masked)) return slot;
    }
  }
}

function emptyLevel(bits: number, count: number): Level {
  let slots = 4;
  while (slots < count * 2 + 1) slots *= 2;
  return {
    bits,
    keys: new Uint8Array(slots * 16),
    values: new Int32Array(slots).fill(EMPTY),
    mask: slots - 1,
  };
}

function sameKey(keys: Uint8Array, offset: number, key: Uint8Array): boolean {
  for (let i = 0; i < 16; i += 1) if (keys[offset + i] !== key[i]) return false;
  return true;
}
