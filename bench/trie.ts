// The compiled trie in figures: octets a name, names built and looked up per second of one core, and how they grow.
//
// The mix of look-ups, one million drawn anew, none cached by the bench: a tenth entries, a tenth names one to three labels
// below one, a fifth names under the same public suffix as one, a tenth unlisted names beside a listed one under the same
// registered domain, and half popular names that no list has (50,000, the nth asked for 1/n as often as the first).
import { getHeapStatistics } from 'node:v8';
import { TrieBuilder } from '../src/trie/builder.ts';
import { findAll, openTrie, type Trie } from '../src/trie/reader.ts';
import { seeded } from './support/names.ts';
import { markdown } from './support/table.ts';
import {
  generated,
  load,
  type Names,
  packed,
  putBelow,
  putBeside,
  putName,
  putNeighbour,
  realNames,
} from './support/wire-names.ts';

const SEED = 20_231_123;
const QUERIES = 1_000_000;
const POPULAR = 50_000;
const ROUNDS = 3;

export interface TrieRow {
  readonly source: string;
  readonly names: number;
  readonly octetsPerName: number;
  /** Names added and compiled per second of processor time. */
  readonly builtPerSecond: number;
  /** The most memory the builder's arrays and the trie took together, as a multiple of the trie. */
  readonly peakFactor: number;
  /** The same as a share of what is allowed: 2.5 times the trie and the largest source. */
  readonly peakShare: number;
  /** Look-ups of the mix per second of processor time; of entries alone; of their neighbours alone. */
  readonly lookupsPerSecond: number;
  readonly hitsPerSecond: number;
  readonly missesPerSecond: number;
  /** Octets of JavaScript heap that a look-up of the mix took, on average. */
  readonly allocatedPerLookup: number;
  /** Nanoseconds a look-up of the mix, in multiples of the size before. */
  readonly growth: number | null;
}

/** Measures each size, and the real lists where there are some. */
export function benchTrie(sizes: readonly number[]): TrieRow[] {
  const rows: TrieRow[] = [];
  measure('warm-up', generated(20_000, SEED), 0);
  for (const size of sizes) {
    const names = generated(size, SEED);
    const before = rows.at(-1)?.lookupsPerSecond ?? null;
    const row = measure('generated', names, names.starts[size]!);
    rows.push({ ...row, growth: before === null ? null : before / row.lookupsPerSecond });
  }
  const real = realNames();
  if (real !== null) rows.push(measure('real lists', real.names, real.largestOctets));
  return rows;
}

function measure(source: string, names: Names, sourceOctets: number): TrieRow {
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
  const random = seeded(SEED);
  const pick = (): number => Math.floor(random() * names.count);
  const mix = lookupsOfMix(trie, names);
  return {
    source,
    names: builder.names,
    octetsPerName: buffer.byteLength / builder.names,
    builtPerSecond: names.count / buildSeconds,
    peakFactor: builder.peakOctets / buffer.byteLength,
    peakShare: builder.peakOctets / (2.5 * buffer.byteLength + sourceOctets),
    lookupsPerSecond: mix.perSecond,
    hitsPerSecond: lookups(
      trie,
      packed(QUERIES, (target, at) => putName(names, pick(), target, at)),
    ).perSecond,
    missesPerSecond: lookups(
      trie,
      packed(QUERIES, (target, at) => putNeighbour(names, pick(), random, target, at)),
    ).perSecond,
    allocatedPerLookup: mix.allocatedEach,
    growth: null,
  };
}

/** Look-ups of the mix drawn from the names that a trie was compiled of. */
export function lookupsOfMix(trie: Trie, names: Names): Lookups {
  const random = seeded(SEED);
  const pick = (): number => Math.floor(random() * names.count);
  return lookups(trie, mixOf(names, pick, random));
}

function mixOf(names: Names, pick: () => number, random: () => number): Names {
  const popular = generated(POPULAR, SEED + 1);
  return packed(QUERIES, (target, at) => {
    const kind = random();
    if (kind < 0.1) return putName(names, pick(), target, at);
    if (kind < 0.2) return putBelow(names, pick(), random, target, at);
    if (kind < 0.4) return putNeighbour(names, pick(), random, target, at);
    if (kind < 0.5) return putBeside(names, pick(), random, target, at);
    return putName(popular, Math.floor(POPULAR ** random()) - 1, target, at);
  });
}

interface Lookups {
  readonly perSecond: number;
  readonly allocatedEach: number;
}

/** Per second of processor time, the best of some rounds. */
function lookups(trie: Trie, queries: Names): Lookups {
  const matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  const name = new Uint8Array(256);
  let best = Infinity;
  let allocated = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const allocatedBefore = getHeapStatistics().total_allocated_bytes;
    const before = process.cpuUsage();
    for (let i = 0; i < queries.count; i += 1) findAll(trie, name, load(queries, i, name), matches);
    best = Math.min(best, process.cpuUsage(before).user);
    allocated = Math.min(allocated, getHeapStatistics().total_allocated_bytes - allocatedBefore);
  }
  return { perSecond: (queries.count / best) * 1e6, allocatedEach: allocated / queries.count };
}

/** The rows as a table's cells, the heading first. */
export function trieCells(rows: readonly TrieRow[]): string[][] {
  const millions = (value: number): string => `${(value / 1e6).toFixed(2)} M`;
  return [
    ['names', 'octets/name', 'built/s', 'peak/trie', 'of allowed', 'look-ups/s', 'ns', 'growth', 'hits/s', 'misses/s', 'heap octets'],
    ...rows.map((row) => [
      `${row.source} ${row.names.toLocaleString('en')}`,
      row.octetsPerName.toFixed(2),
      millions(row.builtPerSecond),
      row.peakFactor.toFixed(2),
      `${Math.round(row.peakShare * 100)} %`,
      millions(row.lookupsPerSecond),
      (1e9 / row.lookupsPerSecond).toFixed(0),
      row.growth === null ? '' : `× ${row.growth.toFixed(2)}`,
      millions(row.hitsPerSecond),
      millions(row.missesPerSecond),
      row.allocatedPerLookup.toFixed(2),
    ]),
  ]; // biome-ignore format: a row
}

if (import.meta.main)
  process.stdout.write(markdown(trieCells(benchTrie([10_000, 100_000, 1_000_000, 10_000_000]))));
