import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import t from 'tap';
import { breadthOf } from '../../../src/lists/entry/broad-name.ts';
import { hostToName, nameToText, textToName } from '../../../src/wire/names/presentation.ts';

function breadth(text: string): string {
  const name = textToName(text);
  if (name === null) throw new Error(text);
  return breadthOf(name, name.length);
}

t.test('roots, suffixes and local names are told from names', async (t) => {
  for (const [text, wanted] of [
    ['.', 'root'],
    ['com', 'public-suffix'],
    ['co.uk', 'public-suffix'],
    ['zip', 'public-suffix'],
    ['x.ck', 'public-suffix'],
    ['www.ck', 'usual'],
    ['k12.ma.us', 'public-suffix'],
    ['xn--p1ai', 'public-suffix'],
    ['in-addr.arpa', 'public-suffix'],
    ['e164.arpa', 'public-suffix'],
    ['nas', 'unknown-single-label'],
    ['localhost', 'local-name'],
    ['localhost.localdomain', 'local-name'],
    ['ip6-allnodes', 'local-name'],
    ['example.com', 'usual'],
    ['github.io', 'usual'],
    ['duckdns.org', 'usual'],
    ['a.b.c.d.e.co.uk', 'usual'],
    ['example.co.uk', 'usual'],
  ] as const)
    t.equal(breadth(text), wanted, text);
});

// The quick way out for names under generic top-level domains rests on a property of the public suffix list.
const data = join(dirname(createRequire(import.meta.url).resolve('tldts')), 'src/data/trie.js');
t.test(
  'every ICANN suffix of the list in use is found',
  { skip: existsSync(data) ? false : 'tldts keeps its data elsewhere' },
  async (t) => {
    const suffixes = icannSuffixes(createRequire(import.meta.url)(data) as SuffixData);
    t.ok(suffixes.length > 5000, `${suffixes.length} suffixes`);
    const missed = suffixes.filter((text) => {
      const name = hostToName(text);
      return name === null || breadthOf(name, name.length) !== 'public-suffix';
    });
    t.same(missed, []);
    const longest = Math.max(
      ...suffixes.map((text) => nameToText(hostToName(text) ?? new Uint8Array(1)).split('.').length),
    );
    t.ok(longest <= 4, 'no suffix is longer than the search looks');
  },
);

interface SuffixData {
  readonly nodeFlags: ArrayLike<number>;
  readonly edgeStart: ArrayLike<number>;
  readonly edgeLength: ArrayLike<number>;
  readonly edgeChild: ArrayLike<number>;
  readonly labelText: string;
  readonly rulesRoot: number;
}

/** All rules of the ICANN section; `*` replaced by a label. */
function icannSuffixes(data: SuffixData): string[] {
  const offsets = [0];
  for (let edge = 0; edge < data.edgeLength.length; edge += 1)
    offsets.push(offsets[edge]! + data.edgeLength[edge]!);
  const found: string[] = [];
  const walk = (node: number, below: string): void => {
    for (let edge = data.edgeStart[node]!; edge < data.edgeStart[node + 1]!; edge += 1) {
      const label = data.labelText.slice(offsets[edge], offsets[edge + 1]).replace('*', 'any');
      const name = below === '' ? label : `${label}.${below}`;
      const child = data.edgeChild[edge]!;
      if ((data.nodeFlags[child]! & 1) !== 0) found.push(name);
      walk(child, name);
    }
  };
  walk(data.rulesRoot, '');
  return found;
}
