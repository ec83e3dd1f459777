// `npm run bench -- cost`: all that a user pays, in one run: queries of every kind beside the peers, many addresses, distinct hits, rest,
// start, a long list. Some twenty minutes on two cores; `--quick` takes three and is good for nothing but to see that all of it works.
import { benchLists, listTable } from '../lists.ts';
import { benchQueries, type QueryOptions, queryTable } from '../queries/queries.ts';
import { KINDS } from '../queries/scenarios.ts';
import { markdown } from '../support/table.ts';
import type { CostResults } from './bars.ts';
import { benchFlood, type FloodRow } from './flood.ts';
import { benchIdle, type IdleRow } from './idle.ts';
import { benchStart, type StartRow } from './start.ts';

const WHOLE = { hits: 2_000_000, settleSeconds: 45, idleSeconds: 45, starts: 7, names: 942_294 } as const;
const QUICK = { hits: 20_000, settleSeconds: 3, idleSeconds: 3, starts: 1, names: 20_000 } as const;

/** How much is measured, of each part. */
export const sizesOf = (isQuick: boolean): typeof QUICK | typeof WHOLE => (isQuick ? QUICK : WHOLE);

export const queryOptionsOf = (isQuick: boolean): QueryOptions => ({
  rounds: isQuick ? 1 : 4,
  seconds: isQuick ? 0.5 : 1.25,
  manyNames: sizesOf(isQuick).names,
  kinds: KINDS,
});

/** What is measured goes to a file at once. @param isWhole documents may carry it */
type Put = (name: string, rows: unknown, table: string, isWhole?: boolean) => void;

/** Of a part that fails it is said why, and the others go on. */
export async function benchCost(isQuick: boolean, put: Put): Promise<CostResults> {
  const { hits, settleSeconds, idleSeconds, starts, names } = sizesOf(isQuick);
  const options = queryOptionsOf(isQuick);
  const part = async <Row>(
    name: string,
    measure: () => Promise<Row[]>,
    tableOf: (rows: Row[]) => string,
    isWhole = false,
  ): Promise<Row[]> => {
    try {
      const rows = await measure();
      put(name, rows, tableOf(rows), isWhole);
      return rows;
    } catch (error) {
      process.stderr.write(`${name} was not measured: ${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 1;
      return [];
    }
  };
  return {
    start: await part('start', () => benchStart(starts), startTable),
    idle: await part('idle', () => benchIdle(settleSeconds, idleSeconds), idleTable),
    queries: await part(
      'queries',
      () => benchQueries(options),
      (rows) => queryTable(rows, options),
      !isQuick,
    ),
    lists: await part('lists', () => benchLists(names), listTable),
    flood: await part('flood', () => benchFlood(hits), floodTable),
  };
}

export function startTable(rows: readonly StartRow[]): string {
  return markdown([
    ['work', 'median s', 'each'],
    ...rows.map(({ work, medianSeconds, seconds }) => [
      work,
      medianSeconds.toFixed(3),
      seconds.map((one) => one.toFixed(3)).join(' '),
    ]),
  ]);
}

export function idleTable(rows: readonly IdleRow[]): string {
  return markdown([
    ['server', 'CPU s a minute', 'woken a second', 'RSS MiB'],
    ...rows.map(({ server, cpuSecondsAMinute, wakesASecond, residentMiB }) => [
      server,
      cpuSecondsAMinute.toFixed(3),
      wakesASecond.toFixed(1),
      String(residentMiB),
    ]),
  ]);
}

export function floodTable(rows: readonly FloodRow[]): string {
  return markdown([
    [
      'server',
      'distinct hits',
      'lost',
      'CPU µs a hit',
      'octets written a hit',
      'RSS MiB, highest',
      'at the end',
    ],
    ...rows.map(({ server, hits, lost, cpuUs, octetsEach, peakMiB, residentMiB }) => [
      server,
      ...[hits, lost].map((count) => count.toLocaleString('en')),
      cpuUs.toFixed(1),
      octetsEach.toFixed(0),
      ...[peakMiB, residentMiB].map(String),
    ]),
  ]);
}
