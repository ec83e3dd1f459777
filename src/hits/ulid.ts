// Identifiers of hits, incidents and notices: ULIDs, 48 bits of time and 80 of chance in 26 characters that sort by time.
//
// Own, because it is forty lines and must take clock and chance from outside; the form is github.com/ulid/spec's.
import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHANCE_OCTETS = 10;
const POOL_OCTETS = 4096;
/** The last two characters. */
const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_, bits) => ALPHABET[bits >>> 5]! + ALPHABET[bits & 31]!,
);

const pool = new Uint8Array(POOL_OCTETS);
let poolAt = POOL_OCTETS;

/** Drawn many at a time: asking for ten octets costs as much as for four thousand. */
function fillFromPool(bytes: Uint8Array): void {
  if (poolAt + bytes.length > POOL_OCTETS) {
    randomFillSync(pool);
    poolAt = 0;
  }
  bytes.set(pool.subarray(poolAt, poolAt + bytes.length));
  poolAt += bytes.length;
}

export type UlidMaker = (timeMs: number) => string;

/** A maker whose identifiers of one millisecond, or of a clock that went back, still sort in the order they were made. */
export function createUlidMaker(fill: (bytes: Uint8Array) => void = fillFromPool): UlidMaker {
  const chance = new Uint8Array(CHANCE_OCTETS);
  let lastMs = -1;
  let prefix = '';
  /** All but the last pair, and that pair: most identifiers differ from the one before in it alone. */
  let head = '';
  let pair = 0;
  const begin = (): void => {
    head = prefix + chanceText(chance).slice(0, -2);
    pair = ((chance[8]! & 3) << 8) | chance[9]!;
  };
  return (timeMs) => {
    if (timeMs > lastMs) {
      lastMs = timeMs;
      prefix = timeText(timeMs);
      fill(chance);
      chance[0]! &= 0x7f; // leaves room to count up
      begin();
    } else if (pair < PAIRS.length - 1) pair += 1;
    else {
      chance[8]! |= 3;
      chance[9] = 0xff;
      increment(chance);
      begin();
    }
    return head + PAIRS[pair]!;
  };
}

function increment(chance: Uint8Array): void {
  for (let i = CHANCE_OCTETS - 1; i >= 0; i -= 1) {
    chance[i] = (chance[i]! + 1) & 0xff;
    if (chance[i] !== 0) return;
  }
}

function timeText(timeMs: number): string {
  let text = '';
  let rest = timeMs;
  for (let i = 0; i < 10; i += 1) {
    text = ALPHABET[rest % 32]! + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function chanceText(chance: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < CHANCE_OCTETS; i += 1) {
    held = (held << 8) | chance[i]!;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31]!;
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
