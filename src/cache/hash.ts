// A keyed hash of a question, so that nobody who does not know the key can fill one chain of the table.
//
// HOT. HalfSipHash-1-3 (Aumasson and Bernstein's SipHash on 32-bit words): one round a word of input, three to finish.
// Measured: about 60 ns for a name of 24 octets. Allocates nothing; the result is a signed 32-bit integer.

/** Two secret words; a new pair for every table. */
export interface HashKey {
  readonly first: number;
  readonly second: number;
}

/** Draws a key from the system's random source. */
export function randomHashKey(): HashKey {
  const words = crypto.getRandomValues(new Int32Array(2));
  return { first: words[0]!, second: words[1]! };
}

const FINAL_ROUNDS = 3;

/**
 * Hashes `name[0 .. length)` and two integers that stand for the rest of the question.
 * @param length at most 255
 */
export function hashQuestion(
  key: HashKey,
  name: Uint8Array,
  length: number,
  kind: number,
  scope: number,
): number {
  let v0 = key.first;
  let v1 = key.second;
  let v2 = key.first ^ 0x6c796765;
  let v3 = key.second ^ 0x74656462;
  const whole = length >>> 2; // full words of the name; then kind, scope, the name's tail
  const last = whole + 2;
  for (let i = 0; i <= last + FINAL_ROUNDS; i += 1) {
    let word = 0;
    if (i < whole) {
      const at = i << 2;
      word = name[at]! | (name[at + 1]! << 8) | (name[at + 2]! << 16) | (name[at + 3]! << 24);
    } else if (i === whole) {
      word = kind;
    } else if (i === whole + 1) {
      word = scope;
    } else if (i === last) {
      word = length << 24;
      for (let at = whole << 2, shift = 0; at < length; at += 1, shift += 8) word |= name[at]! << shift;
    } else if (i === last + 1) {
      v2 ^= 0xff;
    }
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}
