import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { countDifference, missingFrom } from '../../src/trie/difference.ts';
import { entriesOf } from '../../src/trie/entries.ts';
import { octets } from '../support/naive-trie.ts';
import { anyEntries, bothTries, name } from '../support/trie-names.ts';

t.test('a walk gives every entry once, with its rules', async () => {
  const model = fc.property(anyEntries, fc.integer(), (entries, seed) => {
    const { trie, sets, naive } = bothTries(entries, { seed });
    const walked: string[] = [];
    for (const entry of entriesOf(trie)) {
      walked.push(octets(entry.name));
      deepStrictEqual(sets[entry.set], naive.rulesOf(entry.name));
    }
    deepStrictEqual(walked.sort(), naive.keys());
  });
  fc.assert(model, { numRuns: 100 });
});

t.test('a walk goes through tables inside tables', async (t) => {
  const entries = Array.from({ length: 4000 }, (_, i) => {
    const deep = `n${i % 61}.m${i % 37}.blog${i % 3}.example`;
    return [name(i % 2 === 0 ? deep : `host-${i}.zip`), i % 300] as const;
  });
  const { trie, naive } = bothTries(entries);
  t.strictSame([...entriesOf(trie)].map((entry) => octets(entry.name)).sort(), naive.keys());
});

t.test('a walk over nothing gives nothing', async (t) => {
  t.strictSame([...entriesOf(bothTries([]).trie)], []);
});

t.test('the difference of two tries is the names that only one holds', async () => {
  const model = fc.property(anyEntries, anyEntries, (before, after) => {
    const earlier = bothTries(before, { seed: 1 });
    const later = bothTries(after, { seed: 2 });
    const only = (a: readonly string[], b: readonly string[]) => a.filter((key) => !b.includes(key));
    const gained = only(later.naive.keys(), earlier.naive.keys());
    const lost = only(earlier.naive.keys(), later.naive.keys());
    const names = (of: Iterable<{ name: Uint8Array }>) => [...of].map((entry) => octets(entry.name)).sort();
    deepStrictEqual(names(missingFrom(earlier.trie, later.trie)), gained);
    deepStrictEqual(names(missingFrom(later.trie, earlier.trie)), lost);
    deepStrictEqual(countDifference(earlier.trie, later.trie), { gained: gained.length, lost: lost.length });
  });
  fc.assert(model, { numRuns: 60 });
});
