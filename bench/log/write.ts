// The thread that writes an office's days into a query log, by itself and with the daemon's bound of its young generation: what
// it takes is the log's, but for the loop that hands it rows, which runs once more without the log and is taken off.
import { parentPort, workerData } from 'node:worker_threads';
import { RESULT } from '../../src/events/result.ts';
import { FROM, kindNumber } from '../../src/querylog/kind.ts';
import { ruleOfEnd } from '../../src/querylog/rule.ts';
import { waitCode } from '../../src/querylog/wait.ts';
import { QueryLog } from '../../src/querylog/writer.ts';
import { CLIENTS, DAY_MS, GOT, OFFICE_START_MS, type OfficeDay } from './office.ts';

export type ToWriter =
  | { readonly day: OfficeDay }
  | { readonly what: 'rest' }
  /** Ends, with all that was written. */
  | { readonly what: 'close' }
  /** Removes the oldest day, and ends. */
  | { readonly what: 'removeDay' };

/** CPU of this thread, and of the process: V8's helpers collect garbage and compile for it. */
export interface Took {
  readonly rows: number;
  readonly threadUs: number;
  readonly processUs: number;
  readonly ticksUs: number;
  /** CPU of this thread, ms. */
  readonly longestMs: readonly number[];
  readonly lost: number;
  readonly heapMiB: number;
  readonly nowMs: number;
}

const TICK_MS = 150;
const LONGEST = 8;
const UPSTREAMS = ['192.0.2.53:53', '198.51.100.53:53'];

/** How much later than the office's days the log has them. */
const { path, shiftMs = 0 } = workerData as { readonly path: string; readonly shiftMs?: number };
const startMs = OFFICE_START_MS + shiftMs;
let nowMs = startMs;
const keep = { keepMs: 365 * DAY_MS, sizeOctets: 2 ** 40 };
const log = new QueryLog({
  path,
  now: () => nowMs,
  // A clock that goes with the office's, and on within a tick.
  monotonic: () => nowMs + (performance.now() % 1000),
  keep,
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

/** Of ticks since `began`. */
const ticks = { us: 0, longestUs: [] as number[] };

function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function tick(isBare: boolean): void {
  const before = threadUs();
  if (!isBare) log.tick();
  const took = threadUs() - before;
  if (isBare) return;
  ticks.us += took;
  const { longestUs } = ticks;
  if (longestUs.length === LONGEST && took <= longestUs[LONGEST - 1]!) return;
  longestUs.push(took);
  longestUs.sort((a, b) => b - a);
  longestUs.length = Math.min(longestUs.length, LONGEST);
}

/** @param isBare only what comes before the log: its cost is not the log's */
function writeDay(day: OfficeDay, isBare: boolean): void {
  const { begins, octets } = day;
  let nextMs = day.startMs + shiftMs;
  for (let at = 0; at < day.size; at += 1) {
    const timeMs = day.timesMs[at]! + shiftMs;
    while (timeMs >= nextMs) {
      nowMs = nextMs;
      tick(isBare);
      // Nothing happens in the night.
      nextMs = Math.max(nextMs + TICK_MS, timeMs - 5000);
    }
    const begin = begins[day.names[at]!]!;
    const length = begins[day.names[at]! + 1]! - begin;
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
          ? log.tables.sourceId('upstream', UPSTREAMS[length % 2]!)
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
    log.add(timeMs, octets, begin, length, {
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
      rule: got === GOT.blocked ? ruleOfEnd(length - 2 - octets[begin]! - 1) : 0,
    });
  }
}

function ticksFor(count: number, everyMs: number): void {
  for (let i = 0; i < count; i += 1) {
    nowMs += everyMs;
    tick(false);
  }
}

function took(rows: number, work: () => void, bare: () => void): Took {
  const [bareThreadUs, bareUs] = cpuOf(bare);
  ticks.us = 0;
  ticks.longestUs = [];
  const [threadUs, processUs] = cpuOf(work);
  return {
    rows,
    threadUs: threadUs - bareThreadUs,
    processUs: processUs - bareUs,
    ticksUs: ticks.us,
    longestMs: ticks.longestUs.map((us) => us / 1000),
    lost: log.lost,
    heapMiB: process.memoryUsage().heapTotal / 2 ** 20,
    nowMs,
  };
}

function cpuOf(work: () => void): readonly [threadUs: number, processUs: number] {
  const [before, all] = [threadUs(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(all);
  return [threadUs() - before, user + system];
}

const port = parentPort!;
const nothing = (): void => {};

port.on('message', (message: ToWriter) => {
  if ('day' in message) {
    const { day } = message;
    port.postMessage(
      took(
        day.size,
        () => writeDay(day, false),
        () => writeDay(day, true),
      ),
    );
  } else if (message.what === 'rest') {
    port.postMessage(took(0, () => ticksFor(60, 1000), nothing));
  } else if (message.what === 'close') {
    log.close();
    port.postMessage(took(0, nothing, nothing));
    port.close();
  } else {
    log.useKeep({ ...keep, keepMs: nowMs - startMs - DAY_MS });
    const removed = took(0, () => ticksFor(400, 10), nothing);
    log.close();
    port.postMessage(removed);
    port.close();
  }
});
