// `npm run log-bench -- [DAYS]`: writes an office's days into a query log, and says what a query costs: octets, time, memory, the
// longest step; then asks it what people ask. Figures for 60 million rows are the last day's, thirty times.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RESULT } from '../src/events/result.ts';
import { FROM, kindNumber } from '../src/querylog/kind.ts';
import { LogReader } from '../src/querylog/read/log-reader.ts';
import type { LogFilter, LogQuestion, TopOf } from '../src/querylog/read/question.ts';
import { ruleOfEnd } from '../src/querylog/rule.ts';
import { waitCode } from '../src/querylog/wait.ts';
import { QueryLog } from '../src/querylog/writer.ts';
import {
  CLIENTS,
  compileDay,
  DAY_MS,
  GOT,
  OFFICE_START_MS,
  type OfficeDay,
  officeName,
} from './log/office.ts';

const TICK_MS = 150;
const UPSTREAMS = ['192.0.2.53:53', '198.51.100.53:53'];

const days = Number(process.argv[2] ?? 3);
const dir = mkdtempSync(join(tmpdir(), 'cenote-log-'));
const path = join(dir, 'log.db');
let nowMs = OFFICE_START_MS;
const log = new QueryLog({
  path,
  now: () => nowMs,
  // A clock that goes with the office's, and on within a tick.
  monotonic: () => nowMs + (performance.now() % 1000),
  keep: { keepMs: 365 * DAY_MS, sizeOctets: 2 ** 40 },
  report: (state) => console.error(state),
  onTorn: () => {},
  onDamaged: () => {},
});
const askers = Array.from({ length: CLIENTS }, (_, client) => ({
  machine: `m-${String(client).padStart(10, '0')}`,
  ip: `192.0.2.${client}`,
  name: `desk-${client}`,
  mac: null,
  group: 'default',
}));
const steps: number[] = [];
let tickedMs = 0;

/** To ask for the thread's CPU time before and after would cost as much as the tick itself. */
function tick(): void {
  const before = performance.now();
  log.tick();
  const took = performance.now() - before;
  tickedMs += took;
  steps.push(took);
}

/** @param isBare only what comes before the log: its cost is not the log's */
function writeDay(day: OfficeDay, isBare: boolean): void {
  let nextMs = day.startMs;
  for (let at = 0; at < day.size; at += 1) {
    const timeMs = day.timesMs[at]!;
    while (timeMs >= nextMs) {
      nowMs = nextMs;
      if (!isBare) tick();
      // Nothing happens in the night.
      nextMs = Math.max(nextMs + TICK_MS, timeMs - 5000);
    }
    const wire = day.wires[day.names[at]!]!;
    const got = day.gots[at]!;
    const qtype = day.qtypes[at]!;
    const from =
      got === GOT.blocked
        ? FROM.list
        : got === GOT.upstream || got === GOT.nxdomain
          ? FROM.upstream
          : got === GOT.cached
            ? FROM.cache
            : FROM.local;
    const source =
      from === FROM.list
        ? log.tables.sourceId('list', 'ads')
        : from === FROM.upstream
          ? log.tables.sourceId('upstream', UPSTREAMS[wire.length % 2]!)
          : 0;
    const result =
      got === GOT.blocked
        ? RESULT.blocked
        : got === GOT.nxdomain
          ? RESULT.nxdomain
          : got === GOT.local
            ? RESULT.local
            : qtype === 65
              ? RESULT.nodata
              : RESULT.data;
    if (isBare) continue;
    log.add(timeMs, wire, 0, wire.length, {
      asker: log.tables.askerId(askers[day.clients[at]!]!, timeMs),
      kind: kindNumber({
        qtype,
        source,
        result,
        rcode: got === GOT.nxdomain ? 3 : 0,
        from,
        transport: 0,
        qclass: 1,
      }),
      count: 1,
      wait: from === FROM.upstream ? waitCode(day.waitsMs[at]!) : 0,
      rule: got === GOT.blocked ? ruleOfEnd(wire.length - 2 - wire[0]! - 1) : 0,
    });
  }
}

const cpuOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

