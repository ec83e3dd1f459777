import { getHeapStatistics } from 'node:v8';
import t from 'tap';
import { HEADER_OCTETS, WORD } from '../../src/trie/layout.ts';
import { findAll, openTrie } from '../../src/trie/reader.ts';
import { bothTries, found, name, newMatches } from '../support/trie-names.ts';

const some = () =>
  bothTries([
    [name('a.example'), 0],
    [name('b.example'), 1],
  ]).buffer; // prettier-ignore

/** The same octets but for one word of the header. */
function withWord(word: number, value: number): SharedArrayBuffer {
  const buffer = some();
  new Uint32Array(buffer)[word] = value;
  return buffer;
}

function cut(buffer: SharedArrayBuffer, octets: number): SharedArrayBuffer {
  const shorter = new SharedArrayBuffer(octets);
  new Uint8Array(shorter).set(new Uint8Array(buffer, 0, Math.min(octets, buffer.byteLength)));
  return shorter;
}

t.test('a buffer that is no trie is refused, each fault with its own code and sentence', async (t) => {
  const refused = (buffer: SharedArrayBuffer, code: string, message: RegExp) =>
    t.throws(() => openTrie(buffer), { name: 'TrieError', code, message });
  refused(new SharedArrayBuffer(0), 'TRIE_NOT_A_TRIE', /does not begin as a trie/);
  refused(new SharedArrayBuffer(256), 'TRIE_NOT_A_TRIE', /does not begin as a trie/);
  refused(withWord(WORD.magic, 7), 'TRIE_NOT_A_TRIE', /does not begin as a trie/);
  refused(withWord(WORD.version, 99), 'TRIE_OTHER_VERSION', /version 99, this program reads/);
  refused(cut(some(), some().byteLength - 4), 'TRIE_TRUNCATED', /octets of/);
  refused(cut(some(), HEADER_OCTETS - 4), 'TRIE_TRUNCATED', /octets of/);
  refused(cut(some(), some().byteLength + 4), 'TRIE_TRUNCATED', /octets of/);
  refused(cut(some(), some().byteLength - 1), 'TRIE_MISALIGNED', /no whole number of words/);
  refused(withWord(WORD.setsAt, 2 ** 31), 'TRIE_DAMAGED', /do not fit together/);
  refused(withWord(WORD.slicesAt, 66), 'TRIE_DAMAGED', /do not fit together/);
  refused(withWord(WORD.sliceBits, 40), 'TRIE_DAMAGED', /do not fit together/);
  t.doesNotThrow(() => openTrie(some()));
});

t.test('the longest of several matches comes last, with the offset of its first label', async (t) => {
  const { trie, sets } = bothTries([
    [name('example'), 1],
    [name('b.a.example'), 2],
    [name('d.c.b.a.example'), 3],
  ]);
  t.strictSame(found(trie, sets, name('e.d.c.b.a.example')), [
    { rules: [1], offset: 10 },
    { rules: [2], offset: 6 },
    { rules: [3], offset: 2 },
  ]);
});

t.test('a name may stand in a longer buffer', async (t) => {
  const { trie } = bothTries([[name('a.example'), 0]]);
  const query = new Uint8Array(512).fill(0xaa);
  query.set(name('x.a.example'));
  const matches = newMatches();
  t.equal(findAll(trie, query, name('x.a.example').length, matches), 1);
  t.equal(matches.offsets[0], 2);
});

t.test('the list a trie was made of may be of 21 names', async (t) => {
  const entries = Array.from({ length: 21 }, (_, i) => [name(`indicator-${i}.example.com`), 0] as const);
  const { buffer, trie, sets, naive } = bothTries(entries, { seed: 1 });
  t.ok(buffer.byteLength < 21 * 40, `${buffer.byteLength} octets`);
  for (const [entry] of entries) t.strictSame(found(trie, sets, entry), naive.findAll(entry));
});

t.test('a look-up takes nothing of the heap, hit or miss', async (t) => {
  const { trie } = bothTries(
    Array.from({ length: 500 }, (_, i) => [name(`a${i}.b${i % 9}.example`), 0] as const),
  );
  const asked = ['a7.b7.example', 'x.a7.b7.example', 'other.example', 'b1.example', 'a.test', '.'].map(name);
  const matches = newMatches();
  const allocated = (rounds: number): number => {
    const before = getHeapStatistics().total_allocated_bytes;
    for (let i = 0; i < rounds; i += 1) for (const wire of asked) findAll(trie, wire, wire.length, matches);
    return getHeapStatistics().total_allocated_bytes - before;
  };
  allocated(30_000);
  // Code that is not compiled yet takes some; on a busy machine that comes late.
  const least = Math.min(...Array.from({ length: 5 }, () => allocated(50_000)));
  const each = least / (50_000 * asked.length);
  t.ok(each < 4, `${each} octets a look-up; the smallest object takes 12`);
});
