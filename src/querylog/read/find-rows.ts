// The newest rows that a filter means: batches first, then block after block back in time, until there are enough.
import { numberIn } from '../../hits/store/row.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { Summary } from '../summary.ts';
import { BlockView, headsOf } from './block-view.ts';
import type { HotRows, OpenedLog } from './opened.ts';
import type { LogCursor, LogPlace, LogRow, LogTail } from './question.ts';
import { rowOf } from './row-view.ts';
import type { Wanted } from './wanted.ts';

interface Found {
  readonly timeMs: number;
  /** Where it lies in what is searched. */
  readonly at: number;
  /** Null: what it lies in is being searched. */
  row: LogRow | null;
}

interface TimedRow {
  readonly timeMs: number;
  readonly row: LogRow;
  /** Its place among the rows of its moment. */
  readonly key: string;
}

export interface Page {
  readonly rows: readonly LogRow[];
  readonly next: LogCursor | null;
}

/** Call inside `look`. */
export function findRows(log: OpenedLog, wanted: Wanted, limit: number, cursor: LogCursor | null): Page {
  if (wanted.isNothing) return { rows: [], next: null };
  const untilMs = Math.min(wanted.untilMs, cursor === null ? Number.MAX_SAFE_INTEGER : cursor.timeMs + 1);
  const given = cursor?.given ?? 0;
  const enough = given + limit + 1;
  const hot = log.hot();
  const newest = new Newest(enough);
  findHot(hot, wanted, untilMs, newest);
  newest.keep((at) => hotRow(log, hot, at));
  const meant = new Map<number, ReadonlySet<number>>();
  for (const head of headsOf(log, wanted.sinceMs, untilMs)) {
    const block = new BlockView(log, head);
    if (newest.isFullFrom(block.toMs)) break;
    log.readBlock(block.queries, () => {
      findInBlock(log, block, wanted, untilMs, newest, meant);
      newest.keep((at) => blockRow(log, block, at));
    });
    newest.drop();
  }
  return pageOf(newest.rows, { limit, cursor });
}

/** The newest that were found, and all of one moment with the oldest of them. */
class Newest {
  readonly #enough: number;
  #found: Found[] = [];
  #leastMs = Number.NEGATIVE_INFINITY;
  #cutAt: number;

  constructor(enough: number) {
    this.#enough = enough;
    this.#cutAt = enough * 4 + 4096;
  }

  /** What is older is not needed. */
  get leastMs(): number {
    return this.#leastMs;
  }

