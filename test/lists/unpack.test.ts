// Lists that are kept packed: read like any other, bounded, and refused in words where they cannot be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { explainList } from '../../src/lists/explain.ts';
import { textOf } from '../../src/lists/unpack.ts';
import { workOf } from '../../src/lists/work.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { askerOf, listConfig } from '../support/lists-compile.ts';

const TEXT = '# a list\nevil.example\nworse.example\n';

/** A zip archive of these files (PKZIP application note, 4.3). */
function zipOf(files: Readonly<Record<string, string>>, flags = 0): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(flags, 2);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(text), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(Buffer.byteLength(text), 18);
    about.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), packed]);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), about, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end]);
}

async function compiled(path: string) {
  const config = listConfig({ name: 'ads', source: path });
  const body = { kind: 'file', path } as const;
  return compileRuleSet({
    revision: 1,
    seed: 1,
    lists: [{ config, body, fallback: null, previousEntries: null }],
  });
}

const PACKED = {
  gzip: gzipSync(TEXT),
  'gzip of two members': Buffer.concat([gzipSync(TEXT.slice(0, 20)), gzipSync(TEXT.slice(20))]),
  zstd: zstdCompressSync(TEXT),
  zip: zipOf({ 'hosts.txt': TEXT }),
  'zip with a licence beside it': zipOf({
    LICENSE: 'free',
    HOSTS: TEXT.repeat(3),
    '__MACOSX/._HOSTS': TEXT.repeat(9),
  }),
};

for (const [what, octets] of Object.entries(PACKED))
  t.test(`a list as ${what} is read like any other`, async (t) => {
    const path = join(t.testdir({}), 'list.packed');
    writeFileSync(path, octets);
    const result = await compiled(path);
    t.match(result.lists, [{ used: 'body', error: null, format: 'domains' }]);
    t.equal(askerOf(result)('worse.example'), 'sinkhole');
    const lines = await explainList(listConfig(), { kind: 'file', path }, textToName('evil.example')!);
    t.match(lines[0], { line: 2, text: 'evil.example' }, 'and its lines are found');
    t.equal(workOf({ kind: 'file', path }, listConfig(), 1000), 1000, 'always away from those who answer');
    t.same(readFileSync(path), octets);
  });

const REFUSED: readonly (readonly [what: string, octets: Uint8Array, code: string, message: RegExp])[] = [
  ['gzip data that is cut short', PACKED.gzip.subarray(0, 30), 'LIST_BINARY', /gzip data that cannot be unpacked/],
  ['a zip archive that is cut short', PACKED.zip.subarray(0, 40), 'LIST_BINARY', /zip data that cannot be unpacked/],
  ['a zip archive of two lists', zipOf({ 'a.txt': TEXT, 'b.txt': TEXT }), 'LIST_UNKNOWN_FORMAT', /holds 2 files .*"a\.txt", "b\.txt".*name the URL of one file/],
  ['a zip archive of nothing', zipOf({ 'folder/': '' }), 'LIST_EMPTY', /no file is in the zip archive/],
  ['an encrypted zip archive', zipOf({ 'a.txt': TEXT }, 1), 'LIST_BINARY', /encrypted/],
  ['a page in gzip', gzipSync('<!doctype html><title>x</title>'), 'LIST_HTML', /web page/],
  ['gzip in gzip', gzipSync(PACKED.gzip), 'LIST_BINARY', /gzip data, not text/],
  ['a tar archive in gzip', gzipSync(Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar\0')])), 'LIST_BINARY', /a tar archive.*name a source that is plain, gzip/],
  ['xz data', Buffer.from('fd377a585a000004', 'hex'), 'LIST_BINARY', /xz data, not text; name a source that is plain, gzip/],
  ['bzip2 data', Buffer.from('BZh91AY&SY'), 'LIST_BINARY', /bzip2 data/],
]; // biome-ignore format: a row

for (const [what, octets, code, message] of REFUSED)
  t.test(`${what} is refused in words`, async (t) => {
    const path = join(t.testdir({}), 'list.packed');
    writeFileSync(path, octets);
    t.match((await compiled(path)).lists, [{ used: 'none', error: { code, message } }]);
  });

t.test('what unpacks to more than the limit is refused before it is all there', async (t) => {
  const path = join(t.testdir({}), 'list.gz');
  for (const octets of [gzipSync(Buffer.alloc(5_000_000, 'a')), zipOf({ a: 'a'.repeat(5_000_000) })]) {
    writeFileSync(path, octets);
    let read = 0;
    await t.rejects(
      async () => {
        for await (const chunk of textOf({ kind: 'file', path }, 1_000_000)) read += chunk.length;
      },
      { code: 'LIST_TOO_BIG' },
    );
    t.ok(read <= 1_000_000);
  }
});

t.test('a line with a NUL spoils itself alone', async (t) => {
  const path = join(t.testdir({}), 'list.txt');
  const wide = Buffer.from('wide.example\n'.repeat(300), 'utf16le').toString('latin1');
  writeFileSync(
    path,
    `${'a.example\n'.repeat(400)}evil\0.example\n${wide}\n${'b.example\n'.repeat(900)}`,
    'latin1',
  );
  const result = await compiled(path);
  t.match(result.lists, [{ used: 'body', error: null, entries: 1300, skipped: [{ count: 301 }] }]);
  const ask = askerOf(result);
  t.same(
    ['a.example', 'b.example', 'wide.example'].map((name) => ask(name)),
    ['sinkhole', 'sinkhole', 'none'],
  );
});
