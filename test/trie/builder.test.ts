import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { TrieBuilder } from '../../src/trie/builder.ts';
import { bucketOf, hashKeys, hashOctets } from '../../src/trie/code/octet-hash.ts';
import { entriesOf } from '../../src/trie/entries.ts';
import { BUCKET_RECORDS } from '../../src/trie/layout.ts';
import { openTrie, ruleSetsOf } from '../../src/trie/reader.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { mistakes } from '../support/mistakes.ts';
import { anyEntries, anyName, bothTries, type Entry, found, name, nameOf } from '../support/trie-names.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

t.test('a trie says of every name what a Map of its entries says', async () => {
  const model = fc.property(
    anyEntries,
    fc.array(anyName, { maxLength: 30 }),
    fc.integer(),
    (entries, others, seed) => {
      const { trie, sets, naive } = bothTries(entries, { seed });
      deepStrictEqual(trie.names, naive.names);
      for (const asked of [...entries.map(([entry]) => entry), ...others]) {
        deepStrictEqual(found(trie, sets, asked), naive.findAll(asked));
        const below = nameOf('x', ...labelsOf(asked));
        if (below.length <= 255) deepStrictEqual(found(trie, sets, below), naive.findAll(below));
      }
    },
  );
  fc.assert(model, { numRuns: 150 });
});

t.test('a name of many children, and each child, is found', async (t) => {
  const entries = Array.from(
    { length: 3000 },
    (_, i) => [name(`host-${i}.${i % 7}.blog.example`), i % 9] as const,
  );
  const { trie, sets, naive } = bothTries(entries, { seed: 7 });
  const wrong = mistakes();
  for (const [entry] of entries)
    wrong.compare(found(trie, sets, entry), naive.findAll(entry), nameToText(entry));
  for (let i = 3000; i < 6000; i += 1) {
    const other = `host-${i}.${i % 7}.blog.example`;
    wrong.compare(found(trie, sets, name(other)), [], other);
  }
  wrong.none(t);
});

t.test('an empty trie holds nothing, not even the root', async (t) => {
  const { trie, sets } = bothTries([]);
  t.equal(trie.names, 0);
  t.strictSame(sets, []);
  for (const text of ['.', 'com', 'example.com']) t.strictSame(found(trie, sets, name(text)), []);
});

t.test('the root name is an entry like another and is found above every name', async (t) => {
  const { trie, sets } = bothTries([
    [name('.'), 4],
    [name('a.example'), 5],
  ]);
  t.strictSame(found(trie, sets, name('.')), [{ rules: [4], offset: 0 }]);
  t.strictSame(found(trie, sets, name('b.a.example')), [
    { rules: [4], offset: 12 },
    { rules: [5], offset: 2 },
  ]);
});

t.test('a top label is an entry whether it is usual or not', async (t) => {
  const usual = Array.from({ length: 50 }, (_, i) => [name(`n${i}.zip`), 0] as const);
  const { trie, sets } = bothTries([...usual, [name('zip'), 1], [name('rare'), 2]]);
  t.strictSame(found(trie, sets, name('x.zip')), [{ rules: [1], offset: 2 }]);
  t.strictSame(found(trie, sets, name('x.rare')), [{ rules: [2], offset: 2 }]);
  t.strictSame(found(trie, sets, name('x.other')), []);
  t.strictSame(found(trie, sets, name('zip')), [{ rules: [1], offset: 0 }]);
});

t.test('names match on label boundaries only', async (t) => {
  const { trie, sets } = bothTries([[name('ample.com'), 0]]);
  t.equal(found(trie, sets, name('ample.com')).length, 1);
  t.equal(found(trie, sets, name('ex.ample.com')).length, 1);
  t.equal(found(trie, sets, name('example.com')).length, 0);
  t.equal(found(trie, sets, nameOf('ex.ample', 'com')).length, 0);
  t.equal(found(trie, sets, nameOf('ample.com')).length, 0);
  t.equal(found(trie, sets, nameOf('ample', 'com\0')).length, 0);
});

