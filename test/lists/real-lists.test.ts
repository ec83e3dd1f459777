// Real lists of shared data: one list in six formats, and four larger ones beside a naive reading of their own.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ListFormatName } from '../../src/config/config.ts';
import { chunksOf } from '../../src/lists/body.ts';
import { Cancels } from '../../src/lists/entry/cancels.ts';
import { EntrySink } from '../../src/lists/entry/entry.ts';
import type { Shape } from '../../src/lists/format.ts';
import { readList } from '../../src/lists/read-list.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';

const folder = join(import.meta.dirname, '../../../shared/data/lists');
const skip = existsSync(folder) ? false : 'shared data is not here';

async function read(file: string, format: ListFormatName = 'auto') {
  const names = new Map<string, Shape>();
  const target = {
    add: (name: Uint8Array, shape: Shape) => {
      names.set(nameToText(name), shape);
      return null;
    },
    addNetwork: () => null,
    addPattern: () => null,
    cancels: new Cancels(),
  };
  const sink = new EntrySink(target, { allowPublicSuffixes: false, addresses: null });
  const body = { kind: 'file', path: join(folder, file) } as const;
  const detected = await readList(chunksOf(body), sink, { format, inline: false });
  return { names, sink, format: detected.format };
}

t.test('the subtree formats of one list give one set of names', { skip }, async (t) => {
  const wanted = await read('fake.wildcard.txt');
  t.equal(wanted.names.size, 7355, 'as many as its header says');
  for (const kind of ['adblock', 'dnsmasq', 'unbound', 'wildcard'] as const) {
    const { names, format, sink } = await read(`fake.${kind}.txt`);
    t.equal(format, kind, 'detected by content');
    t.same([...names.keys()].sort(), [...wanted.names.keys()].sort());
    t.ok([...names.values()].every((shape) => shape.scope === 'subtree'));
    t.same(sink.problems.report(), []);
  }
});

t.test('the exact formats of one list give one set of names', { skip }, async (t) => {
  const hosts = await read('fake.hosts.txt');
  const domains = await read('fake.domains.txt');
  t.equal(hosts.format, 'hosts');
  t.equal(domains.format, 'domains');
  t.equal(domains.names.size, 14_043, 'as many as its header says');
  t.same([...hosts.names.keys()].sort(), [...domains.names.keys()].sort());
  t.ok([...hosts.names.values()].every((shape) => shape.scope === 'exact'));
});

for (const [file, format] of [
  ['basic.hosts.txt', 'hosts'],
  ['light.wildcard.txt', 'wildcard'],
  ['phishing.domains.txt', 'domains'],
  ['stevenblack.domains.txt', 'domains'],
  ['ransomware.adblock.txt', 'adblock'],
] as const) {
  t.test(`${file} holds what a naive reading finds in it`, { skip }, async (t) => {
    const { names, sink, format: detected } = await read(file);
    t.equal(detected, format);
    const naive = readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^[#!]/.test(line))
      .map((line) => line.replace(/^(0\.0\.0\.0\s+|\*\.|\|\|)/, '').replace(/\^$/, ''));
    const skipped = sink.problems.report().reduce((sum, { count }) => sum + count, 0);
    t.equal(sink.entries + skipped, naive.length, 'every line is an entry or a counted skip');
    const left = naive.filter((name) => !names.has(name));
    t.equal(left.length, skipped, `left out: ${left.slice(0, 5)}`);
    t.comment(JSON.stringify(sink.problems.report()));
  });
}
