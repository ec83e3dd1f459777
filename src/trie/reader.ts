// Looks names up in a compiled trie.
import { HEADER, hashOctets, MAGIC, VERSION } from './layout.ts';
import { TrieError } from './trie-error.ts';

export interface Trie {
  readonly buffer: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Distinct names held. */
  readonly names: number;
}

/** Where findAll puts what it found; 128 places each suffice for any name. */
export interface Matches {
  readonly sets: Int32Array;
  readonly offsets: Int32Array;
}

/** Opens a buffer that TrieBuilder.finish made, in this thread or another. @throws TrieError */
export function openTrie(buffer: SharedArrayBuffer): Trie {
  if (buffer.byteLength < HEADER.octets || buffer.byteLength % 4 !== 0)
    throw new TrieError('TRIE_TRUNCATED', 'the trie is shorter than its header (openTrie); build it again');
  const words = new Uint32Array(buffer);
  if (words[0] !== MAGIC)
    throw new TrieError('TRIE_NOT_A_TRIE', 'the buffer holds no trie (openTrie); build it again');
  if (words[1] !== VERSION)
    throw new TrieError('TRIE_OTHER_VERSION', `the trie has version ${words[1]} (openTrie); build it again`);
  if (words[2] !== buffer.byteLength)
    throw new TrieError('TRIE_TRUNCATED', 'the trie is not as long as it says (openTrie); build it again');
  return { buffer, bytes: new Uint8Array(buffer), words, names: words[4]! };
}

/**
 * Finds every entry that is `name` or one of its ancestors, the shortest first.
 * @param name lower-case wire form from octet 0
 * @returns how many places of `matches` are filled
 */
export function findAll(trie: Trie, name: Uint8Array, length: number, matches: Matches): number {
  const { bytes, words } = trie;
  const mask = words[5]! - 1;
  let count = 0;
  for (let start = 0; start < length; start += name[start]! + 1) {
    let slot = hashOctets(words[3]! | 0, name, start, length) & mask;
    for (;;) {
      const at = words[HEADER.octets / 4 + slot]!;
      if (at === 0) break;
      let same = true;
      for (let i = 0; same && i < length - start; i += 1) same = bytes[at + 4 + i] === name[start + i];
      if (same) {
        matches.sets[count] =
          bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
        matches.offsets[count] = start;
        count += 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  for (let low = 0, high = count - 1; low < high; low += 1, high -= 1) {
    const set = matches.sets[low]!;
    const offset = matches.offsets[low]!;
    matches.sets[low] = matches.sets[high]!;
    matches.offsets[low] = matches.offsets[high]!;
    matches.sets[high] = set;
    matches.offsets[high] = offset;
  }
  return count;
}

/** Set number → rule numbers. Cold: read it once and keep it. */
export function ruleSetsOf(trie: Trie): readonly (readonly number[])[] {
  const { words } = trie;
  const sets: number[][] = [];
  let at = words[6]! / 4;
  for (let set = 0; set < words[7]!; set += 1) {
    const count = words[at]!;
    sets.push([...words.subarray(at + 1, at + 1 + count)]);
    at += 1 + count;
  }
  return sets;
}