let rows = 0;
let cpuUs = 0;
for (let number = 0; number < days; number += 1) {
  const day = compileDay(number);
  globalThis.gc?.();
  console.log(`day ${number}: ${day.size} queries, ${day.wires.length} names`);
  const bareUs = cpuOf(() => writeDay(day, true));
  const dayUs = cpuOf(() => writeDay(day, false)) - bareUs;
  rows += day.size;
  cpuUs += dayUs;
  console.log(
    `  ${(dayUs / day.size).toFixed(2)} µs of CPU a row (the loop alone ${(bareUs / day.size).toFixed(2)}); lost ${log.lost}; rss ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  );
}
for (let i = 0; i < 60; i += 1) {
  nowMs += 1000;
  tick();
}
steps.sort((a, b) => b - a);
const pages = new DatabaseSync(path, { readOnly: true });
const octets = Number(pages.prepare('PRAGMA page_count').get()?.['page_count']) * 4096;
pages.close();
console.log({
  rows,
  octetsARow: octets / rows,
  cpuUsARow: cpuUs / rows,
  tickUsARow: (tickedMs * 1000) / rows,
  longestTicksMs: steps.slice(0, 8).map((ms) => Number(ms.toFixed(1))),
  rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
});

const ALL: LogFilter = {
  sinceMs: 0,
  untilMs: Number.MAX_SAFE_INTEGER,
  who: null,
  name: null,
  qtype: null,
  outcome: null,
  list: null,
  upstream: null,
};
const reader = new LogReader(path);
const endMs = nowMs;
const rowsOf = (change: Partial<LogFilter>, limit = 100): LogQuestion => ({
  what: 'rows',
  filter: { ...ALL, ...change },
  limit,
  cursor: null,
});
const topOf = (of: TopOf, sinceMs = 0): LogQuestion => ({
  what: 'top',
  of,
  sinceMs,
  untilMs: endMs,
  limit: 20,
});
const questions: readonly [string, LogQuestion][] = [
  ['last 100', rowsOf({})],
  ['last 100 of a machine', rowsOf({ who: { machines: ['m-0000000017'], ips: [] } })],
  [
    'last 100 blocked of a machine',
    rowsOf({ who: { machines: ['m-0000000017'], ips: [] }, outcome: 'blocked' }),
  ],
  ['a substring of nothing', rowsOf({ name: 'zzqqxx' })],
  ['a rare substring', rowsOf({ name: `${officeName(1_000_001).slice(1, 12)}` })],
  ['a pattern', rowsOf({ name: '*.northriver.com' })],
  ['24 h chart by 10 minutes', { what: 'chart', sinceMs: endMs - DAY_MS, untilMs: endMs, stepMs: 600_000 }],
  ['chart of all by day', { what: 'chart', sinceMs: OFFICE_START_MS, untilMs: endMs, stepMs: DAY_MS }],
  ['top machines of all', topOf('machines')],
  ['top names of all', topOf('names')],
  ['top names of 24 h', topOf('names', endMs - DAY_MS)],
  ['top lists of all', topOf('lists')],
];
for (const [name, question] of questions) {
  reader.answer(question);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const answer = reader.answer(question);
  const { user, system } = process.cpuUsage(cpu);
  const found =
    'rows' in answer ? answer.rows.length : 'top' in answer ? answer.top.length : answer.points.length;
  console.log(
    `${name.padEnd(32)} ${(performance.now() - began).toFixed(1).padStart(8)} ms ${((user + system) / 1000).toFixed(0).padStart(6)} ms CPU  ${found} found`,
  );
}
reader.close();

log.useKeep({ keepMs: nowMs - OFFICE_START_MS - DAY_MS, sizeOctets: 2 ** 40 });
steps.length = 0;
tickedMs = 0;
for (let i = 0; i < 400; i += 1) {
  nowMs += 10;
  tick();
}
log.close();
steps.sort((a, b) => b - a);
console.log({
  oldestDayRemovedMs: Math.round(tickedMs),
  longestStepMs: Math.round(steps[0] ?? 0),
  fileMiB: [octets, statSync(path).size].map((size) => Math.round(size / 2 ** 20)),
});
if (process.argv.includes('keep')) console.log(path);
else rmSync(dir, { recursive: true });
