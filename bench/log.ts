// `npm run log-bench -- [DAYS] [hunt]`: writes an office's days into a query log, and says what a query costs: octets, time, memory, the
// longest step; then asks it what people ask. 30 days are 60 million rows. Steps are in CPU time of the thread that writes: the time on the
// wall is also that of whoever else runs. With `hunt`: what these days leave in the history instead, and a hunt in that.
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { LogReader } from '../src/querylog/read/log-reader.ts';
import type { LogFilter, LogQuestion, TopOf } from '../src/querylog/read/question.ts';
import { compileDay, DAY_MS, OFFICE_START_MS, officeName } from './log/office.ts';
import type { Took, ToWriter } from './log/write.ts';

/** As the daemon bounds that of the thread that writes its log. */
const YOUNG_MB = 6;

const days = Number(process.argv[2] ?? 3);
if (process.argv.includes('hunt')) {
  (await import('./log/hunt.ts')).benchOfficeHunt(days);
  process.exit();
}
const dir = mkdtempSync(join(tmpdir(), 'cenote-log-'));
const path = join(dir, 'log.db');
const writer = new Worker(new URL('log/write.ts', import.meta.url), {
  workerData: { path },
  resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
});

async function took(message: ToWriter): Promise<Took> {
  writer.postMessage(message);
  const [said] = (await once(writer, 'message')) as [Took];
  return said;
}

const sum = { rows: 0, threadUs: 0, processUs: 0, ticksUs: 0 };
let longestMs: number[] = [];
for (let number = 0; number < days; number += 1) {
  const day = compileDay(number);
  const { rows, threadUs, processUs, ticksUs, lost, heapMiB, longestMs: longest } = await took({ day });
  sum.rows += rows;
  sum.threadUs += threadUs;
  sum.processUs += processUs;
  sum.ticksUs += ticksUs;
  longestMs = [...longestMs, ...longest].sort((a, b) => b - a).slice(0, longest.length);
  console.log(
    `day ${number}: ${rows} queries, ${day.begins.length - 1} names; ${(threadUs / rows).toFixed(2)} µs of the thread's CPU a row (${(processUs / rows).toFixed(2)} with V8's helpers), steps up to ${longest[0]?.toFixed(1)} ms; lost ${lost}; heap ${heapMiB.toFixed(0)} MiB`,
  );
}
const { nowMs } = await took({ what: 'rest' });
const pages = new DatabaseSync(path, { readOnly: true });
const octets = Number(pages.prepare('PRAGMA page_count').get()?.['page_count']) * 4096;
pages.close();
console.log({
  rows: sum.rows,
  octetsARow: octets / sum.rows,
  threadUsARow: sum.threadUs / sum.rows,
  withHelpersUsARow: sum.processUs / sum.rows,
  ticksUsARow: sum.ticksUs / sum.rows,
  longestTicksMs: longestMs.map((ms) => Number(ms.toFixed(1))),
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
  users: [],
};
const reader = new LogReader(path);
const endMs = nowMs;
function answered(
  question: LogQuestion,
): readonly [answer: ReturnType<LogReader['answer']>, cpuUs: number, ms: number] {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const answer = reader.answer(question);
  const { user, system } = process.cpuUsage(cpu);
  return [answer, user + system, performance.now() - began];
}
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
  [
    '24 h chart by 10 minutes',
    { what: 'chart', sinceMs: endMs - DAY_MS, untilMs: endMs, stepMs: 600_000, offsetMs: 0 },
  ],
  [
    'chart of all by day',
    { what: 'chart', sinceMs: OFFICE_START_MS, untilMs: endMs, stepMs: DAY_MS, offsetMs: 0 },
  ],
  ['top machines of all', topOf('machines')],
  ['top names of all', topOf('names')],
  ['top names of 24 h', topOf('names', endMs - DAY_MS)],
  ['top lists of all', topOf('lists')],
  [
    'caught by lists, 7 days',
    { what: 'caught', sinceMs: endMs - 7 * DAY_MS, untilMs: endMs, lists: 1000, rows: 20_000 },
  ],
];
for (const [name, question] of questions) {
  // As the daemon's thread that reads the log begins: with the file closed.
  reader.close();
  const [, firstUs] = answered(question);
  const [answer, us, ms] = answered(question);
  const found =
    'rows' in answer
      ? answer.rows.length
      : 'top' in answer
        ? answer.top.length
        : 'points' in answer
          ? answer.points.length
          : answer.lists.length;
  console.log(
    `${name.padEnd(32)} ${(firstUs / 1000).toFixed(0).padStart(6)} ms CPU with opening the file, ${(us / 1000).toFixed(0).padStart(6)} without (${ms.toFixed(0)} on the wall); ${found} found`,
  );
}
reader.close();

const removed = await took({ what: 'removeDay' });
console.log({
  oldestDayRemovedMs: Math.round(removed.ticksUs / 1000),
  longestStepMs: Math.round(removed.longestMs[0] ?? 0),
  fileMiB: [octets, statSync(path).size].map((size) => Math.round(size / 2 ** 20)),
});
if (process.argv.includes('keep')) console.log(path);
else rmSync(dir, { recursive: true });
