// Names for tests of the trie: from text, from labels, arbitrary ones, and what both tries say about a name.
import fc from 'fast-check';
import { TrieBuilder, type TrieBuilderOptions } from '../../src/trie/builder.ts';
import { findAll, type Matches, openTrie, ruleSetsOf, type Trie } from '../../src/trie/reader.ts';
import { type NaiveMatch, NaiveTrie } from './naive-trie.ts';

/** A wire name of these labels, each a latin-1 string. */
export function nameOf(...labels: string[]): Uint8Array {
  const text = [...labels, ''].map((label) => String.fromCharCode(label.length) + label).join('');
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** A wire name from plain text without escapes. */
export const name = (text: string): Uint8Array => nameOf(...(text === '.' ? [] : text.split('.')));

export function newMatches(): Matches {
  return { sets: new Int32Array(128), offsets: new Int32Array(128) };
}

const matches = newMatches();

/** What the trie says about a name, in the naive twin's words. */
export function found(trie: Trie, sets: readonly (readonly number[])[], of: Uint8Array): NaiveMatch[] {
  const count = findAll(trie, of, of.length, matches);
  return Array.from({ length: count }, (_, i) => ({
    rules: sets[matches.sets[i]!]!,
    offset: matches.offsets[i]!,
  }));
}

export type Entry = readonly [name: Uint8Array, rule: number];

/** Builds both tries of the same entries. */
export function bothTries(entries: Iterable<Entry>, options?: TrieBuilderOptions) {
  const builder = new TrieBuilder(options);
  const naive = new NaiveTrie();
  for (const [entry, rule] of entries) {
    builder.add(entry, rule);
    naive.add(entry, rule);
  }
  const buffer = builder.finish();
  const trie = openTrie(buffer);
  return { builder, buffer, trie, sets: ruleSetsOf(trie), naive };
}

/** Labels that meet often, so that random names share ancestors; some binary, with NUL, dots and escapes in them. */
const label = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'ab',
    'www',
    'com',
    'net',
    'example',
    'example-1',
    '\0',
    'a.b',
    '\xff\xfe',
    '_dmarc',
  ),
  fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', '0', '-', 'z') }),
  fc
    .uint8Array({ minLength: 1, maxLength: 63 })
    .map((bytes) =>
      Buffer.from(bytes.map((octet) => (octet >= 65 && octet <= 90 ? octet + 32 : octet))).toString('latin1'),
    ),
);

/** Wire names, lower case, of at most 255 octets. */
export const anyName: fc.Arbitrary<Uint8Array> = fc
  .array(label, { maxLength: 8 })
  .map((labels) => nameOf(...labels))
  .filter((wire) => wire.length <= 255);

export const anyEntries: fc.Arbitrary<Entry[]> = fc.array(
  fc.tuple(anyName, fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 }), fc.nat({ max: 2 ** 31 - 1 }))),
  { maxLength: 120 },
);
