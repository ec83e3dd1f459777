// The rows by which it is judged whether cenote is cheap where people run it: each beside the server that does the same work for least,
// or beside a figure that was aimed at.
import type { ListRow } from '../lists.ts';
import type { QueryRow } from '../queries/contest.ts';
import { markdown } from '../support/table.ts';
import type { FloodRow } from './flood.ts';
import type { IdleRow } from './idle.ts';
import type { StartRow } from './start.ts';

export interface Bar {
  readonly work: string;
  readonly unit: string;
  readonly cenote: number;
  /** Whom it is held beside; null: the aim stands alone. */
  readonly beside: { readonly name: string; readonly value: number } | null;
  /** What cenote may take at most. */
  readonly most: number;
  readonly aim: string;
}

export interface CostResults {
  readonly queries: readonly QueryRow[];
  readonly flood: readonly FloodRow[];
  readonly idle: readonly IdleRow[];
  readonly start: readonly StartRow[];
  readonly lists: readonly ListRow[];
}

type QueryAim = readonly [work: string, peer: string, factor: number];

const CPU_AIMS: readonly QueryAim[] = [
  ['sinkholed', 'unbound', 1],
  ['cached', 'unbound', 1],
  ['sinkholed, 1,000/s', 'unbound', 1.2],
  ['sinkholed, 10,000/s', 'unbound', 1.2],
  ['forwarded, 1,000/s', 'dnsmasq', 1.2],
  ['forwarded', 'dnsdist', 1],
  ['sinkholed, DoH', 'unbound', 1],
  ['sinkholed, DoH GET', 'unbound', 1],
  ['cached, DoH', 'unbound', 1],
  ['sinkholed, DoH', 'coredns', 0.5],
  ['sinkholed, DoT', 'knot-resolver', 1],
  ['sinkholed, TCP', 'unbound', 1],
];
const P50_AIMS = ['sinkholed, 1,000/s', 'sinkholed, 10,000/s'] as const;
const P50_MORE_US = 20;
const MANY = 'sinkholed, many addresses';

export function barsOf(results: CostResults): Bar[] {
  return [
    ...queryBars(results.queries),
    ...addressBars(results.queries),
    ...floodBars(results.flood),
    ...idleBars(results.idle),
    ...startBars(results.start),
    ...listBars(results.lists),
  ];
}

function queryBars(rows: readonly QueryRow[]): Bar[] {
  const find = (work: string, server: string): QueryRow | undefined =>
    rows.find((row) => row.work === work && row.server === server);
  const cpu = CPU_AIMS.flatMap(([work, peer, factor]): Bar[] => {
    const [own, other] = [find(work, 'cenote'), find(work, peer)];
    if (own === undefined || other === undefined) return [];
    return [
      {
        ...{ work, unit: 'CPU µs a query', cenote: own.cpuUs, most: other.cpuUs * factor },
        ...{ beside: { name: peer, value: other.cpuUs }, aim: `${factor} × ${peer}` },
      },
    ];
  });
  const p50 = P50_AIMS.flatMap((work): Bar[] => {
    const [own, other] = [find(work, 'cenote')?.latency, find(work, 'unbound')?.latency];
    if (own == null || other == null) return [];
    return [
      {
        ...{ work, unit: 'median µs until the answer', cenote: own.p50Us, most: other.p50Us + P50_MORE_US },
        ...{ beside: { name: 'unbound', value: other.p50Us }, aim: `unbound + ${P50_MORE_US} µs` },
      },
    ];
  });
  return [...cpu, ...p50];
}

/** Beside cenote from one address, and beside a server that keeps nothing of who asked. */
function addressBars(all: readonly QueryRow[]): Bar[] {
  const rows = all.filter(({ work }) => work === MANY);
  const cpu = (server: string): number | undefined => rows.find((row) => row.server === server)?.cpuUs;
  const one = cpu('cenote, 1');
  return rows.flatMap(({ server, cpuUs }): Bar[] => {
    if (one === undefined || !server.startsWith('cenote, 1') || server === 'cenote, 1') return [];
    const aim = '1.3 × cenote from one address';
    const work = `sinkholed from ${server.slice('cenote, '.length)} addresses`.replace(
      / in (\d+ groups) addresses$/,
      ' addresses in $1',
    );
    const other = cpu('unbound, 10,000');
    return [
      {
        ...{ work, unit: 'CPU µs a query, until its hit is stored', cenote: cpuUs, most: one * 1.3, aim },
        beside: other === undefined ? null : { name: 'unbound', value: other },
      },
    ];
  });
}