t.test('a name given with several rules carries all of them once', async (t) => {
  const { builder, trie, sets } = bothTries([
    [name('a.example'), 9],
    [name('a.example'), 2],
    [name('a.example'), 9],
    [name('b.example'), 2],
  ]);
  t.equal(builder.names, 2);
  t.equal(trie.names, 2);
  t.strictSame(found(trie, sets, name('a.example')), [{ rules: [2, 9], offset: 0 }]);
  t.strictSame(found(trie, sets, name('b.example')), [{ rules: [2], offset: 0 }]);
});

t.test('names of 255 octets and of 127 labels are held', async (t) => {
  const long = nameOf('a'.repeat(63), '\xff'.repeat(63), '-'.repeat(63), '\0'.repeat(61));
  const deep = nameOf(...'ab'.repeat(64).slice(0, 127));
  t.equal(long.length, 255);
  t.equal(deep.length, 255);
  const { trie, sets } = bothTries([
    [long, 0],
    [deep, 1],
  ]);
  t.strictSame(found(trie, sets, long), [{ rules: [0], offset: 0 }]);
  t.strictSame(found(trie, sets, deep), [{ rules: [1], offset: 0 }]);
  t.strictSame(found(trie, sets, deep.subarray(2)), []);
});

t.test('every ancestor of a name may be an entry', async (t) => {
  const deep = nameOf(...'ab'.repeat(64).slice(0, 127));
  const entries = Array.from({ length: 128 }, (_, i) => [deep.subarray(i * 2), i] as const);
  const { trie, sets, naive } = bothTries(entries);
  t.equal(found(trie, sets, deep).length, 128);
  t.strictSame(found(trie, sets, deep), naive.findAll(deep));
});

t.test('the same names and seed make the same trie, another seed another one', async (t) => {
  const entries = Array.from({ length: 500 }, (_, i) => [name(`n${i}.example`), i % 3] as const);
  const bytes = (seed: number) => Buffer.from(bothTries(entries, { seed }).buffer);
  t.ok(bytes(1).equals(bytes(1)));
  t.notOk(bytes(1).equals(bytes(2)));
});

t.test('a builder refuses what it cannot hold, each with its sentence', async (t) => {
  const builder = new TrieBuilder();
  const refused = (code: string, message: RegExp) => ({ name: 'TrieError', code, message });
  t.throws(() => builder.add(Uint8Array.of(3, 97), 0), refused('TRIE_BAD_NAME', /not in wire form/));
  t.throws(() => builder.add(Uint8Array.of(0xc0, 12), 0), refused('TRIE_BAD_NAME', /not in wire form/));
  t.throws(() => builder.add(name('a'), -1), refused('TRIE_BAD_RULE', /-1 is no rule number/));
  t.throws(() => builder.add(name('a'), 0.5), refused('TRIE_BAD_RULE', /0.5 is no rule number/));
  t.equal(builder.names, 0);
  builder.finish();
  t.throws(() => builder.add(name('a'), 0), refused('TRIE_FINISHED', /finished trie/));
  t.throws(() => builder.finish(), refused('TRIE_FINISHED', /finished already/));
});

t.test('a trie that would pass its limit is refused with the figures', async (t) => {
  const builder = new TrieBuilder({ octetsMax: 100 });
  for (let i = 0; i < 50; i += 1) builder.add(name(`n${i}.example`), 0);
  t.throws(() => builder.finish(), {
    code: 'TRIE_TOO_LARGE',
    message: /50 names takes \d+ octets, more than 100/,
  });
});

t.test('names that all fall into one bucket, which takes the seed to make, are still found', async (t) => {
  const keys = hashKeys(5);
  const crowd: Entry[] = [];
  for (let i = 0; crowd.length < 400; i += 1) {
    const text = `n${i}`;
    const hash = hashOctets(keys, 0, Buffer.from(text), 0, text.length, 0);
    if (bucketOf(hash, 0, 400 / BUCKET_RECORDS) === 17) crowd.push([name(`${text}.crowd.example`), 0]);
  }
  const { trie, sets } = bothTries(crowd, { seed: 5 });
  t.ok(crowd.every(([entry]) => found(trie, sets, entry).length === 1));
  t.equal([...entriesOf(trie)].length, 400);
  t.strictSame(found(trie, sets, name('other.crowd.example')), []);
});

