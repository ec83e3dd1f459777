// What names one trie holds and another does not: what a refresh gained and lost.
import { entriesOf, type TrieEntry } from './entries.ts';
import { findAll, type Matches, type Trie } from './reader.ts';

export interface Difference {
  /** Names that only the later trie holds. */
  readonly gained: number;
  /** Names that only the earlier trie holds. */
  readonly lost: number;
}

/** Whether the trie holds this very name (lower-case wire form) as an entry. */
export function holds(trie: Trie, name: Uint8Array, matches: Matches): boolean {
  const count = findAll(trie, name, name.length, matches);
  return count > 0 && matches.offsets[count - 1] === 0;
}

/** Entries of `trie` whose names `other` does not hold. Swap the two to see the other side. */
export function* missingFrom(other: Trie, trie: Trie): Generator<TrieEntry, void> {
  const matches: Matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  for (const entry of entriesOf(trie)) if (!holds(other, entry.name, matches)) yield entry;
}

/** How many names came and went between two tries; one walk, since both know how many they hold. */
export function countDifference(earlier: Trie, later: Trie): Difference {
  let gained = 0;
  for (const _ of missingFrom(earlier, later)) gained += 1;
  const kept = later.names - gained;
  return { gained, lost: earlier.names - kept };
}
