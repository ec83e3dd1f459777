// `npm run bench -- [PART]… [--quick]`: measures, prints Markdown, writes bench/results/. The parts are in support/words.ts;
// `cost` is all that a user pays, in one run (cost/cost.ts).
//
// Peers that are installed run in the same rounds on the same work. These are ratios of one machine on one day.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { adminCells, benchAdmin } from './admin.ts';
import { barsOf, barTable, besideTable } from './cost/bars.ts';
import { benchCost, floodTable, idleTable, queryOptionsOf, sizesOf, startTable } from './cost/cost.ts';
import { benchFlood } from './cost/flood.ts';
import { benchIdle } from './cost/idle.ts';
import { benchStart } from './cost/start.ts';
import { benchHistory, type HistoryRow } from './history.ts';
import { benchHits, type HitsRow } from './hits.ts';
import { benchHunt, type HuntRow } from './hunt.ts';
import { benchLists, listTable } from './lists.ts';
import { benchMigration, type MigrationRow } from './migration.ts';
import { benchPatterns } from './patterns.ts';
import { benchQueries, queryTable } from './queries/queries.ts';
import { KINDS } from './queries/scenarios.ts';
import { benchReload, reloadCells } from './reload.ts';
import { putIntoDocument } from './support/document.ts';
import { markdown } from './support/table.ts';
import { wordsOf } from './support/words.ts';
import { benchTrie, trieCells } from './trie.ts';

const { isQuick: quick, wanted } = wordsOf(process.argv.slice(2));
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const root = join(import.meta.dirname, '..');
const results = join(root, 'bench/results');

/** @param isWhole documents carry it: nothing was left out for speed */
function save(name: string, rows: unknown, table: string, isWhole = false): void {
  mkdirSync(results, { recursive: true });
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
  writeFileSync(
    join(results, `${name}.json`),
    `${JSON.stringify({ machine, at: new Date().toISOString(), rows }, null, 2)}\n`,
  );
  writeFileSync(join(results, `${name}.md`), `${machine}\n\n${table}`);
  process.stdout.write(`\n${machine}\n\n${table}\n`);
  if (isWhole) putIntoDocument(join(root, 'docs/performance.md'), name, `${machine}\n\n${table}`);
}

function historyTable(rows: readonly HistoryRow[]): string {
  return markdown([
    ['work', 'rows', 'seconds', 'CPU seconds', 'rows/s', 'found', ''],
    ...rows.map(({ work, rows, seconds, cpuSeconds, found, note }) => [
      work,
      rows === 0 ? '' : rows.toLocaleString('en'),
      seconds === 0 ? '' : seconds.toFixed(2),
      seconds === 0 ? '' : cpuSeconds.toFixed(2),
      work.startsWith('write') ? Math.round(rows / seconds).toLocaleString('en') : '',
      found === 0 ? '' : found.toLocaleString('en'),
      note,
    ]),
  ]);
}

if (wants('trie')) {
  const rows = benchTrie(quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000, 10_000_000]);
  save('trie', rows, markdown(trieCells(rows)));
}
if (wants('patterns')) {
  const rows = await benchPatterns();
  save('patterns', rows, markdown(rows));
}
if (wants('history')) {
  const rows = await benchHistory(quick);
  save('history', rows, historyTable(rows));
}
function migrationTable(row: MigrationRow): string {
  return markdown([
    [
      'rows of history, and as many hits',
      'history equal',
      'hits equal',
      'hits of one machine',
      'store MiB',
      'seconds',
      'CPU seconds',
      'memory MiB',
      'a later store',
    ],
    [
      row.rows.toLocaleString('en'),
      row.isHistoryEqual ? 'yes' : '**no**',
      row.areHitsEqual ? 'yes' : '**no**',
      row.hitsOfOne.toLocaleString('en'),
      row.storeMiB.toFixed(0),
      row.seconds.toFixed(2),
      row.cpuSeconds.toFixed(2),
      `+${row.peakMiB.toFixed(0)}`,
      row.downgrade,
    ],
  ]);
}
if (wants('migration')) {
  const row = benchMigration(quick);
  save('migration', [row], migrationTable(row));
}
function hitsTable(rows: readonly HitsRow[]): string {
  return markdown([
    ['work', 'records', 'CPU µs/record', 'records/s', 'octets each'],
    ...rows.map(({ work, records, cpuUs, octetsEach }) => [
      work,
      records.toLocaleString('en'),
      cpuUs.toFixed(1),
      Math.round(1e6 / cpuUs).toLocaleString('en'),
      octetsEach.toFixed(0),
    ]),
  ]);
}

function huntTable(rows: readonly HuntRow[]): string {
  return markdown([
    ['work', 'seconds a hunt', 'found', 'DNS p50 µs', 'p99', 'lost'],
    ...rows.map(({ work, seconds, found, p50Us, p99Us, lost }) => [
      work,
      seconds === 0 ? '' : seconds.toFixed(2),
      found === 0 ? '' : found.toLocaleString('en'),
      ...[p50Us, p99Us, lost].map(String),
    ]),
  ]);
}

if (wants('hunt')) {
  const rows = await benchHunt(quick);
  save('hunt', rows, huntTable(rows));
}
if (wants('hits')) {
  const rows = await benchHits(quick);
  save('hits', rows, hitsTable(rows));
}
if (wants('lists')) {
  const rows = await benchLists(quick ? 100_000 : 942_294);
  save('lists', rows, listTable(rows));
}
if (wants('reload')) {
  const rows = await benchReload(quick ? 100_000 : 1_000_000, quick ? 3 : 10);
  save('reload', rows, markdown(reloadCells(rows)));
}
// Long: 60 million rows are written first. Only where it is asked for.
if (wanted.includes('admin')) {
  const row = await benchAdmin(quick ? 2 : 30);
  save('admin', [row], markdown(adminCells(row)));
}
// Parts of `cost`, and all of it: only where they are asked for.
const { starts, settleSeconds, idleSeconds, hits } = sizesOf(quick);
if (wanted.includes('start')) {
  const rows = await benchStart(starts);
  save('start', rows, startTable(rows));
}
if (wanted.includes('idle')) {
  const rows = await benchIdle(settleSeconds, idleSeconds);
  save('idle', rows, idleTable(rows));
}
if (wanted.includes('flood')) {
  const rows = await benchFlood(hits);
  save('flood', rows, floodTable(rows));
}
if (wanted.includes('cost')) {
  const [before] = loadavg();
  const beganMs = performance.now();
  const cost = await benchCost(quick, save);
  const bars = barsOf(cost);
  const minutes = ((performance.now() - beganMs) / 60_000).toFixed(1);
  save(
    'cost',
    { bars, ...cost },
    `${barTable(bars)}\n${minutes} minutes; load before it ${before?.toFixed(1)}.\n`,
  );
  if (!quick && cost.queries.length > 0)
    putIntoDocument(join(root, 'docs/performance.md'), 'cost', besideTable(bars));
}
const chosen = KINDS.filter((kind) => wanted.includes(kind));
if (wants('queries') || chosen.length > 0) {
  const options = { ...queryOptionsOf(quick), kinds: chosen.length > 0 ? chosen : KINDS };
  const rows = await benchQueries(options);
  save('queries', rows, queryTable(rows, options), !quick && chosen.length === 0);
}