t.test('lists that repeat each other are held once and cost little more than one of them', async (t) => {
  const builder = (times: number) => {
    const built = new TrieBuilder({ seed: 3 });
    for (let rule = 0; rule < times; rule += 1)
      for (let i = 0; i < 20_000; i += 1) built.add(name(`customer-${i}.pages.example`), rule);
    return built;
  };
  const once = builder(1);
  const often = builder(6);
  const trie = openTrie(often.finish());
  once.finish();
  t.equal(often.names, 20_000);
  t.ok(often.peakOctets < once.peakOctets * 2.5, `${often.peakOctets} octets against ${once.peakOctets}`);
  const sets = ruleSetsOf(trie);
  t.strictSame(found(trie, sets, name('customer-7.pages.example')), [
    { rules: [0, 1, 2, 3, 4, 5], offset: 0 },
  ]);
  const rules = new Set([...entriesOf(trie)].map((entry) => sets[entry.set]?.join()));
  t.strictSame([...rules], ['0,1,2,3,4,5']);
});

t.test('thousands of different rule sets keep apart', async (t) => {
  const entries = Array.from({ length: 5000 }, (_, i) => [name(`n${i}.example`), i * 1000] as const);
  const { trie, sets } = bothTries(entries);
  t.equal(ruleSetsOf(openTrie(trie.buffer)).length, 5000);
  let wrong = 0;
  entries.forEach(([entry, rule]) => {
    if (found(trie, sets, entry)[0]?.rules[0] !== rule) wrong += 1;
  });
  t.equal(wrong, 0);
});

t.test('a run of labels is parted wherever another name ends or turns off', async () => {
  const turn = fc.record({
    at: fc.nat({ max: 119 }),
    label: fc.constantFrom('a', 'b', 'c'),
    more: fc.nat({ max: 9 }),
  });
  const model = fc.property(fc.array(turn, { minLength: 1, maxLength: 25 }), fc.nat(), (turns, seed) => {
    const names = [Array.from({ length: 120 }, (_, i) => 'ab'[i % 2]!)];
    for (const { at, label, more } of turns) {
      const beside = names[(at + more) % names.length]!;
      names.push([...Array<string>(more).fill('c'), label, ...beside.slice(-at)].slice(-120));
    }
    const entries = names.map((labels, rule): Entry => [nameOf(...labels, 'example'), rule]);
    const { trie, sets, naive } = bothTries(entries, { seed });
    deepStrictEqual(trie.names, naive.names);
    for (const [entry] of entries) {
      deepStrictEqual(found(trie, sets, entry), naive.findAll(entry));
      deepStrictEqual(found(trie, sets, entry.subarray(2)), naive.findAll(entry.subarray(2)));
    }
    const walked = [...entriesOf(trie)].map((entry) => nameToText(entry.name));
    deepStrictEqual(walked.length, naive.names);
    deepStrictEqual(new Set(walked), new Set(entries.map(([entry]) => nameToText(entry))));
  });
  fc.assert(model, { numRuns: 100 });
});

t.test('what deep names take grows with their octets, not with their labels', async (t) => {
  const octetsEach = (labels: number, length: number): number => {
    const random = new SeededRandom(labels);
    const builder = new TrieBuilder({ seed: 4 });
    let octets = 0;
    for (let i = 0; i < 3000; i += 1) {
      const part = (): string => Array.from({ length }, () => (random.u16() % 36).toString(36)).join('');
      const wire = nameOf(...Array.from({ length: labels }, part), 'example');
      octets += wire.length;
      builder.add(wire, 0);
    }
    builder.finish();
    return builder.peakOctets / octets;
  };
  const deep = octetsEach(119, 1);
  const wide = octetsEach(4, 58);
  t.ok(deep < 8 && wide < 5, `${deep} and ${wide} octets of memory each`);
});

function labelsOf(wire: Uint8Array): string[] {
  const labels: string[] = [];
  for (let at = 0; wire[at] !== 0; at += wire[at]! + 1)
    labels.push(Buffer.from(wire.subarray(at + 1, at + 1 + wire[at]!)).toString('latin1'));
  return labels;
}
