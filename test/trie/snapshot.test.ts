import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openTrie } from '../../src/trie/reader.ts';
import { readSnapshot, snapshotParts } from '../../src/trie/snapshot.ts';
import { bothTries, found, name } from '../support/trie-names.ts';

const metadata = Buffer.from(JSON.stringify({ sources: [{ name: 'ads', etag: '"1"' }] }));

function fileOf(given: Uint8Array = metadata): { file: Uint8Array; built: ReturnType<typeof bothTries> } {
  const built = bothTries([
    [name('a.example'), 3],
    [name('b.example'), 4],
  ]); // prettier-ignore
  return { file: Buffer.concat(snapshotParts(built.buffer, given)), built };
}

t.test('a snapshot gives back the trie and the metadata', async (t) => {
  const { file, built } = fileOf();
  const path = join(t.testdir({}), 'lists.trie');
  writeFileSync(path, file);
  const { trie, metadata: kept } = readSnapshot(readFileSync(path));
  t.ok(Buffer.from(trie).equals(Buffer.from(built.buffer)));
  t.strictSame(JSON.parse(Buffer.from(kept).toString()), { sources: [{ name: 'ads', etag: '"1"' }] });
  t.strictSame(found(openTrie(trie), built.sets, name('x.a.example')), [{ rules: [3], offset: 2 }]);
});

t.test('metadata may be empty or of any length', async (t) => {
  for (const length of [0, 1, 2, 3, 5, 1000])
    t.equal(readSnapshot(fileOf(new Uint8Array(length).fill(7)).file).metadata.length, length);
});

t.test('a snapshot need not begin where its buffer begins', async (t) => {
  const { file } = fileOf();
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  t.doesNotThrow(() => openTrie(readSnapshot(shifted.subarray(3)).trie));
});

t.test('a flipped bit anywhere is refused', async (t) => {
  const { file } = fileOf();
  for (let at = 0; at < file.length; at += 1) {
    const damaged = Uint8Array.from(file);
    damaged[at]! ^= 1 << (at % 8);
    t.throws(() => readSnapshot(damaged), { name: 'TrieError' }, `octet ${at}`);
  }
});

t.test('each fault has its own code and sentence', async (t) => {
  const { file } = fileOf();
  const refused = (octets: Uint8Array, code: string, message: RegExp) =>
    t.throws(() => readSnapshot(octets), { name: 'TrieError', code, message });
  const changed = (at: number) => Uint8Array.from(file, (octet, i) => (i === at ? octet ^ 0x40 : octet));
  refused(new Uint8Array(0), 'SNAPSHOT_NOT_A_SNAPSHOT', /does not begin as a snapshot/);
  refused(Buffer.from('0.0.0.0 ads.example\n'.repeat(9)), 'SNAPSHOT_NOT_A_SNAPSHOT', /does not begin/);
  refused(file.subarray(0, 20), 'SNAPSHOT_TRUNCATED', /20 octets of 32/);
  refused(file.subarray(0, file.length - 1), 'SNAPSHOT_TRUNCATED', /octets of/);
  refused(changed(8), 'SNAPSHOT_OTHER_VERSION', /version 65, this program reads 1/);
  refused(changed(40), 'SNAPSHOT_DAMAGED', /checksum differs/);
  refused(Buffer.concat([file, new Uint8Array(4)]), 'SNAPSHOT_DAMAGED', /checksum differs/);
});
