// The compiled trie in figures: octets a name, names built and looked up per second of one core, and how they grow.
//
// node bench/trie.ts [--huge]     --huge adds 10 million names (about 1 GB of memory for the names themselves)
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrieBuilder } from '../src/trie/builder.ts';
import { START_BELOW, START_SECOND } from '../src/trie/code/label-code.ts';
import { LabelDecoder } from '../src/trie/code/label-decoder.ts';
import { TYPICAL_LENGTHS } from '../src/trie/code/typical-code.ts';
import { findAll, openTrie, type Trie } from '../src/trie/reader.ts';
import { hostToName } from '../src/wire/presentation.ts';

const LISTS = join(import.meta.dirname, '../../shared/data/lists');
const SEED = 20_231_123;
const QUERIES = 200_000;
const ROUNDS = 5;

export interface TrieFigures {
  readonly source: string;
  readonly names: number;
  readonly octetsPerName: number;
  /** Names added and compiled per second of processor time. */
  readonly builtPerSecond: number;
  /** The most memory the builder's arrays and the trie took together, as a multiple of the trie. */
  readonly peakFactor: number;
  /** Lookups per second of processor time: see `mixOf`. */
  readonly lookupsPerSecond: number;
  readonly hitsPerSecond: number;
  readonly missesPerSecond: number;
}

/** Measures every size, prints a table as it goes and gives the figures back. */
export async function run(options: { readonly huge?: boolean } = {}): Promise<readonly TrieFigures[]> {
  const sizes = [10_000, 100_000, 1_000_000, ...(options.huge === true ? [10_000_000] : [])];
  const figures: TrieFigures[] = [];
  console.log('trie: names looked up, coded and built on one core (a second of processor time)');
  console.log(
    'source        names  octets/name  built/s  peak/trie  lookups/s    hits/s  misses/s  ns a lookup',
  );
  const take = (source: string, names: Names): void => {
    const row = measure(source, names);
    print(row, figures.at(-1));
    figures.push(row);
  };
  measure('warm-up', generated(20_000));
  for (const size of sizes) take('generated', generated(size));
  const real = realNames();
  if (real === null) console.log('real lists: no ../shared/data/lists here');
  else take('real lists', real);
  return figures;
}

/** Wire names one after another. */
interface Names {
  readonly octets: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly count: number;
}

function measure(source: string, names: Names): TrieFigures {
  const builder = new TrieBuilder({ seed: SEED });
  const name = new Uint8Array(256);
  const before = process.cpuUsage();
  for (let i = 0; i < names.count; i += 1) {
    load(names, i, name);
    builder.add(name, i & 3);
  }
  const buffer = builder.finish();
  const buildSeconds = process.cpuUsage(before).user / 1e6;
  const trie = openTrie(buffer);
  const random = randomFrom(SEED);
  const pick = (): Uint8Array => {
    const i = Math.floor(random() * names.count);
    return names.octets.subarray(names.starts[i]!, names.starts[i + 1]!);
  };
  const other = generated(QUERIES, SEED + 1);
  return {
    source,
    names: builder.names,
    octetsPerName: buffer.byteLength / builder.names,
    builtPerSecond: names.count / buildSeconds,
    peakFactor: builder.peakOctets / buffer.byteLength,
    lookupsPerSecond: lookups(trie, mixOf(pick, other, random)),
    hitsPerSecond: lookups(trie, packed(QUERIES, pick)),
    missesPerSecond: lookups(
      trie,
      packed(QUERIES, () => neighbour(pick(), random)),
    ),
  };
}

/** A fifth entries, a tenth names below one, a third near misses, the rest names that have nothing to do with the list. */
function mixOf(pick: () => Uint8Array, other: Names, random: () => number): Names {
  let next = 0;
  return packed(QUERIES, () => {
    const kind = random();
    if (kind < 0.2) return pick();
    if (kind < 0.3) return Uint8Array.of(3, 119, 119, 119, ...pick());
    if (kind < 0.65) return neighbour(pick(), random);
    next += 1;
    return other.octets.subarray(other.starts[next - 1]!, other.starts[next]!);
  });
}

/** A name under the same top label, with another label below it. */
function neighbour(name: Uint8Array, random: () => number): Uint8Array {
  const changed = Uint8Array.from(name);
  let second = 0;
  for (let at = 0, before = 0; changed[at] !== 0; at += changed[at]! + 1) {
    second = before;
    before = at;
  }
  for (let i = second + 1; i <= second + changed[second]!; i += 1)
    if (random() < 0.5) changed[i] = 97 + Math.floor(random() * 26);
  return changed;
}

