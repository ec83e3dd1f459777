// The seeded hash that spreads labels over slices and buckets.
//
// HOT. Multiply-shift for vectors (Dietzfelbinger 1996): the sum of octet × key, one key for each place. Over the choice
// of keys the top 24 bits of two different labels are equal with a chance of 2^−24, whoever wrote the labels; so a list
// made to fill one bucket needs the seed.

/** Keys for a label alone, then keys for the top label beside it. */
export const HASH_KEYS = 512;
export const TOP_KEYS_AT = 256;

/** Stretches the seed to keys (the splitmix32 sequence). */
export function hashKeys(seed: number): Uint32Array {
  const keys = new Uint32Array(HASH_KEYS);
  let state = seed | 0;
  for (let i = 0; i < HASH_KEYS; i += 1) {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    keys[i] = word ^ (word >>> 15);
  }
  return keys;
}

/**
 * Hash of `octets[at .. end)` on top of `start`, in the top bits of a signed 32-bit integer.
 * @param end at most 256 octets past `at`
 */
export function hashOctets(
  keys: Uint32Array,
  keyAt: number,
  octets: Uint8Array,
  at: number,
  end: number,
  start: number,
): number {
  let hash = start;
  for (let i = at, k = keyAt; i < end; i += 1, k += 1)
    hash = (hash + Math.imul(keys[k]!, octets[i]! + 1)) | 0;
  return hash;
}

/** The bucket, of `buckets`, for the bits of `hash` below its top `shift`. */
export function bucketOf(hash: number, shift: number, buckets: number): number {
  return Math.floor((((hash << shift) >>> 0) * buckets) / 2 ** 32);
}

/** A mark, 1 to 254, from bits of the hash that slice and bucket have not used. */
export function fingerprintOf(hash: number): number {
  return 1 + ((((hash >>> 2) & 0x3ff) * 254) >>> 10);
}
