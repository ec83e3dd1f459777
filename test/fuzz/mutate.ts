// Seeded random queries, good and broken, for the fuzz run: same seed, same packets.
import { concat, optOctets, query } from '../support/message.ts';

/** A small generator of 32-bit numbers (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
}

const TYPES = [1, 2, 5, 6, 12, 15, 16, 28, 33, 35, 43, 64, 65, 255, 257, 65_280];

/** One packet: a sound query to which up to eight things have been done, or plain noise. */
export function mutant(random: () => number): Uint8Array {
  const below = (limit: number): number => random() % limit;
  if (below(20) === 0) return Uint8Array.from({ length: below(200) }, () => below(256));
  let octets = seedQuery(below);
  for (let i = below(8); i > 0; i -= 1) octets = mutate(octets, below);
  return octets;
}

function seedQuery(below: (limit: number) => number): Uint8Array {
  const base = below(3) === 0 ? 'blocked.example' : 'example.org';
  const labels = Array.from({ length: below(4) }, () => below(1e6).toString(36));
  const options = Array.from({ length: below(3) }, () => ({
    code: [3, 8, 10, 11, 12, 15, 65_001][below(7)] ?? 3,
    data: Uint8Array.from({ length: below(24) }, () => below(256)),
  }));
  const edns = { size: below(65_536), dnssecOk: below(2) === 0, options };
  return query([...labels, base].join('.'), TYPES[below(TYPES.length)] ?? 1, {
    id: below(65_536),
    ...(below(2) === 0 ? { edns } : {}),
  });
}

function mutate(octets: Uint8Array, below: (limit: number) => number): Uint8Array {
  const at = below(octets.length + 1);
  const copy = Uint8Array.from(octets);
  switch (below(9)) {
    case 0:
      copy[at] = below(256);
      return copy;
    case 1:
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return concat(copy.subarray(0, at), [below(256)], copy.subarray(at));
    case 4:
      return concat(copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + 1 + below(4))));
    case 5:
      copy[4 + below(8)] = [0, 1, 2, 255][below(4)] ?? 0;
      return copy;
    case 6:
      return concat(copy.subarray(0, at), [0xc0 | below(64), below(256)], copy.subarray(at));
    case 7:
      return concat(copy, optOctets({ version: below(3), flags: below(32_768) }));
    default:
      return concat(copy, copy.subarray(at));
  }
}
