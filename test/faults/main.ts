// `npm run faults [-- day|flood|transparency|reload|start [ROW…]|lists [SHAPE…]|hits] [--short]`: long runs against the real daemon, each with the figures it is judged by.
//
// Exits with 1 when a figure is not what it must be.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardingConfig } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { everydayNames } from '../support/everyday-names.ts';
import { signedTreeMissing, startSignedTree } from '../support/signed-tree.ts';
import { playDay } from './day.ts';
import { playFlood } from './flood.ts';
import { playHits } from './hits.ts';
import { playShapes } from './lists/play.ts';
import { playStarts } from './start/play.ts';
import { playTransactions } from './transaction.ts';
import { compare, type Difference } from './transparency.ts';

const words = process.argv.slice(2);
const isShort = words.includes('--short');
const wanted = words.filter((word) => !word.startsWith('--'));
const option = (name: string, usual: number): number =>
  Number(words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? usual);

/** Clients that are not loopback, in a network of this program's own. */
const NETWORK = '10.53.0.';
const TRANSPARENT_TYPES = ['A', 'AAAA', 'MX', 'TXT', 'HTTPS', 'SOA', 'DS'];

/** Each prints its figures and says whether they are good. */
const RUNS: Readonly<Record<string, (directory: string) => Promise<boolean>>> = {
  day: async (directory) => {
    const seed = option('seed', 6);
    const seconds = option('seconds', isShort ? 20 : 60);
    const perSecond = option('rate', isShort ? 500 : 5000);
    const { output, ...day } = await playDay({
      seconds,
      perSecond,
      weatherMs: option('weather', 2000),
      seed,
      directory,
    });
    show(`a day of faults in ${seconds} s, ${perSecond} queries/s, seed ${seed}`, day);
    const isGood = day.wrong === 0 && day.within4s === day.sent;
    if (!isGood) process.stderr.write(output.slice(-2000));
    return isGood;
  },
  flood: async (directory) => {
    const names = option('names', isShort ? 50_000 : 1_000_000);
    const perSecond = option('rate', 20_000);
    const limited = !words.includes('--unlimited');
    const isOwn = networkInterfaces()['lo']?.some(({ address }) => address === `${NETWORK}1`) === true;
    if (!isOwn && inOwnNetwork()) return process.exitCode === undefined;
    const flood = await playFlood({
      directory,
      names,
      perSecond,
      limited,
      network: isOwn ? NETWORK : '127.53.0.',
    });
    const kind = !limited
      ? 'no rate limit'
      : isOwn
        ? 'the usual rate limit'
        : 'loopback, which no rate limit holds back';
    show(`${names.toLocaleString('en')} names from one client at ${perSecond}/s, ${kind}`, flood);
    const { residentMiB, hits, p99Ratio } = flood;
    const half = residentMiB[Math.floor(residentMiB.length / 2)] ?? 0;
    // The cache fills up to its bound in the first half.
    return p99Ratio <= 2 && (residentMiB.at(-1) ?? 0) <= 1.1 * half && hits.answered === hits.logged;
  },
  transparency: async (directory) => {
    if (signedTreeMissing !== false) {
      process.stdout.write(`transparency: ${signedTreeMissing}\n`);
      return true;
    }
    const names = everydayNames(option('names', isShort ? 1000 : 10_000));
    const tree = await startSignedTree(names);
    const daemon = await startDaemon({ directory, config: forwardingConfig(tree.address) });
    try {
      const { differences, ...counts } = await compare(daemon.server, tree.server, names, TRANSPARENT_TYPES);
      show(`${names.length} names × ${TRANSPARENT_TYPES.join(', ')}`, {
        ...counts,
        differences: causes(differences),
      });
      for (const difference of differences.slice(0, 5))
        process.stderr.write(`${JSON.stringify(difference)}\n`);
      return differences.length === 0;
    } finally {
      await daemon.stop();
      await tree.stop();
    }
  },
  reload: async (directory) => {
    const { plays, whole, queries, unanswered, wrong } = await playTransactions(directory);
    const count = queries.toLocaleString('en');
    show(
      `${whole} of ${plays} reloads with a fault in one of those who take it were whole or nothing; ${count} queries meanwhile, ${unanswered} unanswered`,
      wrong,
    );
    return whole === plays && unanswered === 0;
  },
  start: async (directory) => {
    const played = await playStarts(directory, chosen(), ({ row, column, outcome, wrong, text }) => {
      process.stdout.write(`${row} | ${column} | ${outcome} | ${wrong.join('; ') || 'right'}\n`);
      if (wrong.length > 0) process.stderr.write(`${text}\n`);
    });
    if (typeof played === 'string') {
      process.stdout.write(`start: ${played}\n`);
      return true;
    }
    const right = played.filter(({ wrong }) => wrong.length === 0).length;
    process.stdout.write(`${right} of ${played.length} cells are right\n`);
    return right === played.length;
  },
  hits: async (directory) => {
    const names = option('names', isShort ? 100_000 : 2_000_000);
    const { courseMiB, ...flood } = await playHits(directory, names, option('workers', 1));
    show(`${names.toLocaleString('en')} distinct hits as fast as they are answered`, flood);
    process.stdout.write(`MiB twice a second: ${courseMiB.join(' ')}\n`);
    return flood.residentMiB.peak <= 250 && flood.stored >= flood.answered;
  },
  lists: async () => {
    const lines = option('lines', isShort ? 50_000 : 1_000_000);
    const played = await playShapes(lines, chosen(), ({ what, isWithin, text }) =>
      process.stdout.write(`${isWithin ? 'within' : 'BEYOND'} | ${what} | ${text}\n`),
    );
    const within = played.filter(({ isWithin }) => isWithin).length;
    process.stdout.write(
      `${within} of ${played.length} shapes of ${lines} lines are within 4 s and 300 MiB\n`,
    );
    return within === played.length;
  },
};

/** Words that name no run: rows or shapes of the one before. */
const chosen = (): string[] => wanted.filter((word) => !Object.hasOwn(RUNS, word));

/** What differs, most frequent first. */
function causes(differences: readonly Difference[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, why } of differences) counts[`${type}: ${why}`] = (counts[`${type}: ${why}`] ?? 0) + 1;
  return counts;
}

/** Runs the flood again in a network namespace whose loopback has more addresses; false where that cannot be had. */
function inOwnNetwork(): boolean {
  const script = `ip link set lo up && ip addr add ${NETWORK}1/24 dev lo && exec "$@"`;
  const again = [
    process.execPath,
    ...process.argv.slice(1, 2),
    'flood',
    ...words.filter((word) => word.startsWith('--')),
  ];
  const { status } = spawnSync('unshare', ['-rn', 'sh', '-c', script, 'sh', ...again], { stdio: 'inherit' });
  if (status === null || status > 1) return false;
  if (status === 1) process.exitCode = 1;
  return true;
}

function show(title: string, figures: object): void {
  process.stdout.write(`${title}\n${JSON.stringify(figures, null, 2)}\n`);
}

for (const [name, run] of Object.entries(RUNS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const directory = mkdtempSync(join(tmpdir(), 'cenote-faults-'));
  if (!(await run(directory))) process.exitCode = 1;
  rmSync(directory, { recursive: true, force: true });
}