/** Lookups per second of processor time, the best of some rounds. */
function lookups(trie: Trie, queries: Names): number {
  const matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  const name = new Uint8Array(256);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < queries.count; i += 1) findAll(trie, name, load(queries, i, name), matches);
    best = Math.min(best, process.cpuUsage(before).user);
  }
  return (queries.count / best) * 1e6;
}

/** Copies a name to where a query's name stands; its length. */
function load(names: Names, i: number, target: Uint8Array): number {
  const start = names.starts[i]!;
  const end = names.starts[i + 1]!;
  for (let at = start; at < end; at += 1) target[at - start] = names.octets[at]!;
  return end - start;
}

function packed(count: number, next: () => Uint8Array): Names {
  const starts = new Uint32Array(count + 1);
  let octets = new Uint8Array(count * 28);
  for (let i = 0; i < count; i += 1) {
    const name = next();
    const start = starts[i]!;
    if (start + name.length > octets.length) {
      const grown = new Uint8Array(Math.ceil(octets.length * 1.3));
      grown.set(octets);
      octets = grown;
    }
    octets.set(name, start);
    starts[i + 1] = start + name.length;
  }
  return { octets, starts, count };
}

const TOPS =
  'com com com com com com net net org org de ru info xyz top online site shop co uk nl fr it br pl cn app dev';

/** Names in the manner of real lists: letters as they follow each other there, two labels or more, some names clustered. */
function generated(count: number, seed: number = SEED): Names {
  const random = randomFrom(seed);
  const decoder = new LabelDecoder(TYPICAL_LENGTHS);
  const noise = new Uint8Array(12);
  const decoded = new Uint8Array(128);
  const tops = TOPS.split(' ');
  const label = (context: number, length: number): string => {
    for (;;) {
      for (let i = 0; i < noise.length; i += 1) noise[i] = random() * 256;
      const octets = decoder.decode(context, noise, 0, 0, noise.length, decoded, 0);
      const text = Buffer.from(decoded.subarray(0, Math.min(octets, length))).toString('latin1');
      if (text.length === length && /^[a-z0-9_-]+$/.test(text)) return text;
    }
  };
  let apex: string[] = [];
  return packed(count, () => {
    if (apex.length === 0 || random() < 0.5) {
      const top = random() < 0.9 ? tops[Math.floor(random() * tops.length)]! : label(START_SECOND, 3);
      apex = [label(START_SECOND, 4 + Math.floor((random() + random()) * 8)), top];
    }
    const kind = random();
    if (kind < 0.35) return wire(apex);
    if (kind < 0.5) return wire(['www', ...apex]);
    const below = label(START_BELOW, 1 + Math.floor((random() + random()) * 7));
    return wire(kind < 0.9 ? [below, ...apex] : [label(START_BELOW, 3), below, ...apex]);
  });
}

function wire(labels: readonly string[]): Uint8Array {
  return Uint8Array.from([...labels, ''].flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]));
}

/** Every name of the real lists, whatever their format, each list once; null where there are none. */
function realNames(): Names | null {
  if (!existsSync(LISTS)) return null;
  const files = readdirSync(LISTS).filter((file) => !file.startsWith('fake.') || file === 'fake.domains.txt');
  const names = files.flatMap((file) =>
    readFileSync(join(LISTS, file), 'utf8')
      .split('\n')
      .filter((line) => /^[a-z0-9*|]/i.test(line))
      .map((line) =>
        hostToName(
          line
            .trim()
            .replace(/^(\|\||\*\.|\S+\s+)/, '')
            .replace(/\^.*$/, ''),
        ),
      )
      .filter((name) => name !== null),
  );
  let next = 0;
  return packed(names.length, () => names[next++]!);
}

function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

function print(row: TrieFigures, before: TrieFigures | undefined): void {
  const millions = (value: number): string => `${(value / 1e6).toFixed(2)} M`;
  const growth =
    before === undefined || row.source !== before.source
      ? ''
      : `  names × ${(row.names / before.names).toFixed(1)}: octets × ${((row.names * row.octetsPerName) / (before.names * before.octetsPerName)).toFixed(1)}, ns a lookup × ${(before.lookupsPerSecond / row.lookupsPerSecond).toFixed(2)}`;
  console.log(
    [
      row.source.padEnd(10),
      String(row.names).padStart(8),
      row.octetsPerName.toFixed(2).padStart(12),
      millions(row.builtPerSecond).padStart(8),
      row.peakFactor.toFixed(2).padStart(10),
      millions(row.lookupsPerSecond).padStart(10),
      millions(row.hitsPerSecond).padStart(9),
      millions(row.missesPerSecond).padStart(9),
      (1e9 / row.lookupsPerSecond).toFixed(0).padStart(12),
    ].join(' ') + growth,
  );
}

if (import.meta.main) await run({ huge: process.argv.includes('--huge') });