const alone = (work: string, unit: string, cenote: number, most: number, aim = String(most)): Bar => ({
  ...{ work, unit, cenote, most, aim },
  beside: null,
});

function floodBars([own, other]: readonly FloodRow[]): Bar[] {
  if (own === undefined) return [];
  const work = `${own.hits.toLocaleString('en')} distinct hits of 1,000 machines`;
  const cpu = alone(work, 'CPU µs a hit', own.cpuUs, 10);
  const octets = alone(work, 'octets written a hit', own.octetsEach, 300);
  const name = other?.server.split(' ')[0] ?? '';
  return [
    other === undefined ? cpu : { ...cpu, beside: { name, value: other.cpuUs } },
    other === undefined ? octets : { ...octets, beside: { name, value: other.octetsEach } },
    alone(work, 'RSS MiB, highest', own.peakMiB, 250),
  ];
}

const IDLE_MIB: Readonly<Record<string, number>> = {
  cenote: 110,
  'cenote, admin off': 90,
  'cenote, profile: small': 80,
};

function idleBars(rows: readonly IdleRow[]): Bar[] {
  const own = rows.filter(({ server }) => server in IDLE_MIB);
  return own.flatMap(({ server, cpuSecondsAMinute, wakesASecond, residentMiB }) => [
    ...(server === 'cenote'
      ? [
          alone('at rest', 'CPU s a minute', cpuSecondsAMinute, 0.05),
          alone('at rest', 'times a second woken', wakesASecond, 10),
        ]
      : []),
    alone(`at rest, ${server}`, 'RSS MiB', residentMiB, IDLE_MIB[server] ?? 0),
  ]);
}

const START_SECONDS = [
  ['first answer, cenote', 0.35],
  ['cenote status', 0.15],
  ['cenote query', 0.15],
] as const;

function startBars(rows: readonly StartRow[]): Bar[] {
  return START_SECONDS.flatMap(([work, most]) =>
    rows
      .filter((row) => row.work.startsWith(work))
      .map((row) => alone(work, 'seconds', row.medianSeconds, most)),
  );
}

function listBars(rows: readonly ListRow[]): Bar[] {
  return rows.flatMap(({ server, names, readySeconds, residentMiB }): Bar[] => {
    if (!server.startsWith('cenote')) return [];
    const isText = server.endsWith('text');
    const work = `${names.toLocaleString('en')} names, ${server.replace('cenote, ', '')}`;
    return [
      alone(work, 'seconds until the first answer', readySeconds, isText ? 4.8 : 0.4),
      ...(isText ? [] : [alone(work, 'RSS MiB', residentMiB, 120)]),
    ];
  });
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 2 ? 2 : 1);

/** With what was aimed at. */
export function barTable(bars: readonly Bar[]): string {
  return markdown([
    ['work', 'of what', 'cenote', 'beside it', '×', 'aim, at most', ''],
    ...bars.map(({ work, unit, cenote, beside, most, aim }) => [
      work,
      unit,
      figure(cenote),
      beside === null ? '' : `${beside.name} ${figure(beside.value)}`,
      beside === null ? '' : (cenote / beside.value).toFixed(2),
      /^[\d.]+$/.test(aim) ? aim : `${aim}: ${figure(most)}`,
      cenote <= most ? 'met' : `**not met, ${(cenote / most).toFixed(2)} × of it**`,
    ]),
  ]);
}

/** For people who choose a server: who is cheaper, and by how much. */
export function besideTable(bars: readonly Bar[]): string {
  return markdown([
    ['work', 'of what', 'cenote', 'beside it', 'cenote is'],
    ...bars.flatMap(({ work, unit, cenote, beside }) => {
      if (beside === null) return [];
      const times = cenote / beside.value;
      const place = times > 1.05 ? `**behind, ${times.toFixed(1)} ×**` : times < 0.95 ? 'ahead' : 'level';
      return [[work, unit, figure(cenote), `${beside.name} ${figure(beside.value)}`, place]];
    }),
  ]);
}
