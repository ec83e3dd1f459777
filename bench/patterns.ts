// What lists' expressions cost a decision: usual ones, a thousand of them, and those of a hostile list.
import { compileRuleSet } from '../src/lists/compile.ts';
import { Policy } from '../src/policy/decide.ts';
import { Verdict } from '../src/policy/verdict.ts';
import { textToName } from '../src/wire/names/presentation.ts';
import { seeded } from './support/names.ts';

const SEED = 20_231_123;
const NAMES = 50_000;
const DECISIONS = 200_000;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

const times = (count: number, make: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => make(i));

const WORK: Readonly<Record<string, readonly string[]>> = {
  none: [],
  '20 usual': [
    '^ad([sxv]?[0-9]*|system)[_.-]',
    '^(.+[_.-])?adse?rv(er?|ice)?s?[0-9]*[_.-]',
    '^(.+[_.-])?telemetry[_.-]',
    '\\.ru$',
    '^[0-9a-f]{32}\\.',
    ...times(15, (i) => `^track${i}s?[0-9]*[_.-]`),
  ],
  '1,000 anchored': times(1000, (i) => `^ads${i}x[0-9]+\\.`),
  '1,000 with a wildcard': times(1000, (i) => `(?:^|\\.)ads${i}\\..*\\.example\\.org$`),
  '1,000 hostile: counters': times(1000, (i) => `[a-z].{${i % 90},140}[0-9]x${i}`),
  '676 hostile: letters': LETTERS.flatMap((a) => LETTERS.map((b) => `${a}.*${b}.*q`)),
};

/** Rows of a table: the median and the slowest decision over names drawn at random, none of them listed. */
export async function benchPatterns(): Promise<string[][]> {
  const rows = [['expressions', 'taken', 'compiled in ms', 'µs a decision', 'p99.9 µs', 'slowest ms']];
  for (const [work, sources] of Object.entries(WORK)) rows.push(await measure(work, sources));
  return rows;
}

async function measure(work: string, sources: readonly string[]): Promise<string[]> {
  const lines = ['||listed.example^', ...sources.map((source) => `/${source}/`)];
  const config = {
    name: 'bench', source: '', names: null, format: 'adblock', refreshMs: 1, action: 'sinkhole', alert: false, mode: 'enforce',
    subdomains: null, onFailure: 'keep', maxShrink: 1, allowPublicSuffixes: false, addresses: null, tsig: null, credentials: null,
  } as const; // biome-ignore format: a row
  const bytes = new TextEncoder().encode(lines.join('\n'));
  const before = performance.now();
  const { ruleSet } = await compileRuleSet({
    revision: 1,
    seed: SEED,
    lists: [{ config, body: { kind: 'bytes', bytes }, fallback: null, previousEntries: null }],
  });
  const compiledMs = performance.now() - before;
  const group = {
    name: 'default',
    clients: [],
    lists: ['bench'],
    schedule: null,
    upstreams: null,
    inspect: true,
    rebinding: true,
  };
  const policy = new Policy(ruleSet, [group], { kind: 'nullip' });
  const taken = new Float64Array(DECISIONS);
  const names = randomNames();
  const verdict = new Verdict();
  const client = new Uint8Array(16);
  for (let i = 0; i < DECISIONS; i += 1) {
    const name = names[i % names.length]!;
    const start = performance.now();
    policy.decide(name, name.length, 1, 0, client, verdict);
    taken[i] = performance.now() - start;
  }
  const total = taken.reduce((sum, ms) => sum + ms, 0);
  taken.sort();
  const us = (ms: number): string => (ms * 1000).toFixed(1);
  return [
    work,
    `${ruleSet.patterns.length} of ${sources.length}`,
    compiledMs.toFixed(0),
    us(total / DECISIONS),
    us(taken[Math.floor(DECISIONS * 0.999)]!),
    taken[DECISIONS - 1]!.toFixed(1),
  ];
}

function randomNames(): Uint8Array[] {
  const random = seeded(SEED);
  const word = (length: number): string => times(length, () => LETTERS[Math.floor(random() * 26)]!).join('');
  return times(NAMES, (i) => {
    const own = word(4 + Math.floor(random() * 12));
    return i % 3 === 0
      ? `www.${own}.com`
      : i % 3 === 1
        ? `${word(5)}${i % 1000}.${own}.net`
        : `track${i % 900}.${own}.co.uk`;
  }).flatMap((name) => textToName(name) ?? []);
}