  add(timeMs: number, at: number): void {
    if (timeMs < this.#leastMs) return;
    this.#found.push({ timeMs, at, row: null });
    if (this.#found.length < this.#cutAt) return;
    this.#cut();
    // Of one moment more may be left than is wanted: next when they are twice as many.
    this.#cutAt = Math.max(this.#cutAt, this.#found.length * 2);
  }

  /** Puts into words what was found since it was called last: a block's columns can go before the next one's are read. */
  keep(rowAt: (at: number) => LogRow): void {
    this.#cut();
    for (const found of this.#found) found.row ??= rowAt(found.at);
  }

  /** Forgets what could not be put into words: its block is damaged. */
  drop(): void {
    if (this.#found.some(({ row }) => row === null))
      this.#found = this.#found.filter(({ row }) => row !== null);
  }

  /** Whether nothing that came before this moment can be among them. */
  isFullFrom(timeMs: number): boolean {
    return this.#found.length >= this.#enough && timeMs < this.#leastMs;
  }

  /** Those that were kept. */
  get rows(): TimedRow[] {
    return this.#found.flatMap(({ timeMs, row }) => (row === null ? [] : [{ timeMs, row, key: keyOf(row) }]));
  }

  #cut(): void {
    this.#found.sort((a, b) => b.timeMs - a.timeMs);
    if (this.#found.length < this.#enough) return;
    this.#leastMs = this.#found[this.#enough - 1]!.timeMs;
    let end = this.#enough;
    while (end < this.#found.length && this.#found[end]!.timeMs === this.#leastMs) end += 1;
    this.#found.length = end;
  }
}

function findHot({ rows, names }: HotRows, wanted: Wanted, untilMs: number, newest: Newest): void {
  const { sinceMs, askers, name } = wanted;
  const meant = name === null ? null : hotNames(names, name.takes.bind(name));
  for (let at = rows.size - 1; at >= 0; at -= 1) {
    const timeMs = rows.timesMs[at]!;
    if (timeMs < newest.leastMs || timeMs < sinceMs || timeMs >= untilMs) continue;
    if (askers !== null && !askers.has(rows.askers[at]!)) continue;
    if (meant !== null && meant[rows.names[at]!] === 0) continue;
    if (wanted.takesKind(rows.kindAt(at))) newest.add(timeMs, at);
  }
}

function hotNames(names: HotRows['names'], takes: (name: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: names.size }, (_, name) =>
    takes(nameToText(names.octetsOf(name))) ? 1 : 0,
  );
}

function findInBlock(
  log: OpenedLog,
  block: BlockView,
  wanted: Wanted,
  untilMs: number,
  newest: Newest,
  meant: Map<number, ReadonlySet<number>>,
): void {
  const { sinceMs, askers, name } = wanted;
  if (askers !== null || !wanted.isAnyKind) {
    const summary = new Summary();
    summary.addEncoded(block.summary);
    if (!wanted.mayHave(summary)) return;
  }
  const take = (at: number): void => {
    if (askers !== null && !askers.has(block.askers[at]!)) return;
    if (!wanted.isAnyKind && !wanted.takesKind(block.kinds[at]!)) return;
    const timeMs = block.timesMs[at]!;
    if (timeMs >= sinceMs && timeMs < untilMs) newest.add(timeMs, at);
  };
  if (name === null) {
    for (let at = 0; at < block.rows; at += 1) take(at);
    return;
  }
  let names = meant.get(block.stretch);
  if (names === undefined) {
    const found = new Set<number>();
    for (const row of log.iterate('SELECT first, body FROM pieces WHERE stretch = ?', block.stretch))
      name.find(row['body'] as Uint8Array, Number(row['first']), found);
    names = found;
    meant.set(block.stretch, names);
  }
  if (names.size === 0) return;
  const { numbers, begins } = block.names;
  for (let i = 0; i < numbers.length; i += 1)
    if (names.has(numbers[i]!)) for (let at = begins[i]!; at < begins[i + 1]!; at += 1) take(at);
}

function pageOf(
  rows: TimedRow[],
  { limit, cursor }: { readonly limit: number; readonly cursor: LogCursor | null },
): Page {
  // Rows of one moment have an order of their own, so that the next page goes on where this one ends.
  rows.sort((a, b) => b.timeMs - a.timeMs || orderOf(a.key, b.key));
  const skipped =
    cursor === null
      ? 0
      : Math.min(cursor.given, rows.filter(({ timeMs }) => timeMs === cursor.timeMs).length);
  const page = rows.slice(skipped, skipped + limit);
  const last = page.at(-1);
  if (last === undefined || rows.length <= skipped + limit)
    return { rows: page.map(({ row }) => row), next: null };
  const before = cursor !== null && cursor.timeMs === last.timeMs ? cursor.given : 0;
  const given = before + page.filter(({ timeMs }) => timeMs === last.timeMs).length;
  return { rows: page.map(({ row }) => row), next: { timeMs: last.timeMs, given } };
}

const keyOf = ({ name, type, client: { ip, machine }, result, count, transport }: LogRow): string =>
  [name, type, ip, machine, result, transport, count].join(' ');

const orderOf = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function blockRow(log: OpenedLog, block: BlockView, at: number): LogRow {
  return rowOf(log, {
    timeMs: block.timesMs[at]!,
    name: log.texts.nameOf(block.stretch, block.nameAt(at)),
    asker: block.askers[at]!,
    kind: block.kinds[at]!,
    count: block.counts[at]!,
    wait: block.waits[at]!,
    rule: block.rules[at]!,
  });
}

function hotRow(log: OpenedLog, { rows, names }: HotRows, at: number): LogRow {
  return rowOf(log, {
    timeMs: rows.timesMs[at]!,
    name: nameToText(names.octetsOf(rows.names[at]!)),
    asker: rows.askers[at]!,
    kind: rows.kindAt(at),
    count: rows.counts[at]!,
    wait: rows.waits[at]!,
    rule: rows.rules[at]!,
  });
}

/** Rows of blocks whose last batch came after this one: no less than came since. */
const sealedAfter = (log: OpenedLog, batch: number): number =>
  numberIn(log.get('SELECT coalesce(sum(rows), 0) AS rows FROM blocks WHERE lastHot > ?', batch), 'rows');

/** Rows of the batches after `after`, oldest first. */
export function tailOf(log: OpenedLog, wanted: Wanted, limit: number, after: LogPlace | null): LogTail {
  const hot = log.hot();
  const sealed = Number(log.get('SELECT max(lastHot) AS id FROM blocks')?.['id'] ?? 0);
  const last = hot.batches.at(-1)?.id ?? sealed;
  if (after === null) return { rows: [], after: last, isCut: false, ids: [], missed: 0 };
  const begin = hot.batches.findIndex(({ id }) => id >= after.batch);
  const begun = hot.batches[begin];
  const skipped = begun?.id === after.batch ? (after.row ?? Number.POSITIVE_INFINITY) : 0;
  const next = hot.batches[begin + 1]?.from ?? hot.rows.size;
  const from = begun === undefined ? hot.rows.size : Math.min(begun.from + skipped, next);
  const rows: LogRow[] = [];
  const places: { readonly batch: number; readonly row: number }[] = [];
  const { name, askers } = wanted;
  const whole = after.row === undefined ? after.batch : after.batch - 1;
  let missed = sealed > whole ? sealedAfter(log, whole) : 0;
  let batch = Math.max(begin, 0);
  for (let at = from; at < hot.rows.size && !wanted.isNothing; at += 1) {
    while ((hot.batches[batch + 1]?.from ?? Number.POSITIVE_INFINITY) <= at) batch += 1;
    if (askers !== null && !askers.has(hot.rows.askers[at]!)) continue;
    if (!wanted.takesKind(hot.rows.kindAt(at))) continue;
    if (name !== null && !name.takes(nameToText(hot.names.octetsOf(hot.rows.names[at]!)))) continue;
    rows.push(hotRow(log, hot, at));
    const { id, from: first } = hot.batches[batch]!;
    places.push({ batch: id, row: at - first + 1 });
    if (rows.length > limit) {
      rows.shift();
      places.shift();
      missed += 1;
    }
  }
  // Behind the last that is meant of a batch comes nothing of it: that is known also when it lies in a block, and its rows apart no more.
  const ids = places.map(({ batch: id, row }, i) => (places[i + 1]?.batch === id ? `${id}.${row}` : `${id}`));
  return { rows, after: Math.max(last, after.batch), isCut: missed > 0, ids, missed };
}
