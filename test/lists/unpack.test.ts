// Lists that are kept packed: read like any other, bounded, and refused in words where they cannot be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { explainList } from '../../src/lists/explain.ts';
import { textOf } from '../../src/lists/unpack.ts';
import { workOf } from '../../src/lists/work.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { docxOf, pdfOf, xlsxOf, zipOf } from '../support/documents.ts';
import { askerOf, listConfig } from '../support/lists-compile.ts';

const TEXT = '# a list\nevil.example\nworse.example\n';

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
  ['a zip archive of nothing', zipOf({ 'folder/': '' }), 'LIST_EMPTY', /no text is in the document/],
  ['a zip archive of two lists that are encrypted', zipOf({ 'a.txt': TEXT, 'b.txt': TEXT }, 1), 'LIST_EMPTY', /a\.txt: encrypted/],
  ['a PDF file that is cut short', pdfOf([['evil[.]example']]).subarray(0, 90), 'LIST_BINARY', /PDF file cannot be read/],
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

const REPORTED = 'Attackers used evil-one[.]com and\nworse-two[.]net since March.';
const DOCUMENTS: Readonly<Record<string, readonly [octets: Uint8Array, format: string]>> = {
  'two lists in a zip archive': [
    zipOf({ 'a.txt': 'evil-one.com\nb.example\n', 'b.txt': 'worse-two.net\na.example\n' }),
    'report',
  ],
  'a PDF file in gzip': [gzipSync(pdfOf([REPORTED.split('\n')])), 'report'],
  'a workbook': [
    xlsxOf({ IOCs: [['Type', 'Value'], ['domain', 'evil-one.com'], ['domain', 'worse-two.net']] }), 'report'],
}; // biome-ignore format: a row

t.test('documents are sources of lists', async (t) => {
  for (const [what, [octets, format]] of Object.entries(DOCUMENTS)) {
    const path = join(t.testdir({}), 'document');
    writeFileSync(path, octets);
    const result = await compiled(path);
    t.match(result.lists, [{ used: 'body', error: null, format }], what);
    const ask = askerOf(result);
    t.same([ask('evil-one.com'), ask('worse-two.net')], ['sinkhole', 'sinkhole'], what);
    t.equal(workOf({ kind: 'file', path }, listConfig(), 1000), 1000, `${what}: away from those who answer`);
  }
  const path = join(t.testdir({}), 'report.docx');
  writeFileSync(path, docxOf(['evil-one[.]com is theirs']));
  const [line] = await explainList(listConfig(), { kind: 'file', path }, textToName('evil-one.com')!);
  t.match(line, { line: 1, text: /evil-one\[\.\]com is theirs/ });
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
