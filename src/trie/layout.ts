// The places of the trie's header and the hash that finds a name.

export const MAGIC = 0x74726965;
export const VERSION = 1;
export const HEADER = { octets: 32 } as const;

export function hashOctets(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = seed;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
